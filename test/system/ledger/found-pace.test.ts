import { afterAll, beforeAll, expect, it } from 'vitest';
import { api, appKey, openLedger, type OpenLedger } from '../../support/open-ledger.ts';
import { measureFound, playPaced, type PacedResult } from '../../support/paced-gateway.ts';

let at: OpenLedger;
let played: PacedResult;

/** Declared are 30 a second. */
const limits = [
  { from: 0, to: 150, perSecond: 5 },
  { from: 150, to: 390, perSecond: 12 },
  { from: 390, to: 500, perSecond: 4 },
];

beforeAll(async () => {
  at = await openLedger();
  const setTime = (ms: number) => at.setTime(new Date(ms).toISOString());
  const real = limits.map(({ from, perSecond }) => ({ fromSecond: from, perSecond }));
  const world = { declared: 30, seconds: 500, workers: 4, latencyMs: 100, scope: 'app' } as const;
  played = await playPaced({ ...at, pool: at.db.pool, appKey, api, setTime }, { ...world, real });
}, 300_000);
afterAll(() => at.db.drop());

it.each(limits)('a limit of $perSecond calls a second is found and used', (limit) => {
  const found = measureFound(played, limit);
  expect(found.refusedBefore).toBeLessThanOrEqual(15);
  expect(found.afterSeconds).toBeLessThanOrEqual(180);
  expect(found.refusedShare).toBeLessThan(0.03);
  expect(found.usedShare).toBeGreaterThan(0.9);
});
