import { describe, expect, test } from 'vitest';
import { growCategories, type Category } from '../../../../src/sandbox/world/categories.ts';
import { Draw } from '../../../../src/sandbox/world/draw.ts';

const grow = (total: number, cycle: number | null = null) => growCategories(new Draw(3), total, cycle);
const ofLevel = (all: readonly Category[], level: number) => all.filter((node) => node.level === level);

describe('a tree', () => {
  test.each([
    [10, [2, 3, 5], 2],
    [15, [2, 5, 8], 4],
    [60, [6, 19, 35], 13],
    [1010, [50, 336, 624], 235],
  ])('of %d nodes has %j on its levels, and %d parents on the second', (total, sizes, parents) => {
    const tree = grow(total);
    const { all } = tree;
    expect(all).toHaveLength(total);
    expect([1, 2, 3].map((level) => ofLevel(all, level).length)).toEqual(sizes);
    const middles = ofLevel(all, 2);
    expect(middles.filter(({ isLeaf }) => !isLeaf)).toEqual(middles.slice(0, parents));
    expect(middles.map(({ id }) => tree.children(id).length > 0)).toEqual(
      middles.map(({ isLeaf }) => !isLeaf),
    );
    expect(Math.max(...middles.map(({ id }) => tree.children(id).length))).toBeLessThanOrEqual(3);
  });

  test('gives the names of a root’s parts in turn, then again by series', () => {
    const tree = grow(1010);
    const { all } = tree;
    const [root] = all;
    const names = tree
      .children(root?.id ?? '')
      .map(({ name, nameEnglish }) => [name.replace('（停用）', ''), nameEnglish]);
    expect(names).toEqual([
      ['连衣裙', 'dress'],
      ['女式T恤', 'women T-shirt'],
      ['女式衬衫', 'blouse'],
      ['半身裙', 'skirt'],
      ['女式外套', 'women coat'],
      ['连衣裙2系', 'dress series 2'],
      ['女式T恤2系', 'women T-shirt series 2'],
    ]);
    expect(tree.get('124000000')).toMatchObject({
      ...{ parentId: '1030000', name: '夏季连衣裙', nameEnglish: 'summer dress' },
      path: ['10100', '1030000', '124000000'],
    });
    // The second child of the first parent.
    expect(tree.get(String(124_000_000 + 235 * 97))?.name).toMatch(/^冬季连衣裙/);
  });

  test('has a retired leaf and an empty one, and holds no offers on branches', () => {
    const { all, leaves } = grow(60);
    const bottoms = ofLevel(all, 3);
    expect(bottoms[1]).toMatchObject({ isRetired: true, weight: 0.02, isLeaf: true });
    expect(bottoms[1]?.name).toMatch(/（停用）$/);
    expect(bottoms[3]?.weight).toBe(0);
    for (const { isRetired, weight, name } of leaves) {
      expect(name.endsWith('（停用）')).toBe(isRetired);
      if (!isRetired && weight > 0) expect(weight).toBeGreaterThanOrEqual(60 ** -0.8);
      expect(weight).toBeLessThanOrEqual(1);
    }
    expect(all.filter(({ isLeaf, weight }) => !isLeaf && weight > 0)).toEqual([]);
  });

  test('lists a node with all that is below it', () => {
    const tree = grow(15);
    const { all } = tree;
    expect(
      tree
        .subtree('0')
        .map(({ id }) => id)
        .toSorted(),
    ).toEqual(all.map(({ id }) => id).toSorted());
    const [root] = all;
    const below = all.filter(({ path }) => path[0] === root?.id);
    expect(new Set(tree.subtree(root?.id ?? ''))).toEqual(new Set(below));
    expect([tree.subtree('x'), tree.children('x'), tree.get('x'), tree.listed('x')]).toEqual([
      [],
      [],
      undefined,
      [],
    ]);
    expect(tree.children('0')).toEqual(ofLevel(all, 1));
  });
});

describe('a cycle', () => {
  test.each([3, 4, 6])('of %d nodes ends in the root above', (length) => {
    const [plain, tree] = [grow(60), grow(60, length)];
    const first = ofLevel(plain.all, 3)[3];
    const root = plain.get(first?.path[0] ?? '');
    expect(tree.all).toHaveLength(60 + length - 3);
    const way = [root, plain.get(first?.path[1] ?? ''), tree.get(first?.id ?? '')];
    for (let level = 4; level <= length; level++) way.push(tree.children(way.at(-1)?.id ?? '')[0]);
    expect(way.map((node) => [node?.level, node?.isLeaf])).toEqual(way.map((_, i) => [i + 1, false]));
    const last = way.at(-1)?.id ?? '';
    expect(tree.listed(last)).toEqual([root]);
    expect(tree.children(last)).toEqual([]);
    if (length > 3) expect(way.at(3)?.name).toBe(`其他${first?.name ?? ''}`);
    if (length > 4) expect(way.at(4)?.nameEnglish).toBe(`Other Other ${first?.nameEnglish ?? ''}`);
  });

  test('has no room in a tree without a fourth node below', () => {
    expect(() => grow(7, 3)).toThrow(new RangeError('the tree is too small for a cycle'));
  });
});
