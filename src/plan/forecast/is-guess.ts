import type { Forecast } from './forecast.ts';

/** Nothing that it rests on was ever looked at: it then says what a run makes at most. */
export function isGuess({ searches }: Pick<Forecast, 'searches'>): boolean {
  return searches.every(({ search }) => search.isAssumed);
}
