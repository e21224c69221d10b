import { expect, it } from 'vitest';
import { AppError } from '../../../src/core/errors.ts';
import { databaseErrors } from '../../../src/db/errors.ts';
import { retryThroughOutage } from '../../../src/db/retry-through-outage.ts';
import { silentLog as log } from '../../support/open-ledger.ts';

const away = () => new AppError(databaseErrors.DATABASE_UNREACHABLE, 'away');

/** Work that fails by these errors in turn, and then succeeds; gives what came of it, and the pauses between in ms. */
async function attempt(errors: readonly Error[], signal?: AbortSignal) {
  const times: number[] = [];
  const work = () => {
    const error = errors[times.length];
    times.push(performance.now());
    return error === undefined ? Promise.resolve('done') : Promise.reject(error);
  };
  const end = await retryThroughOutage(work, { log, signal }).catch((error: unknown) => error);
  const pauses = times.slice(1).map((time, index) => time - (times[index] ?? 0));
  return { end, pauses };
}

it('work is repeated through an outage, after ever longer pauses', async () => {
  expect(await attempt([])).toEqual({ end: 'done', pauses: [] });
  const { end, pauses } = await attempt([away(), away(), away()]);
  expect([end, pauses.length]).toEqual(['done', 3]);
  // 50, 100 and 200 ms. A timer may be a millisecond early.
  for (const [index, leastMs] of [49, 99, 199].entries()) expect(pauses[index]).toBeGreaterThan(leastMs - 1);
  expect(Math.max(...pauses)).toBeLessThan(4500);
});

it('what is no outage ends it at once', async () => {
  const wrong = new AppError(databaseErrors.DATABASE_REFUSED, 'wrong');
  expect(await attempt([away(), wrong, away()])).toMatchObject({ end: wrong, pauses: { length: 1 } });
});

it('nothing is repeated for a process that stops', async () => {
  const error = away();
  expect(await attempt([error], AbortSignal.abort())).toEqual({ end: error, pauses: [] });
});
