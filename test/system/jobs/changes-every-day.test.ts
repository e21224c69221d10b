import { expect, it } from 'vitest';
import { listBackends, withTestStack } from '../../support/stack.ts';
import { expectOneRowPerArrival } from '../../support/catalog-truth.ts';

const dayMs = 86_400_000;

/** Offers whose row showed another price in a run than before, and whether their detail came in the same run. */
const listChangedRows = `
  SELECT h.offer_id AS "offerId", EXISTS (
    SELECT FROM catalog.observation d JOIN usage.api_call dc ON dc.call_id = d.call_id
    WHERE d.offer_id = h.offer_id AND d.source = 'detail' AND dc.run_id = $1) AS "hasDetail"
  FROM catalog.price_history h
  JOIN catalog.observation o ON (o.offer_id, o.observed_at, o.source) = (h.offer_id, h.valid_to, 'search')
  JOIN usage.api_call c ON c.call_id = o.call_id
  WHERE h.kind = 'search' AND c.run_id = $1`;

it.each(listBackends())(
  'on %s, each row whose price changed is followed by a detail in the same run, also on consecutive days',
  (backend) => {
    // Details are fresh for a month: only what rows show makes one due.
    const freshness = { categoryMs: 30 * dayMs, searchMs: dayMs / 2, detailMs: 30 * dayMs };
    const nature = { consecutive: 1, repricing: 0.5, retailModel: 0.5 };
    return withTestStack(
      { backend, sandbox: { offers: 150, nature }, sync: { freshness } },
      async (stack) => {
        await stack.run();
        let [before, onConsecutiveDays] = [new Set<string>(), 0];
        for (let day = 1; day <= 5; day += 1) {
          await stack.advance(dayMs);
          const { runId, status } = await stack.run();
          expect(status).toBe('succeeded');
          const rows = await stack.query<{ offerId: string; hasDetail: boolean }>(listChangedRows, [runId]);
          expect(rows.filter(({ hasDetail }) => !hasDetail)).toEqual([]);
          onConsecutiveDays += rows.filter(({ offerId }) => before.has(offerId)).length;
          before = new Set(rows.map(({ offerId }) => offerId));
        }
        expect(onConsecutiveDays).toBeGreaterThan(20);
        await expectOneRowPerArrival(stack);
      },
    );
  },
);
