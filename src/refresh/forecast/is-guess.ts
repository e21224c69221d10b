import type { Forecast } from './forecast.ts';

/**
 * No search that it rests on was ever made: it then says what a run makes at most. Of watch lists alone, nothing is to be found
 * out.
 */
export function isGuess({ searches }: Pick<Forecast, 'searches'>): boolean {
  return searches.length > 0 && searches.every(({ search }) => search.isAssumed);
}
