import { expect, it } from 'vitest';
import { checkSearches } from '../../../src/health/doctor/check-searches.ts';
import { formatStatus } from '../../../src/cli/format-status.ts';
import { readStatus } from '../../../src/health/read-status.ts';
import { sandboxSettings, startTestSandbox } from '../../support/sandbox.ts';
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
    },
  ));

const dayMs = 86_400_000;

it('an empty keyword is asked for again once a day for one call, and used again when it is answered', () =>
  withTestStack(
    { backend: 'postgres', sandbox: { offers: 120, refusesEmptyKeyword: true } },
    async (stack) => {
      const { pool } = stack.database;
      const countRefused = async (runId: string) => {
        const [refused] = await stack.query<{ calls: number }>(
          `SELECT count(*)::int AS calls FROM usage.api_call WHERE run_id = $1 AND outcome = 'gateway_error'`,
          [runId],
        );
        return refused?.calls;
      };
      await stack.run();
      const { namedSearches } = await readStatus(pool, 1);
      expect(namedSearches?.searches).toBeGreaterThan(1);
      expect(formatStatus(await readStatus(pool, 1), 'No health issue.')).toContain(
        '1688 refused one without a keyword',
      );
      await stack.advance(dayMs / 2);
      expect(await countRefused((await stack.run()).runId)).toBe(0);
      await stack.advance(dayMs / 2);
      const tried = await stack.run();
      expect(tried).toMatchObject({ status: 'succeeded', cause: null });
      expect(await countRefused(tried.runId)).toBe(1);
      const known = (await readStatus(pool, 1)).namedSearches;
      expect(known).toMatchObject({ searches: namedSearches?.searches });
      expect(known?.askAgainAt?.getTime()).toBeGreaterThan(
        (namedSearches?.askAgainAt?.getTime() ?? 0) + dayMs / 2,
      );

      const allowing = await startTestSandbox({ offers: 120 });
      try {
        await stack.advance(2 * dayMs);
        allowing.advance(3 * dayMs);
        const later = await stack.openProcess({ env: sandboxSettings(allowing) });
        const allowed = await later.run();
        expect(allowed).toMatchObject({ status: 'succeeded', cause: null });
        expect(await countRefused(allowed.runId)).toBe(0);
        expect((await readStatus(pool, 1)).namedSearches).toBeNull();
        const open = await stack.query<{ kind: string; isPassed: boolean; windows: number }>(
          `SELECT kind, completed_at IS NOT NULL AS "isPassed", count(*)::int AS windows
           FROM sync.search_window WHERE retired_at IS NULL GROUP BY 1, 2`,
        );
        expect(open).toEqual([{ kind: 'category', isPassed: true, windows: namedSearches?.searches }]);
      } finally {
        await allowing.close();
      }
    },
  ));
