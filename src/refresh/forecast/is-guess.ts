import type { Forecast } from './forecast.ts';

/**
 * Whether a forecast is a guess: no search that it is based on was ever made, so it gives the most that a run may take. A forecast of
 * watch lists alone is no guess: nothing is left to find out.
 */
export function isGuess({ searches }: Pick<Forecast, 'searches'>): boolean {
  return searches.length > 0 && searches.every(({ search }) => search.isAssumed);
}
