import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Sandbox } from '../../../src/sandbox/create-sandbox.ts';
import { startTestSandbox } from '../../support/sandbox.ts';
import {
  apis,
  callApi,
  control,
  fetchCategory,
  post,
  pathOf,
  search,
  signed,
  walkTree,
} from '../../support/plain-client.ts';

let sandbox: Sandbox;
let nodes: Awaited<ReturnType<typeof walkTree>>;
beforeAll(async () => {
  sandbox = await startTestSandbox({ categories: 60, offers: 300 });
  nodes = await walkTree(sandbox);
});
afterAll(() => sandbox.close());

describe('the category tree', () => {
  it('has as many nodes as asked for, on three levels, with distinct ids', () => {
    expect(nodes).toHaveLength(60);
    expect(new Set(nodes.map((node) => node.id)).size).toBe(60);
    expect(new Set(nodes.map((node) => node.level))).toEqual(new Set([1, 2, 3]));
  });

  it('has leaves on the second level, and only leaves on the third', () => {
    const leavesOn = (level: number) => nodes.filter((node) => node.level === level && node.isLeaf).length;
    expect(leavesOn(1)).toBe(0);
    expect(leavesOn(2)).toBeGreaterThan(1);
    expect(nodes.filter((node) => node.level === 3).every((node) => node.isLeaf)).toBe(true);
  });

  it('has retired leaves and empty ones, and sizes that are far apart', async () => {
    const leaves = nodes.filter((node) => node.isLeaf);
    expect(leaves.some((leaf) => leaf.name.includes('停用'))).toBe(true);
    const pages = await Promise.all(leaves.map((leaf) => search(sandbox, { categoryId: leaf.id })));
    const totals = pages.map((page) => page.totalRecords);
    expect(totals).toContain(0);
    expect(Math.max(...totals)).toBeGreaterThan(20);
  });

  it('has about fifty roots when it is large', async () => {
    const large = await startTestSandbox({ categories: 600 });
    const { childCategorys } = await fetchCategory(large, '0');
    await large.close();
    expect(childCategorys.length).toBeGreaterThanOrEqual(45);
    expect(childCategorys.length).toBeLessThanOrEqual(52);
  });

  it.each([10, 11, 37, 100, 1000])('of %i nodes is complete', async (categories) => {
    const other = await startTestSandbox({ categories });
    const all = await walkTree(other);
    await other.close();
    expect(all).toHaveLength(categories);
    expect(all.some((node) => node.level === 3)).toBe(true);
  });
});

describe('a category cycle', () => {
  it.each([3, 5])(
    'of %i nodes goes from a root down to a branch that lists the root',
    async (categoryCycle) => {
      const [other, straight] = await Promise.all([
        startTestSandbox({ categories: 60, offers: 300, categoryCycle }),
        startTestSandbox({ categories: 60, offers: 300 }),
      ]);
      const chain = ['0'];
      const lists = async (id: string) => (await fetchCategory(other, id)).childCategorys;
      const truth = await control<{ categories: { id: string; parentId: string }[] }>(
        other,
        'truth?categories=0',
      );
      const parents = new Map(truth.categories.map(({ id, parentId }) => [id, parentId]));
      const ends = [];
      for (const { id } of truth.categories)
        for (const child of await lists(id)) if (parents.get(String(child.id)) !== id) ends.push([id, child]);
      expect(ends).toEqual([[expect.any(String), expect.objectContaining({ isLeaf: false })]]);
      const [[end, closing]] = ends as [[string, { id: number }]];
      for (let id = end; id !== '0'; id = parents.get(id) ?? '0') chain.splice(1, 0, id);
      expect(chain).toHaveLength(categoryCycle + 1);
      expect(chain[1]).toBe(String(closing.id));
      expect(parents.get(chain[1] ?? '')).toBe('0');
      const offersOf = async (sandbox: Sandbox) =>
        (await control<{ offers: unknown[] }>(sandbox, 'truth?categories=0')).offers;
      expect(await offersOf(other)).toEqual(await offersOf(straight));
      await Promise.all([other.close(), straight.close()]);
    },
  );

  it('has three nodes at least', async () => {
    await expect(startTestSandbox({ categoryCycle: 2 })).rejects.toThrow(RangeError);
  });
});

describe('alibaba.category.get', () => {
  it('answers a node with its parents and children, and spells succes as the documentation does', async () => {
    const root = nodes.find((node) => node.level === 1);
    const answer = await fetchCategory(sandbox, String(root?.id));
    expect(answer).toMatchObject({
      succes: 'true',
      categoryID: root?.id,
      level: 1,
      isLeaf: false,
      parentIDs: [0],
    });
    const [child] = answer.childCategorys;
    expect(child).toMatchObject({
      name: expect.any(String) as string,
      isLeaf: expect.any(Boolean) as boolean,
    });
    expect(await fetchCategory(sandbox, String(child?.id))).toMatchObject({
      level: 2,
      parentIDs: [root?.id],
    });
  });

  it('answers a leaf without children', async () => {
    const leaf = nodes.find((node) => node.isLeaf);
    expect(await fetchCategory(sandbox, String(leaf?.id))).toMatchObject({
      isLeaf: true,
      childCategorys: [],
    });
  });

  it('needs a signature, but no token', async () => {
    const url = `${sandbox.url}/${pathOf(apis.category, sandbox.appKey)}`;
    expect((await post(url, { categoryID: '0' })).status).toBe(400);
    expect((await post(url, signed(sandbox, apis.category, { categoryID: '0' }))).status).toBe(200);
  });

  it('needs to be told the node, and knows nothing of others', async () => {
    expect((await callApi(sandbox, apis.category)).body).toMatchObject({ error_code: 'gw.ParamMissing' });
    expect((await callApi(sandbox, apis.category, { categoryID: '7' })).body).toMatchObject({
      categoryInfo: [],
    });
  });
});
