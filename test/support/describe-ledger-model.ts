import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { apis, count, groupName, moveTo, places, play, step, type Pair } from './ledger-model-steps.ts';
import { LedgerModel, maxCallMs, type ModelPeriod } from './ledger-model.ts';
import { api, appKey, openLedger, otherApi, type OpenLedger } from './open-ledger.ts';

/*
 * The ledger against a model of it: the same steps for both, and the same answers from both. Paces, minutes and what
 * answers show of an API have tests of their own.
 */

const stepsEach = 250;
const budgets = [6, 40];

let at: OpenLedger;
const counters = new Map<string, number>();

async function openPair(): Promise<Pair> {
  await at.reset();
  const model = new LedgerModel();
  model.proven = [api, otherApi];
  const runs = [];
  for (const budget of budgets) runs.push({ runId: await at.startRun(budget), budget });
  const startedAt = Date.now();
  const pair: Pair = { at, model, runs, startedAt, place: 0, steps: 0, counters };
  await moveTo(pair, 0);
  model.now = places[0] ?? 0;
  model.groups = { [groupName]: [api, otherApi] };
  await at.quota.applyGroups(appKey, [
    { name: groupName.slice(1), apis: [api, otherApi], daily: 60, monthly: null },
  ]);
  model.setLimit({ api: groupName, kind: 'day', callLimit: 60, reset: 'calendar' });
  for (const one of apis) {
    model.setLimit({ api: one, kind: 'day', callLimit: 40, reset: 'calendar' });
    await at.quota.setLimit({ appKey, api: one, period: 'day', callLimit: 40 });
  }
  await moveTo(pair, 4);
  return pair;
}

/** Run, states of the calls, what is in flight, and every window, on both sides. */
async function compare({ model, runs }: Pair): Promise<void> {
  const { pool } = at.db;
  const states = await pool.query<{ id: string; state: string }>(
    'SELECT call_id AS id, state FROM usage.api_call ORDER BY call_id',
  );
  expect(states.rows).toEqual(model.calls.map(({ callId, state }) => ({ id: callId, state })));
  const live = await pool.query<{ id: string; sent: boolean }>(
    'SELECT call_id AS id, sent_at IS NOT NULL AS sent FROM usage.in_flight ORDER BY call_id',
  );
  expect(live.rows).toEqual(
    model.calls
      .filter(({ state }) => state === 'reserved')
      .map(({ callId, sentAt }) => ({ id: callId, sent: sentAt !== null })),
  );
  const used = await pool.query<{ calls_used: number }>('SELECT calls_used FROM sync.run ORDER BY run_id');
  expect(used.rows.map(({ calls_used }) => calls_used)).toEqual(runs.map((run) => model.usedByRun(run)));
  const periods = await pool.query(
    `SELECT api, period_kind AS kind, starts_at AS "startsAt", ends_at AS "endsAt", day_starts_at AS "dayStartsAt",
            used_before_day AS "usedBeforeDay", external, is_assumed_spent AS "isAssumedSpent", granted, refunded,
            "unknown"
     FROM usage.quota_period`,
  );
  expect(inOrder(periods.rows)).toEqual(
    inOrder(model.periods.map((period) => describePeriod(model, period))),
  );
}

function describePeriod(model: LedgerModel, period: ModelPeriod): object {
  return {
    ...period,
    startsAt: new Date(period.startsAt),
    endsAt: new Date(period.endsAt),
    dayStartsAt: new Date(period.dayStartsAt),
    granted: model.count(period),
    refunded: model.count(period, 'refunded'),
    unknown: model.count(period, 'unknown'),
  };
}

function inOrder(periods: readonly object[]): readonly object[] {
  const key = (period: object) => {
    const { api: name, kind, startsAt, endsAt } = period as Record<string, unknown>;
    return JSON.stringify([name, kind, startsAt, endsAt]);
  };
  return periods.toSorted((a, b) => key(a).localeCompare(key(b)));
}

/**
 * The test of the ledger against its model, in so many scenarios of 250 steps. Few scenarios need a seed: chance alone leaves out a
 * kind of answer now and then.
 */
export function describeLedgerModel(scenarios: number, seed?: number): void {
  beforeAll(async () => {
    counters.clear();
    at = await openLedger({ maxCallMs, callsAtOnce: 2 });
  });
  afterAll(() => at.db.drop());

  describe('any sequence of grants, ends, sweeps, clocks, limits and corrections, alone and many at once', () => {
    it('gives exactly what a plain list of calls gives', { timeout: 600_000 }, async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.array(step, { minLength: stepsEach, maxLength: stepsEach + 10 }),
          async (steps) => {
            const pair = await openPair();
            for (const [n, one] of steps.entries()) {
              await play(pair, one);
              if (one.kind === 'rush' || n % 25 === 0) await compare(pair);
            }
            await compare(pair);
            count(pair, 'scenarios');
          },
        ),
        // A failed scenario is printed with its seed; to make it smaller would take longer than the test may.
        { numRuns: scenarios, endOnFailure: true, ...(seed === undefined ? {} : { seed }) },
      );
      expect(counters.get('steps')).toBeGreaterThan(300 * scenarios);
      const answers = ['granted', 'in_flight', 'cached', 'day', 'month', 'run', 'hold'];
      const rushes = ['granted in a rush', 'refused in a rush'];
      expect([...answers, ...rushes].filter((one) => !counters.has(one))).toEqual([]);
    });
  });
}
