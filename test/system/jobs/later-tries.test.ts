import { describe, expect, it } from 'vitest';
import { retryGivenUp } from '../../../src/refresh/queue/retry-given-up.ts';
import { listBackends, withTestStack, type TestStack } from '../../support/stack.ts';
import { until } from '../../support/until.ts';
import {
  countPaidTwice,
  expectOneRowPerArrival,
  expectTruth,
  readStats,
} from '../../support/catalog-truth.ts';

const categoryApi = 'com.alibaba.product:alibaba.category.get:1';
const detailApi = 'com.alibaba.fenxiao.crossborder:product.search.queryProductDetail:1';
const tokenApi = 'system.oauth2:getToken:1';
const minuteMs = 60_000;

const oauth = {
  ALIBABA_REFRESH_TOKEN: '00000000-0000-4000-8000-000000000002',
  TOKEN_KEY: 'ab'.repeat(32),
};

const countPostponed = async (stack: TestStack): Promise<number> => {
  const rows = await stack.query(
    `SELECT FROM sync.category_visit WHERE failed_tries > 0 UNION ALL SELECT FROM sync.refresh WHERE failed_tries > 0`,
  );
  return rows.length;
};

const countUndetailed = async (stack: TestStack): Promise<number> => {
  const rows = await stack.query('SELECT FROM sync.refresh WHERE detail_at IS NULL AND not_before IS NULL');
  return rows.length;
};

