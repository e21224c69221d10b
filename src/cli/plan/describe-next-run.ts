import type { ApiOperation } from '../../model/known-apis.ts';
import type { Forecast } from '../../refresh/forecast/forecast.ts';
import type { HeldOperations } from '../../runs/forecast-run.ts';
import { isGuess } from '../../refresh/forecast/is-guess.ts';

const count = (value: number) => Math.max(0, Math.round(value)).toLocaleString('en');

/** `1 offer.detail call`, or `3 search.keyword, 1,500 offer.detail calls`. */
function listCalls(calls: readonly { readonly operation: ApiOperation; readonly amount: number }[]): string {
  const each = calls.map(({ operation, amount }) => `${count(amount)} ${operation}`).join(', ');
  return `${each} ${each.startsWith('1 ') && calls.length === 1 ? 'call' : 'calls'}`;
}

/** `90 s`, `12 min` or `3.5 h`. */
export function formatDuration(seconds: number): string {
  if (seconds < 90) return `${Math.ceil(seconds).toString()} s`;
  return seconds < 5400 ? `${Math.round(seconds / 60).toString()} min` : `${(seconds / 3600).toFixed(1)} h`;
}

/** Much more is due than the quota or the budget allow. */
export function isCutShort({ apis }: Forecast): boolean {
  return apis.some(({ nextRun, due }) => due > 1.05 * nextRun + 1);
}

/** Whether the next run can make any call at all. */
export function canCall({ apis }: Forecast): boolean {
  return apis.some(({ nextRun }) => nextRun >= 0.5);
}

/** Which APIs are held, and by what. */
export function describeHolds(holds: readonly HeldOperations[]): string {
  const held = holds.map(
    ({ api, code }) => `${api === '*' ? 'all APIs' : (api.split(':')[1] ?? api)} (${code})`,
  );
  return `calls of ${held.join(', ')} are held`;
}

/** Why what is due can't be asked for: holds that keep it from being called, and for what no hold does the quota. */
function describeObstacles(due: readonly ApiOperation[], holds: readonly HeldOperations[]): string {
  const met = holds.filter(({ operations }) => due.some((operation) => operations.includes(operation)));
  const spent = 'the quota or the budget is used up';
  if (met.length === 0) return spent;
  const isAllHeld = due.every((operation) => met.some(({ operations }) => operations.includes(operation)));
  return isAllHeld ? describeHolds(met) : `${describeHolds(met)}; for the others, ${spent}`;
}

/** What is due and can't be asked for, and why; null: nothing is due. */
export function describeWaiting({ apis }: Forecast, holds: readonly HeldOperations[]): string | null {
  const waiting = apis.filter(({ due }) => due > 0);
  if (waiting.length === 0) return null;
  const calls = listCalls(waiting.map(({ operation, due }) => ({ operation, amount: due })));
  const why = describeObstacles(
    waiting.map(({ operation }) => operation),
    holds,
  );
  return `nothing can be called now, and ${calls} ${calls.endsWith('s') ? 'wait' : 'waits'}: ${why}`;
}

/** One line about a run before it begins. `holds`: those in force. */
export function describeNextRun(forecast: Forecast, holds: readonly HeldOperations[]): string {
  const { apis, nextRun } = forecast;
  const calls = apis.filter(({ nextRun: own }) => own >= 0.5);
  if (!canCall(forecast)) return `plan: ${describeWaiting(forecast, holds) ?? 'nothing is due'}`;
  const each = listCalls(calls.map(({ operation, nextRun: own }) => ({ operation, amount: own })));
  const due = apis.reduce((sum, api) => sum + api.due, 0);
  const held = holds.length > 0 ? `, and ${describeHolds(holds)}` : '';
  const rest = isCutShort(forecast)
    ? `; ${count(due)} are due; the rest waits for quota or budget${held}`
    : '';
  return `plan${isGuess(forecast) ? ' (nothing is known yet: upper bound)' : ''}: ${each} in about ${formatDuration(nextRun.seconds)}${rest}`;
}
