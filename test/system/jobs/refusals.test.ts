import { describe, expect, it } from 'vitest';
import { listBackends, withTestStack } from '../../support/stack.ts';
import { until } from '../../support/until.ts';
import {
  countPaidTwice,
  expectOneRowPerArrival,
  expectTruth,
  readStats,
} from '../../support/catalog-truth.ts';

const categoryApi = 'com.alibaba.product:alibaba.category.get:1';
const searchApi = 'com.alibaba.fenxiao.crossborder:product.search.keywordQuery:1';
const detailApi = 'com.alibaba.fenxiao.crossborder:product.search.queryProductDetail:1';

describe.each(listBackends())('on %s', (backend) => {
  it('an API without a grant is given up after its first refusals, and the others go on', () =>
    withTestStack({ backend, sandbox: { declinedApis: [detailApi] } }, async (stack) => {
      const run = await stack.run();
      expect(run).toMatchObject({ status: 'partial_error', cause: 'gw.APIACLDecline' });
      const { byOutcome, byApi, min_calls } = await readStats(stack);
      // As many as may be under way before the first refusal is known.
      expect(byOutcome['gw.APIACLDecline']).toBeLessThanOrEqual(16);
      expect(byApi[searchApi]).toBe(min_calls.pages);
      expect(await stack.run()).toMatchObject({ status: 'partial_error', callsUsed: 0 });

      stack.sandbox.setGrants({ [detailApi]: true });
      await stack.app.quota.resumeApi(detailApi);
      expect(await stack.run()).toMatchObject({ status: 'succeeded' });
      await expectTruth(stack);
    }));

  it('passing faults of 1688 are tried again, and nothing is lost', () =>
    withTestStack({ backend }, async (stack) => {
      // A target has three attempts: even one that meets both faults of its API is answered at last.
      // An API that has never answered is asked one call at a time, and one offer could meet all the faults.
      await stack.query(
        `INSERT INTO sync.api_permission (app_key, api, observed) VALUES ('${stack.sandbox.appKey}', '${detailApi}', 'allowed')`,
      );
      stack.sandbox.setFaults([
        { kind: 'truncate', api: categoryApi, count: 1 },
        { kind: 'bad_charset', api: categoryApi, count: 1 },
        { kind: 'html', api: searchApi, count: 1 },
        { kind: 'server_error', api: searchApi, count: 1 },
        { kind: 'reset', api: detailApi, count: 1 },
        { kind: 'cut', api: detailApi, count: 1 },
      ]);
      const run = await stack.run();
      expect(run).toMatchObject({ status: 'succeeded', counts: { errors: 0 } });
      await expectTruth(stack);
      await expectOneRowPerArrival(stack);
      expect(await countPaidTwice(stack)).toBe(0);
      expect(run.callsUsed).toBe((await readStats(stack)).min_calls.total + 6);
      expect(new Set(stack.logs.map(({ msg }) => msg))).toEqual(new Set(['job attempt failed']));
    }));

  it('a wrong app secret ends the run with its cause after a handful of calls', () =>
    withTestStack({ backend, env: { ALIBABA_APP_SECRET: 'wrong' } }, async (stack) => {
      const run = await stack.run();
      expect(run).toMatchObject({ status: 'failed', cause: 'GATEWAY_SIGNATURE_REFUSED' });
      expect(run.callsUsed).toBeLessThanOrEqual(4);
      expect((await readStats(stack)).calls).toHaveLength(run.callsUsed);
      expect(stack.logs.map(({ msg, level }) => `${level} ${msg}`)).toContain('error run halted');
    }));

  it('an access token that ends in mid-run is refreshed once', () =>
    withTestStack(
      {
        backend,
        sandbox: { latencyMs: 20, accessTokenLifeMs: 3_600_000 },
        env: {
          ALIBABA_REFRESH_TOKEN: '00000000-0000-4000-8000-000000000002',
          TOKEN_KEY: 'ab'.repeat(32),
        },
      },
      async (stack) => {
        const running = stack.run();
        await until(async () => (await readStats(stack)).calls.length > 40);
        stack.sandbox.advance(2 * 3_600_000);
        expect(await running).toMatchObject({ status: 'succeeded' });
        const { byOutcome } = await readStats(stack);
        expect(byOutcome['oauth']).toBe(1);
        expect(byOutcome['401']).toBeGreaterThan(0);
        await expectTruth(stack);
        await expectOneRowPerArrival(stack);
      },
    ));

  it('a dead token costs one call, and none at the next start; a new one is tried at once', () =>
    withTestStack({ backend, env: { ALIBABA_ACCESS_TOKEN: 'dead' } }, async (stack) => {
      expect(await stack.run()).toMatchObject({ status: 'failed', cause: 'AUTH_TOKEN_NOT_REFRESHABLE' });
      const refused = async () => (await readStats(stack)).byOutcome['401'] ?? 0;
      expect(await refused()).toBe(1);
      const again = await stack.openProcess({ env: { ALIBABA_ACCESS_TOKEN: 'dead' } });
      expect(await again.run()).toMatchObject({ status: 'failed', cause: 'AUTH_TOKEN_NOT_REFRESHABLE' });
      expect(await refused()).toBe(1);
      const renewed = await stack.openProcess({
        env: { ALIBABA_ACCESS_TOKEN: stack.sandbox.accessToken },
      });
      expect(await renewed.run()).toMatchObject({ status: 'succeeded' });
      await expectOneRowPerArrival(stack);
    }));

  it.each([10, 30])(
    'the end of a token in mid-run costs only calls that are under way at %i a second',
    (perSecond) =>
      withTestStack(
        {
          backend,
          sync: { quotas: { perSecond, approved: {}, groups: [] } },
          sandbox: { accessTokenLifeMs: 3_600_000 },
          env: {
            ALIBABA_REFRESH_TOKEN: '00000000-0000-4000-8000-000000000002',
            TOKEN_KEY: 'ab'.repeat(32),
          },
        },
        async (stack) => {
          const running = stack.run({ budgetCalls: 50 });
          await until(async () => (await readStats(stack)).calls.length > 25);
          stack.sandbox.advance(2 * 3_600_000);
          await running;
          const { byOutcome } = await readStats(stack);
          expect(byOutcome['oauth']).toBe(1);
          const [cost] = await stack.query<{ refused: number; late: number; slowest: number }>(
            `SELECT count(*)::int AS refused, (count(*) FILTER (WHERE sent_at > first))::int AS late,
                    extract(epoch FROM max(settled_at - sent_at))::float8 AS slowest
             FROM (SELECT sent_at, settled_at, min(settled_at) OVER () AS first
                   FROM usage.api_call WHERE http_status = 401) c`,
          );
          expect(cost).toMatchObject({ refused: byOutcome['401'], late: 0 });
          // Two; more only where answers take so long that more calls are under way.
          const underWay = Math.ceil(perSecond * (cost?.slowest ?? 0));
          expect(cost?.refused).toBeLessThanOrEqual(Math.max(2, 1 + underWay));
          await expectOneRowPerArrival(stack);
        },
      ),
  );
});
