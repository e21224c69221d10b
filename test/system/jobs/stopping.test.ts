import { describe, expect, it } from 'vitest';
import { listBackends, withTestStack, type TestStack } from '../../support/stack.ts';
import { until } from '../../support/until.ts';
import {
  countPaidTwice,
  expectOneRowPerArrival,
  expectTruth,
  readStats,
} from '../../support/catalog-truth.ts';

const hourMs = 3_600_000;
const detailApi = 'com.alibaba.fenxiao.crossborder:product.search.queryProductDetail:1';

/** Among the categories: most of what a run asks for can't even be planned yet. */
const midway = 10;

async function callsOf(stack: TestStack): Promise<number> {
  const [row] = await stack.query<{ calls: number }>('SELECT count(*)::int AS calls FROM usage.api_call');
  return row?.calls ?? 0;
}

async function countRows(stack: TestStack, table: string): Promise<number> {
  const [row] = await stack.query<{ count: number }>(`SELECT count(*)::int AS count FROM ${table}`);
  return row?.count ?? 0;
}

/** The shares of a day that are kept back depend on the hour: all tests of quotas are at noon. */
async function advanceToNoonInShanghai(stack: TestStack): Promise<void> {
  const utcNoon = 4 * hourMs;
  const sinceMidnight = stack.sandbox.now().getTime() % (24 * hourMs);
  await stack.app.runs.claimSource('sandbox');
  await stack.advance((utcNoon - sinceMidnight + 24 * hourMs) % (24 * hourMs));
}

describe.each(listBackends())('a run on %s', (backend) => {
  it('stops at its budget to the call, and the next one goes on where it stood', () =>
    withTestStack({ backend }, async (stack) => {
      const first = await stack.run({ budgetCalls: 60 });
      expect(first).toMatchObject({ status: 'partial_quota', cause: 'budget', callsUsed: 60 });
      expect((await readStats(stack)).calls).toHaveLength(60);
      const second = await stack.run();
      expect(second.status).toBe('succeeded');
      await expectTruth(stack);
      expect(await countPaidTwice(stack)).toBe(0);
      const { min_calls } = await readStats(stack);
      expect(60 + second.callsUsed).toBe(min_calls.total);
    }));

  it('stops at the quota of the day, and finishes after its reset', () => {
    const approved = { 'offer.detail': { daily: 60, monthly: null } };
    return withTestStack(
      // What was read yesterday is fresh and true all the same: the world stands still for longer.
      {
        backend,
        sandbox: { worldStepMs: 240 * hourMs },
        sync: { quotas: { perSecond: 1000, approved, groups: [] } },
      },
      async (stack) => {
        await advanceToNoonInShanghai(stack);
        const first = await stack.run();
        expect(first).toMatchObject({ status: 'partial_quota', cause: 'quota' });
        // Of 60 calls a day, 5 % are kept for the manual lane.
        expect((await readStats(stack)).byApi[detailApi]).toBe(57);
        expect(await stack.run()).toMatchObject({ status: 'partial_quota', cause: 'quota', callsUsed: 0 });
        await stack.advance(12.5 * hourMs);
        const second = await stack.run();
        expect(second.status).toBe('succeeded');
        await expectTruth(stack);
        expect(first.callsUsed + second.callsUsed).toBe((await readStats(stack)).min_calls.total);
      },
    );
  });

  it('asks for nothing after its deadline', () =>
    withTestStack({ backend, sandbox: { latencyMs: 20 } }, async (stack) => {
      const late = await stack.run({ deadlineMs: 0 });
      expect(late).toMatchObject({ status: 'partial_quota', cause: 'deadline', callsUsed: 0 });
      const running = stack.run({ deadlineMs: hourMs });
      await until(async () => (await callsOf(stack)) > midway);
      await stack.query(`UPDATE sync.run SET deadline_at = usage.ledger_now() WHERE status = 'running'`);
      const cut = await running;
      expect(cut).toMatchObject({ status: 'partial_quota', cause: 'deadline' });
      expect(cut.callsUsed).toBeLessThan((await readStats(stack)).min_calls.total);
      expect(await stack.run()).toMatchObject({ status: 'succeeded' });
      await expectTruth(stack);
      expect(await countPaidTwice(stack)).toBe(0);
    }));

  it('asked to stop, settles the calls in flight and is cancelled; the next one continues', () =>
    withTestStack({ backend, sandbox: { latencyMs: 40 } }, async (stack) => {
      const running = stack.run();
      await until(async () => (await callsOf(stack)) > midway);
      stack.drain();
      expect(await running).toMatchObject({ status: 'cancelled', cause: 'signal' });
      expect(await countRows(stack, 'usage.in_flight')).toBe(0);
      expect(await countRows(stack, `sync.refresh WHERE leased_by IS NOT NULL`)).toBe(0);
      const arrived = (await readStats(stack)).calls.length;
      const next = await stack.openProcess();
      const run = await next.run();
      expect(run.status).toBe('succeeded');
      await expectTruth(stack);
      await expectOneRowPerArrival(stack);
      expect(await countPaidTwice(stack)).toBe(0);
      expect(arrived + run.callsUsed).toBe((await readStats(stack)).min_calls.total);
    }));

  it('asked to stop twice, ends while 1688 keeps it waiting', () =>
    withTestStack({ backend }, async (stack) => {
      stack.sandbox.setFaults([{ kind: 'hang' }]);
      const running = stack.run();
      // At 1688, not only marked as sent: until bytes leave, a stop takes the call back.
      await until(async () => (await readStats(stack)).calls.length > 0);
      stack.drain();
      stack.stopNow();
      expect(await running).toMatchObject({ status: 'cancelled' });
      // The call may have been served: it stays counted.
      await until(async () => (await countRows(stack, `usage.api_call WHERE state = 'unknown'`)) === 1);
    }));
});