describe.each(listBackends())('on %s', (backend) => {
  it.each([
    ['an outage', 'server_error'],
    ['a redirect', 'redirect'],
  ] as const)(
    '%s of an API costs a few calls, not some for each target, and the run goes on after it',
    (_, kind) =>
      withTestStack({ backend }, async (stack) => {
        await stack.query(
          `INSERT INTO sync.api_permission (app_key, api, observed) VALUES ('${stack.sandbox.appKey}', '${detailApi}', 'allowed')`,
        );
        stack.sandbox.setFaults([{ kind, api: detailApi }]);
        const running = stack.run();
        await until(
          async () => (await stack.query(`SELECT FROM usage.backoff WHERE pause >= '4 seconds'`)).length > 0,
        );
        const { byApi, min_calls } = await readStats(stack);
        // Those under way when the fifth failed, and one after each pause.
        expect(byApi[detailApi]).toBeLessThanOrEqual(25);
        expect(min_calls.total).toBeGreaterThan(100);
        stack.sandbox.setFaults([]);
        // A target of which each try fell into the outage waits for two minutes.
        await until(async () => (await countUndetailed(stack)) === 0, { timeoutMs: 60_000 });
        await stack.advance(130_000);
        expect(await running).toMatchObject({ status: 'succeeded', postponed: 0, counts: { errors: 0 } });
        await expectTruth(stack);
        await expectOneRowPerArrival(stack);
        expect(await countPaidTwice(stack)).toBe(0);
      }),
  );

  it.each([
    ['for a reason nobody knows', 'gw.NeverSeen', 'no', 'GATEWAY_REFUSED'],
    ['because a parameter that it did not have is missing', 'gw.ParamMissing', 'no', 'GATEWAY_PARAM_MISSING'],
    ['for the form of a parameter', 'gw.NeverSeen', 'Illegal argument type', 'GATEWAY_PARAM_REFUSED'],
  ])('an API that refuses every call %s costs a few calls, and a target for each', (_, code, message, name) =>
    withTestStack({ backend }, async (stack) => {
      const refusal = { code, status: 400, message };
      stack.sandbox.setFaults([{ kind: 'gateway_error', api: detailApi, ...refusal }]);
      const running = stack.run();
      await until(
        async () => (await stack.query(`SELECT FROM usage.backoff WHERE pause >= '4 seconds'`)).length > 0,
      );
      stack.sandbox.setFaults([]);
      const { cause, counts } = await running;
      expect(cause).toBe('targets_failed');
      expect(counts.errors).toBeLessThanOrEqual(25);
      expect(await stack.query('SELECT last_error_code FROM sync.run')).toEqual([{ last_error_code: name }]);
    }),
  );

  it('an API that has refused every call in its own words for a day costs a few calls, and not one for each target', () =>
    withTestStack({ backend, sandbox: { offers: 100 } }, async (stack) => {
      stack.sandbox.setFaults([{ kind: 'refuse', api: detailApi }]);
      const first = await stack.run();
      // It is not known yet that these are more than the refusals of so many offers.
      expect(first.counts.errors).toBeGreaterThan(90);
      expect(await stack.query('SELECT FROM usage.backoff')).toEqual([]);
      await stack.advance(25 * 60 * minuteMs);
      const running = stack.run();
      await until(
        async () => (await stack.query(`SELECT FROM usage.backoff WHERE pause >= '4 seconds'`)).length > 0,
      );
      stack.sandbox.setFaults([]);
      const { cause, counts } = await running;
      expect(cause).toBe('targets_failed');
      // Sixteen calls are under way at once: those when the first is refused, those that take their places until one of these is
      // refused, and one after each pause.
      expect(counts.errors).toBeLessThanOrEqual(36);
      expect(counts.offersCompleted).toBeGreaterThanOrEqual(first.counts.errors - 36);
    }));

  it('offers that are refused one by one pause no API that accepted a call within the day', () =>
    withTestStack({ backend, sandbox: { offers: 100 } }, async (stack) => {
      stack.sandbox.setFaults([{ kind: 'refuse', api: detailApi, count: 60 }]);
      expect((await stack.run()).counts).toMatchObject({ errors: 60 });
      await stack.advance(13 * 60 * minuteMs);
      stack.sandbox.setFaults([{ kind: 'refuse', api: detailApi }]);
      expect((await stack.run()).counts).toMatchObject({ errors: 60 });
      expect(await stack.query('SELECT FROM usage.backoff')).toEqual([]);
    }));

  it('a target that fails is tried again some minutes later in the same run', () =>
    withTestStack({ backend }, async (stack) => {
      stack.sandbox.setFaults([{ kind: 'server_error', api: categoryApi, count: 3 }]);
      const running = stack.run();
      await until(async () => (await countPostponed(stack)) === 1);
      expect((await readStats(stack)).calls).toHaveLength(3);
      await stack.advance(130_000);
      expect(await running).toMatchObject({ status: 'succeeded', postponed: 0, counts: { errors: 0 } });
      await expectTruth(stack);
      expect(await countPostponed(stack)).toBe(0);
    }));

  it('a run that ends before says so, each further one too, and nothing waits for the next day', () =>
    withTestStack({ backend }, async (stack) => {
      stack.sandbox.setFaults([{ kind: 'server_error', api: categoryApi, count: 3 }]);
      const first = await stack.run({ deadlineMs: minuteMs });
      const left = {
        status: 'partial_error',
        cause: 'targets_postponed',
        postponed: 1,
        counts: { errors: 0 },
      };
      expect(first).toMatchObject({ ...left, callsUsed: 3 });
      // It loaded nothing.
      const second = await stack.run({ deadlineMs: minuteMs });
      expect(second).toMatchObject({ ...left, callsUsed: 0, nextTryAt: first.nextTryAt });
      await stack.advance(2 * minuteMs);
      expect(await stack.run()).toMatchObject({ status: 'succeeded', postponed: 0, nextTryAt: null });
      await expectTruth(stack);
    }));

  it('a target that waits for its next try is due at once when a person says so', () =>
    withTestStack({ backend }, async (stack) => {
      stack.sandbox.setFaults([{ kind: 'server_error', api: categoryApi, count: 3 }]);
      await stack.run({ deadlineMs: minuteMs });
      const choice = { operation: 'category.children', id: null };
      expect(await retryGivenUp(stack.database.pool, choice)).toBe(1);
      expect(await retryGivenUp(stack.database.pool, choice)).toBe(0);
      expect(await stack.run()).toMatchObject({ status: 'succeeded', postponed: 0 });
      await expectTruth(stack);
    }));

  it('a clock that 1688 refuses halts the run after a few calls', () =>
    withTestStack({ backend, sandbox: { maxSkewMs: 10 * minuteMs } }, async (stack) => {
      stack.sandbox.advance(60 * minuteMs);
      const run = await stack.run();
      expect(run).toMatchObject({ status: 'failed', cause: 'GATEWAY_TIMESTAMP_REFUSED' });
      expect((await readStats(stack)).calls.length).toBeLessThanOrEqual(3);
    }));

  it.each(['server_error', 'redirect'] as const)(
    'a token service that answers with a %s halts the run after three calls',
    (kind) =>
      withTestStack({ backend, sandbox: { accessTokenLifeMs: 60 * minuteMs }, env: oauth }, async (stack) => {
        stack.sandbox.advance(2 * 60 * minuteMs);
        stack.sandbox.setFaults([{ kind, api: tokenApi }]);
        const run = await stack.run();
        expect(run).toMatchObject({ status: 'failed', cause: 'AUTH_REFRESH_UNAVAILABLE' });
        const { calls, byOutcome } = await readStats(stack);
        expect(calls.filter(({ api }) => api === tokenApi)).toHaveLength(3);
        expect(byOutcome['401']).toBe(1);
      }),
  );
});
