import { expect, it } from 'vitest';
import { checkSearches } from '../../../src/health/doctor/check-searches.ts';
import { withTestStack } from '../../support/stack.ts';

it('category feeds survive a gateway that refuses an empty keyword: they send the names of categories, and doctor says so', () =>
  withTestStack(
    { backend: 'postgres', sandbox: { offers: 120, refusesEmptyKeyword: true } },
    async (stack) => {
      const run = await stack.run();
      expect(run).toMatchObject({ status: 'succeeded', cause: null });
      const open = await stack.query<{ isNamed: boolean; isPassed: boolean; windows: number }>(
        `SELECT w.keyword = c.name_zh AS "isNamed", w.completed_at IS NOT NULL AS "isPassed", count(*)::int AS windows
       FROM sync.search_window w JOIN catalog.category c USING (category_id)
       WHERE w.retired_at IS NULL GROUP BY 1, 2`,
      );
      expect(open).toMatchObject([{ isNamed: true, isPassed: true }]);
      const searches = open[0]?.windows ?? 0;
      const calls = await stack.query<{ outcome: string; calls: number }>(
        `SELECT outcome, count(*)::int AS calls FROM usage.api_call WHERE operation = 'search.keyword' GROUP BY outcome`,
      );
      const callsOf = (outcome: string) => calls.find((row) => row.outcome === outcome)?.calls ?? 0;
      expect(callsOf('ok')).toBeGreaterThanOrEqual(searches);
      expect(callsOf('gateway_error')).toBeGreaterThan(0);
      expect(callsOf('gateway_error')).toBeLessThan(searches / 2);
      const codes = new Set(stack.logs.map(({ code }) => code));
      expect([...codes]).toEqual(['GATEWAY_PARAM_MISSING']);
      const checks = await checkSearches(stack.database.pool);
      expect(checks.map(({ name }) => name)).toContain('keywords');
      await stack.advance(86_400_000);
      const next = await stack.run();
      expect(next).toMatchObject({ status: 'succeeded', cause: null });
      const [refused] = await stack.query<{ calls: number }>(
        `SELECT count(*)::int AS calls FROM usage.api_call WHERE run_id = $1 AND outcome = 'gateway_error'`,
        [next.runId],
      );
      expect(refused?.calls).toBe(0);
    },
  ));
