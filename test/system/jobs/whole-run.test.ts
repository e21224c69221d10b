import { describe, expect, it } from 'vitest';
import { listBackends, withTestStack } from '../../support/stack.ts';
import {
  countPaidTwice,
  expectOneRowPerArrival,
  expectTruth,
  readStats,
} from '../../support/catalog-truth.ts';

const dayMs = 86_400_000;

describe.each(listBackends())('a run on %s', (backend) => {
  it('makes the catalog equal the truth with the fewest calls, each of them booked', () =>
    withTestStack({ backend }, async (stack) => {
      const run = await stack.run();
      expect(run).toMatchObject({ status: 'succeeded', cause: null });
      await expectTruth(stack);
      await expectOneRowPerArrival(stack);
      const { min_calls, calls } = await readStats(stack);
      expect(run.callsUsed).toBe(calls.length);
      expect(run.callsUsed).toBeLessThanOrEqual(1.05 * min_calls.total);
      expect(await countPaidTwice(stack)).toBe(0);
      expect(stack.logs).toEqual([]);
    }));

  it('asks for nothing that is fresh, and a day later finds what changed', () =>
    withTestStack({ backend }, async (stack) => {
      await stack.run();
      expect(await stack.run()).toMatchObject({ status: 'succeeded', callsUsed: 0 });
      await stack.advance(dayMs);
      const nextDay = await stack.run();
      expect(nextDay.status).toBe('succeeded');
      expect(nextDay.counts.offersChanged).toBeGreaterThan(0);
      expect(nextDay.counts.pricesClosed).toBeGreaterThan(0);
      await expectTruth(stack);
      await expectOneRowPerArrival(stack);
    }));
});

interface Gone {
  readonly offer_id: string;
  readonly empty: number;
}

it('an offer that vanished is missing, then gone, and is not asked for again', () => {
  // On another day all details are due, also those whose rows show no change.
  const freshness = { categoryMs: 7 * dayMs, searchMs: dayMs / 2, detailMs: dayMs / 48 };
  return withTestStack(
    { backend: 'postgres', sandbox: { offers: 120 }, sync: { freshness } },
    async (stack) => {
      const states = new Map<string, Set<string>>();
      for (let day = 0; day < 5; day += 1) {
        if (day > 0) await stack.advance(dayMs);
        expect((await stack.run()).status).toBe('succeeded');
        const rows = await stack.query<{ offer_id: string; state: string }>(
          'SELECT offer_id, state FROM catalog.offer',
        );
        for (const { offer_id, state } of rows) {
          states.set(offer_id, (states.get(offer_id) ?? new Set()).add(state));
        }
      }
      await expectTruth(stack);
      const gone = await stack.query<Gone>(
        `SELECT offer_id, count(*)::int AS empty
       FROM catalog.offer JOIN catalog.observation USING (offer_id)
       WHERE state = 'gone' AND source = 'detail' AND NOT is_found
       GROUP BY offer_id`,
      );
      expect(gone.length).toBeGreaterThan(0);
      for (const { offer_id, empty } of gone) {
        expect(empty).toBe(2);
        expect([...(states.get(offer_id) ?? [])]).toEqual(expect.arrayContaining(['missing', 'gone']));
      }
    },
  );
});

it('an offer that its search no longer lists is missing, and its detail is asked for though the old one is fresh', () => {
  const freshness = { categoryMs: 30 * dayMs, searchMs: dayMs / 2, detailMs: 30 * dayMs };
  return withTestStack(
    { backend: 'postgres', sandbox: { offers: 120 }, sync: { freshness } },
    async (stack) => {
      await stack.run();
      await stack.advance(5 * dayMs);
      const { runId, status } = await stack.run();
      expect(status).toBe('succeeded');
      const missing = await stack.query<{ operation: string; details: number }>(
        `SELECT operation, (SELECT count(*)::int FROM usage.api_call d
                          WHERE d.run_id = $1 AND d.operation = 'offer.detail' AND d.outcome = 'ok'
                            AND d.request ->> 'offerId' = o.offer_id::text) AS details
       FROM catalog.offer_change o JOIN usage.api_call c USING (call_id)
       WHERE field = 'state' AND new = 'missing' AND c.run_id = $1`,
        [runId],
      );
      const bySearches = missing.filter(({ operation }) => operation === 'search.keyword');
      expect(bySearches.length).toBeGreaterThan(0);
      for (const { details } of bySearches) expect(details).toBe(1);
    },
  );
});

it('a run asks for nothing twice and ends, however short the ages of freshness are', () =>
  withTestStack(
    {
      backend: 'postgres',
      sandbox: { offers: 120 },
      sync: { freshness: { categoryMs: 1, searchMs: 1, detailMs: 1 } },
    },
    async (stack) => {
      const first = await stack.run({ deadlineMs: 60_000 });
      expect(first).toMatchObject({ status: 'succeeded', cause: null });
      const { min_calls } = await readStats(stack);
      expect(first.callsUsed).toBeLessThanOrEqual(1.05 * min_calls.total);
      expect(await countPaidTwice(stack)).toBe(0);
      await stack.advance(dayMs);
      expect(await stack.run({ deadlineMs: 60_000 })).toMatchObject({ status: 'succeeded', cause: null });
    },
  ));

it.each([3, 5])(
  'finds every offer of a tree in which %i categories are a circle, and names its last edge',
  (nodes) =>
    withTestStack(
      { backend: 'postgres', sandbox: { offers: 150, categories: 60, categoryCycle: nodes } },
      async (stack) => {
        expect(await stack.run()).toMatchObject({ status: 'succeeded', cause: null });
        await expectTruth(stack);
        await expectOneRowPerArrival(stack);
        expect(await stack.query('SELECT operation, reason FROM sync.quarantine')).toEqual([
          { operation: 'category.children', reason: 'cycle' },
        ]);
      },
    ),
);
