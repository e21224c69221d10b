import { describe, expect, it } from 'vitest';
import type { Feed } from '../../../src/model/sync-config.ts';
import { parseSyncFile } from '../../../src/config/parse-sync-file.ts';
import { isHeldAsDeclared } from '../../../src/health/issues/is-held-as-declared.ts';
import { listBackends, withTestStack, type TestStack } from '../../support/stack.ts';
import { expectTruth, readStats } from '../../support/catalog-truth.ts';

const categoryApi = 'com.alibaba.product:alibaba.category.get:1';
const searchApi = 'com.alibaba.fenxiao.crossborder:product.search.keywordQuery:1';
const detailApi = 'com.alibaba.fenxiao.crossborder:product.search.queryProductDetail:1';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const partly = { status: 'partial_error', cause: 'gw.APIACLDecline' };

const feedsOf = (text: string): readonly Feed[] =>
  parseSyncFile(`account: business\nfeeds:\n${text}`, 'test').feeds;

async function count(stack: TestStack, sql: string): Promise<number> {
  const [row] = await stack.query<{ count: number }>(`SELECT count(*)::int AS count FROM ${sql}`);
  return row?.count ?? 0;
}

async function declined(stack: TestStack): Promise<Record<string, number>> {
  const { calls } = await readStats(stack);
  const refused = calls.filter(({ outcome }) => outcome === 'gw.APIACLDecline');
  const byApi: Record<string, number> = {};
  for (const { api } of refused) byApi[api] = (byApi[api] ?? 0) + 1;
  return byApi;
}

/** A root that has children, as the sandbox's tree has it. */
async function branch(stack: TestStack): Promise<string> {
  const truth = (await (await fetch(`${stack.sandbox.controlUrl}/truth?categories=0`)).json()) as {
    categories: { id: string; parentId: string; isLeaf: boolean; isRetired: boolean }[];
  };
  const root = truth.categories.find((node) => node.parentId === '0' && !node.isLeaf && !node.isRetired);
  return String(root?.id);
}

describe.each(listBackends())('on %s', (backend) => {
  it('without the detail API there are offers with search prices, and a grant fills the rest', () =>
    withTestStack({ backend, sandbox: { declinedApis: [detailApi] } }, async (stack) => {
      expect(await stack.run()).toMatchObject(partly);
      expect(await declined(stack)).toEqual({ [detailApi]: 1 });
      expect(await count(stack, 'catalog.offer')).toBeGreaterThan(50);
      expect(
        await count(
          stack,
          `catalog.offer o WHERE NOT EXISTS
        (SELECT FROM catalog.price p WHERE p.offer_id = o.offer_id AND p.kind = 'search')`,
        ),
      ).toBe(0);

      expect(await stack.run()).toMatchObject({ ...partly, callsUsed: 0 });
      await stack.advance(dayMs);
      expect(await stack.run()).toMatchObject(partly);
      expect(await declined(stack)).toEqual({ [detailApi]: 2 });

      stack.sandbox.setGrants({ [detailApi]: true });
      await stack.advance(8 * hourMs + 60_000);
      expect(await stack.run()).toMatchObject({ status: 'succeeded', cause: null });
      expect(await declined(stack)).toEqual({ [detailApi]: 2 });
      await expectTruth(stack);
    }));

  it('without the category API, keywords and categories that a feed names are searched all the same', () =>
    withTestStack({ backend, sandbox: { declinedApis: [categoryApi] } }, async (probe) => {
      const root = await branch(probe);
      const feeds = feedsOf(`  - { name: named, categories: ["${root}"], keywords: ["手机壳"] }`);
      const worker = await probe.openProcess({ sync: { feeds } });
      expect(await worker.run()).toMatchObject(partly);
      expect(await declined(probe)).toEqual({ [categoryApi]: 1 });
      const windows = () =>
        probe.query(`SELECT keyword, category_id, completed_at IS NOT NULL AS done
                     FROM sync.search_window WHERE retired_at IS NULL ORDER BY category_id`);
      expect(await windows()).toEqual([
        { keyword: '手机壳', category_id: '0', done: true },
        { keyword: '', category_id: root, done: true },
      ]);
      expect(await count(probe, `catalog.price WHERE kind = 'list' OR kind = 'promotion'`)).toBeGreaterThan(
        0,
      );
      const found = await count(probe, 'catalog.offer');
      expect(found).toBeGreaterThan(0);

      probe.sandbox.setGrants({ [categoryApi]: true });
      await probe.advance(dayMs);
      expect(await worker.run()).toMatchObject({ status: 'succeeded' });
      expect(await windows()).not.toContainEqual(expect.objectContaining({ category_id: root }));
      expect(await count(probe, 'catalog.offer')).toBeGreaterThanOrEqual(found);
      expect(await count(probe, `catalog.category WHERE parent_id = ${root}`)).toBeGreaterThan(0);
    }));

  it('with search alone there is a catalog of offers, at one declined call per API', () =>
    withTestStack({ backend, sandbox: { declinedApis: [categoryApi, detailApi] } }, async (stack) => {
      const feeds = feedsOf('  - { name: words, keywords: ["手机壳", "连衣裙"], categories: ["0"] }');
      const workers = await Promise.all([1, 2, 3].map(() => stack.openProcess({ sync: { feeds } })));
      const outcomes = await Promise.all(
        workers.map((worker, index) => worker.sync({ scope: `words-${index}` })),
      );
      // A run of another scope that finds all that is due taken has nothing left to ask for.
      const causes = outcomes.map((outcome) => (outcome.kind === 'ended' ? outcome.run.cause : 'active'));
      expect(causes).toContain('gw.APIACLDecline');
      expect(causes).not.toContain('active');
      expect(await declined(stack)).toEqual({ [categoryApi]: 1, [detailApi]: 1 });
      expect(await count(stack, 'catalog.offer')).toBeGreaterThan(0);
    }));

  it('an API that is declared as pending is no alarm, and its grant is used the day it is declared', () =>
    withTestStack({ backend, sandbox: { declinedApis: [searchApi] } }, async (stack) => {
      const run = await stack.run();
      expect(run).toMatchObject(partly);
      const isExpected = async () => {
        const [holds, apis] = [await stack.app.quota.listHolds(), await stack.app.permissions.listApis()];
        return isHeldAsDeclared({ ...run, errors: run.counts.errors }, holds, apis);
      };
      expect(await isExpected()).toBe(false);
      const pending = {
        api: searchApi,
        declaredAt: stack.sandbox.now(),
        approvedDaily: null,
        approvedMonthly: null,
      };
      await stack.app.permissions.declareApi({ ...pending, declared: 'pending' });
      expect(await isExpected()).toBe(true);
      stack.sandbox.setGrants({ [searchApi]: true });
      expect(await stack.run()).toMatchObject({ ...partly, callsUsed: 0 });
      await stack.app.permissions.declareApi({ ...pending, declared: 'granted' });
      expect(await stack.run()).toMatchObject({ status: 'succeeded' });
      await expectTruth(stack);
    }));
});
