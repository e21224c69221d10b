import { expect, it } from 'vitest';
import { findRemedy } from '../../../src/app/find-remedy.ts';
import { checkSearches } from '../../../src/health/doctor/check-searches.ts';
import { findHealthIssues } from '../../../src/health/issues/find-health-issues.ts';
import { createHealthStore } from '../../../src/health/issues/health-store.ts';
import type { Fault } from '../../../src/sandbox/faults.ts';
import { expectTruth } from '../../support/catalog-truth.ts';
import { withTestStack, type TestStack } from '../../support/stack.ts';

/* A gateway that succeeds with nothing, or with half: what it does not show is not believed to be gone. */

const dayMs = 86_400_000;
const freshness = { categoryMs: 30 * dayMs, searchMs: dayMs / 2, detailMs: dayMs / 48 };
const crossborder = 'com.alibaba.fenxiao.crossborder';
const suspect = { status: 'partial_error', cause: 'ANSWERS_SUSPECT' };

async function countStates(stack: TestStack): Promise<Record<string, number>> {
  const rows = await stack.query<{ state: string; offers: number }>(
    'SELECT state, count(*)::int AS offers FROM catalog.offer GROUP BY state',
  );
  return Object.fromEntries(rows.map(({ state, offers }) => [state, offers]));
}

async function countDetails(stack: TestStack, runId: string): Promise<number> {
  const [row] = await stack.query<{ calls: number }>(
    `SELECT count(*)::int AS calls FROM usage.api_call WHERE run_id = $1 AND operation = 'offer.detail'`,
    [runId],
  );
  return row?.calls ?? 0;
}

/** `doctor` says so, and the overview page and the notifications, which show these issues. */
async function expectTold({ database: { pool }, sandbox }: TestStack, runId: string): Promise<void> {
  const checks = await checkSearches(pool);
  expect(checks).toContainEqual(expect.objectContaining({ name: 'answers', status: 'warn' }));
  const facts = await createHealthStore({ pool, appKey: sandbox.appKey, feeds: [] }).read();
  const issue = findHealthIssues(facts, findRemedy).find(({ path }) => path === `/runs/${runId}`);
  expect(issue).toMatchObject({ severity: 'act', remedy: findRemedy('ANSWERS_SUSPECT')?.remedy });
  expect(issue?.summary).toContain('incomplete because of `ANSWERS_SUSPECT`');
}

/** Nights on which the gateway fails so, after a good one. */
async function passNights(stack: TestStack, faults: readonly Fault[], nights: number): Promise<void> {
  expect((await stack.run()).status).toBe('succeeded');
  const before = await countStates(stack);
  stack.sandbox.setFaults(faults);
  for (let night = 1; night <= nights; night += 1) {
    await stack.advance(dayMs);
    const run = await stack.run();
    expect([night, run]).toMatchObject([night, suspect]);
    if (night === 1) await expectTold(stack, run.runId);
    expect(await countDetails(stack, run.runId)).toBeLessThanOrEqual(20);
    const { gone = 0, missing = 0 } = await countStates(stack);
    expect([night, gone, missing]).toEqual([night, before['gone'] ?? 0, before['missing'] ?? 0]);
  }
  stack.sandbox.setFaults([]);
}

const world = { backend: 'postgres', sandbox: { offers: 150 }, sync: { freshness } } as const;

it('three nights of empty searches and details make no offer gone, and the first night says so', () =>
  withTestStack(world, async (stack) => {
    const faults: Fault[] = [
      { kind: 'empty', api: `${crossborder}:product.search.keywordQuery:1` },
      { kind: 'vanish', api: `${crossborder}:product.search.queryProductDetail:1` },
    ];
    await passNights(stack, faults, 3);
    const rows = await stack.query<{ reason: string }>(
      `SELECT DISTINCT reason FROM sync.quarantine WHERE path = '$'`,
    );
    expect(rows).toEqual([{ reason: 'suspect_empty' }]);
    for (let night = 4; night <= 5; night += 1) {
      await stack.advance(dayMs);
      await stack.run();
    }
    await stack.advance(dayMs);
    expect(await stack.run()).toMatchObject({ status: 'succeeded', cause: null });
    await expectTruth(stack);
  }));

it('three nights of searches that list half of five records or more make no offer missing', () =>
  withTestStack(world, async (stack) => {
    expect((await stack.run()).status).toBe('succeeded');
    stack.sandbox.setFaults([{ kind: 'halved' }]);
    for (let night = 1; night <= 3; night += 1) {
      await stack.advance(dayMs);
      expect([night, await stack.run()]).toMatchObject([night, suspect]);
    }
    const lost = await stack.query<{ records: number }>(
      `SELECT w.total_records AS records FROM catalog.offer_change c
       JOIN usage.api_call a USING (call_id) JOIN sync.search_window w USING (window_id)
       WHERE c.field = 'state' AND c.old = 'listed' AND c.new = 'missing' AND w.total_records >= 5`,
    );
    expect(lost).toEqual([]);
  }));
