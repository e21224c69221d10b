import type { Forecast } from '../../refresh/forecast/forecast.ts';
import { isGuess } from '../../refresh/forecast/is-guess.ts';

const count = (value: number) => Math.max(0, Math.round(value)).toLocaleString('en');

/** `90 s`, `12 min` or `3.5 h`. */
export function formatDuration(seconds: number): string {
  if (seconds < 90) return `${Math.ceil(seconds).toString()} s`;
  return seconds < 5400 ? `${Math.round(seconds / 60).toString()} min` : `${(seconds / 3600).toFixed(1)} h`;
}

/** Much more is due than the quota or the budget allow. */
export function isCutShort({ apis }: Forecast): boolean {
  return apis.some(({ nextRun, due }) => due > 1.05 * nextRun + 1);
}

/** One line about a run before it begins. */
export function describeNextRun(forecast: Forecast): string {
  const { apis, nextRun } = forecast;
  const calls = apis.filter(({ nextRun: own }) => own >= 0.5);
  if (calls.length === 0) return 'plan: nothing is due';
  const each = calls.map(({ operation, nextRun: own }) => `${count(own)} ${operation}`).join(', ');
  const due = apis.reduce((sum, api) => sum + api.due, 0);
  const rest = isCutShort(forecast) ? `; ${count(due)} are due; the rest waits for quota or budget` : '';
  return `plan${isGuess(forecast) ? ' (nothing is known yet: upper bound)' : ''}: ${each} calls in about ${formatDuration(nextRun.seconds)}${rest}`;
}
