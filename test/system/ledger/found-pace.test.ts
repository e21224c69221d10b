import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { api, appKey, openLedger, type OpenLedger } from '../../support/open-ledger.ts';
import {
  measureFound,
  playPaced,
  type PacedCase,
  type PacedLimit,
  type PacedResult,
} from '../../support/paced-gateway.ts';

let at: OpenLedger;
beforeAll(async () => {
  at = await openLedger();
});
afterAll(() => at.db.drop());
beforeEach(() => at.reset());

/** Minutes of calls. */
const timeoutMs = 300_000;

async function play(
  world: Pick<PacedCase, 'declared' | 'real' | 'seconds'> & Partial<PacedCase>,
): Promise<PacedResult> {
  const setTime = (ms: number) => at.setTime(new Date(ms).toISOString());
  const usual = { workers: 4, latencyMs: 100, scope: 'app' } as const;
  return playPaced({ ...at, pool: at.db.pool, appKey, api, setTime }, { ...usual, ...world });
}

const from = (fromSecond: number, perSecond: number, noise = 0): PacedLimit => ({
  fromSecond,
  perSecond,
  noise,
});

describe('a limit is found and used', () => {
  it.each([
    {
      name: '5, then 12, then 4 of 30',
      declared: 30,
      real: [from(0, 5), from(150, 12), from(390, 4)],
      seconds: 500,
    },
    { name: '1 of 4', declared: 4, real: [from(0, 1)], seconds: 240 },
    { name: '2 of 4', declared: 4, real: [from(0, 2)], seconds: 240 },
    { name: '3 of 4', declared: 4, real: [from(0, 3)], seconds: 240 },
    { name: '1 of 30, then 20', declared: 30, real: [from(0, 1), from(240, 20)], seconds: 600 },
  ])(
    '$name calls a second',
    async (world) => {
      const played = await play(world);
      for (const [n, { fromSecond, perSecond }] of world.real.entries()) {
        const to = world.real[n + 1]?.fromSecond ?? world.seconds;
        const found = measureFound(played, { from: fromSecond, to, perSecond });
        expect(found.refusedBefore).toBeLessThanOrEqual(15);
        expect(found.afterSeconds).toBeLessThanOrEqual(300);
        expect(found.refusedShare).toBeLessThan(0.03);
        expect(found.usedShare).toBeGreaterThan(0.9);
      }
    },
    timeoutMs,
  );
});

describe('calls that a network holds up for seconds and lets through at once', () => {
  it(
    'are refused together, and the pace stays near the limit',
    async () => {
      const { calls, changes } = await play({
        ...{ declared: 20, real: [from(0, 20)], seconds: 20, workers: 60 },
        stall: { fromSecond: 5, toSecond: 8 },
      });
      expect(calls.some(({ isRefused }) => isRefused)).toBe(true);
      expect(Math.min(...changes.map(({ perSecond }) => perSecond ?? 20))).toBeGreaterThan(10);
    },
    timeoutMs,
  );
});

describe('the declared pace is back minutes after the gateway', () => {
  it.each([
    { name: 'refused half of all calls', noise: 0.5 },
    { name: 'refused all calls', noise: 1 },
  ])(
    '$name for three minutes',
    async ({ noise }) => {
      const real = [from(0, 30), from(20, 30, noise), from(200, 30)];
      const isOver: PacedCase['isOver'] = (second, perSecond) => second > 200 && perSecond === null;
      const { changes } = await play({ declared: 30, real, seconds: 680, isOver });
      expect(changes.some(({ perSecond }) => perSecond !== null && perSecond < 20)).toBe(true);
      expect(changes.at(-1)?.perSecond).toBeNull();
    },
    timeoutMs,
  );
});
