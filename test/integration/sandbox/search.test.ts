import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Sandbox } from '../../../src/sandbox/create-sandbox.ts';
import { startTestSandbox } from '../../support/sandbox.ts';
import { apis, search, searchAll, walkTree, type Page, type Row } from '../../support/plain-client.ts';

let sandbox: Sandbox;
let large: Sandbox;
beforeAll(async () => {
  sandbox = await startTestSandbox({ offers: 1000, categories: 60 });
  large = await startTestSandbox({ offers: 6000, categories: 10 });
});
afterAll(() => Promise.all([sandbox.close(), large.close()]));

const root = 10_100;

async function rowsOf(param: Readonly<Record<string, unknown>>, target = sandbox): Promise<readonly Row[]> {
  return (await searchAll(target, param)).flatMap((page) => page.data);
}

const idsOf = (rows: readonly Row[]) => rows.map((row) => row.offerId);

describe('pages of keywordQuery', () => {
  it('list every record once, in fifties', async () => {
    const pages = await searchAll(sandbox, { categoryId: root });
    const ids = pages.flatMap((page) => idsOf(page.data));
    expect(ids.length).toBeGreaterThan(100);
    expect(ids).toHaveLength(pages[0]?.totalRecords ?? 0);
    expect(new Set(ids).size).toBe(ids.length);
    expect(pages[0]?.totalPage).toBe(Math.ceil(ids.length / 50));
  });

  it('hold at most fifty rows, whatever was asked for', async () => {
    const page = await search(sandbox, { categoryId: root, pageSize: 500 });
    expect(page).toMatchObject({ pageSize: 50, currentPage: 1 });
    expect(page.data).toHaveLength(50);
    expect((await search(sandbox, { categoryId: root, pageSize: 7 })).data).toHaveLength(7);
  });

  it('are empty past the end', async () => {
    const page = await search(sandbox, { categoryId: root, beginPage: 999 });
    expect(page.data).toEqual([]);
    expect(page.totalRecords).toBeGreaterThan(100);
  });

  it('reach two thousand records and not one more', async () => {
    const pages = await searchAll(large, { keyword: '款' });
    expect(pages[0]).toMatchObject({ totalRecords: 2000, totalPage: 40 });
    expect(new Set(pages.flatMap((page) => idsOf(page.data))).size).toBe(2000);
    expect((await search(large, { keyword: '款', beginPage: 41 })).data).toEqual([]);
  });

  it.each([
    [1, apis.search],
    [-1, apis.search],
    [-1, apis.imageSearch],
  ] as const)('are %i more than there are, by option, in %s', async (totalPageError, api) => {
    const odd = await startTestSandbox({ totalPageError });
    const { data } = await search(odd, { keyword: '款' });
    const { imageUrl: imageAddress } =
      data.find(({ imageUrl }) => imageUrl.includes('alicdn.com')) ?? expect.fail('no picture');
    const { totalPage, totalRecords } = await search(odd, { keyword: '款', pageSize: 5, imageAddress }, api);
    await odd.close();
    expect(totalRecords).toBeGreaterThan(10);
    expect(totalPage).toBe(Math.ceil(totalRecords / 5) + totalPageError);
  });

  it('are none without a keyword, by option, also of a category', async () => {
    const strict = await startTestSandbox({ refusesEmptyKeyword: true });
    const answered = await search(strict, { categoryId: root, keyword: '款' });
    await expect(search(strict, { categoryId: root })).rejects.toThrow(
      '"error_code":"gw.ParamMissing","error_message":"Required argument keyword"',
    );
    await strict.close();
    expect(answered.data.length).toBeGreaterThan(0);
  });

  it('are sorted in themselves only', async () => {
    const param = { categoryId: root, pageSize: 20 };
    const sort = '{"price":"asc"}';
    const first = await search(sandbox, { ...param, sort });
    const second = await search(sandbox, { ...param, sort, beginPage: 2 });
    const unsorted = await search(sandbox, param);
    const prices = (page: Page) => page.data.map((row) => Number(row.priceInfo.price));
    expect(prices(first)).toEqual(prices(first).toSorted((a, b) => a - b));
    expect(idsOf(first.data).toSorted()).toEqual(idsOf(unsorted.data).toSorted());
    expect(Math.min(...prices(second))).toBeLessThan(Math.max(...prices(first)));
    const sold = (await search(sandbox, { ...param, sort: '{"monthSold":"desc"}' })).data;
    expect(sold.map((row) => row.monthSold)).toEqual(
      sold.map((row) => row.monthSold).toSorted((a, b) => b - a),
    );
  });
});

describe('filters of keywordQuery', () => {
  it('a branch matches all its leaves, and nothing else', async () => {
    const leaves = (await walkTree(sandbox)).filter((node) => node.isLeaf);
    const perLeaf = await Promise.all(leaves.map((leaf) => rowsOf({ categoryId: leaf.id })));
    const everything = perLeaf.flat();
    const below = everything.filter((row) => 'topCategoryId' in row && row.topCategoryId === root);
    expect(below.length).toBeGreaterThan(0);
    expect(idsOf(await rowsOf({ categoryId: root })).toSorted()).toEqual(idsOf(below).toSorted());
    const joined = await rowsOf({ categoryIdList: leaves.map((leaf) => leaf.id).join(',') });
    expect(idsOf(joined).toSorted()).toEqual(idsOf(everything).toSorted());
  });

  it('a keyword is in every title, all of its words are', async () => {
    const rows = await rowsOf({ keyword: '纯棉' });
    expect(rows.length).toBeGreaterThan(10);
    expect(rows.every((row) => row.subject.includes('纯棉'))).toBe(true);
    const narrower = await rowsOf({ keyword: '纯棉 批发' });
    expect(narrower.length).toBeGreaterThan(0);
    expect(narrower.every((row) => row.subject.includes('纯棉') && row.subject.includes('批发'))).toBe(true);
  });

  it('keyword and category narrow each other', async () => {
    const rows = await rowsOf({ keyword: '纯棉', categoryId: root });
    const [byKeyword, byCategory] = [await rowsOf({ keyword: '纯棉' }), await rowsOf({ categoryId: root })];
    const common = idsOf(byKeyword).filter((id) => idsOf(byCategory).includes(id));
    expect(idsOf(rows).toSorted()).toEqual(common.toSorted());
  });

  it('price bounds are inclusive, and parts of a range add up to the whole', async () => {
    const below = await rowsOf({ categoryId: root, priceEnd: '20' });
    const above = await rowsOf({ categoryId: root, priceStart: '20.01' });
    const unpriced = (await rowsOf({ categoryId: root })).filter((row) => row.priceInfo.price === null);
    expect(below.every((row) => Number(row.priceInfo.price) <= 20)).toBe(true);
    expect(above.every((row) => Number(row.priceInfo.price) > 20)).toBe(true);
    expect(below.length + above.length + unpriced.length).toBe((await rowsOf({ categoryId: root })).length);
    const price = String(below[0]?.priceInfo.price);
    expect(idsOf(await rowsOf({ categoryId: root, priceStart: price, priceEnd: price }))).toContain(
      below[0]?.offerId,
    );
  });
});

describe('rows of keywordQuery', () => {
  it('are untranslated in about two cases of five', async () => {
    const rows = (await rowsOf({ keyword: '款' })).filter((row) => row.subjectTrans !== undefined);
    const untranslated = rows.filter((row) => row.subjectTrans === row.subject).length;
    expect(untranslated / rows.length).toBeGreaterThan(0.33);
    expect(untranslated / rows.length).toBeLessThan(0.47);
  });

  it('repeat the title for a language nobody knows, without an error', async () => {
    const { data } = await search(sandbox, { categoryId: root, country: 'korean' });
    expect(data.every((row) => (row.subjectTrans ?? row.subject) === row.subject)).toBe(true);
  });

  it('leave optional keys out now and then', async () => {
    const rows = await rowsOf({ keyword: '款' });
    const has = (key: string) => rows.filter((row) => key in row).length;
    for (const key of [
      'subjectTrans',
      'repurchaseRate',
      'tradeScore',
      'whiteImage',
      'invoiceInfo',
      'isOnePsale',
    ]) {
      expect(has(key)).toBeGreaterThan(0);
      expect(has(key)).toBeLessThan(rows.length);
    }
    expect(has('onePsale')).toBeGreaterThan(0);
  });

  it('write prices unevenly', async () => {
    const prices = (await rowsOf({ keyword: '款' })).map((row) => row.priceInfo.price ?? '');
    for (const form of [/^\d+$/, /^\d+\.\d$/, /^\d+\.\d0$/, /^\d+\.00$/]) {
      expect(prices.some((price) => form.test(price))).toBe(true);
    }
  });

  it('name no third category for offers on a leaf of the second level', async () => {
    const leaf = (await walkTree(sandbox)).filter((node) => node.level === 2 && node.isLeaf);
    const rows = (await Promise.all(leaf.map((node) => rowsOf({ categoryId: node.id })))).flat();
    expect(rows.length).toBeGreaterThan(0);
    expect(rows.every((row) => row.thirdCategoryId === null)).toBe(true);
    expect(rows.every((row) => leaf.some((node) => node.id === row.secondCategoryId))).toBe(true);
  });
});

describe('drift', () => {
  it('repeats some rows and loses as many, and moves the order within pages', async () => {
    const drifting = await startTestSandbox({ offers: 6000, categories: 10, drift: true });
    const steady = idsOf(await rowsOf({ keyword: '款' }, large));
    const passes = [];
    for (let i = 0; i < 5; i++) passes.push(idsOf(await rowsOf({ keyword: '款' }, drifting)));
    await drifting.close();
    const seen = passes.map((pass) => new Set(pass).size);
    expect(passes.every((pass) => pass.length === 2000)).toBe(true);
    expect(passes[0]).not.toEqual(steady);
    expect(Math.min(...seen)).toBeLessThan(2000);
    expect(Math.min(...seen)).toBeGreaterThan(1970);
    expect(new Set(passes.flat()).size).toBeGreaterThan(1990);
  });

  it('leaves a window of one page whole', async () => {
    const drifting = await startTestSandbox({ drift: true });
    const still = await startTestSandbox();
    const leaf = (await walkTree(still)).find((node) => node.isLeaf && node.level === 3);
    const [moved, fixed] = await Promise.all(
      [drifting, still].map((target) => rowsOf({ categoryId: leaf?.id }, target)),
    );
    await Promise.all([drifting.close(), still.close()]);
    expect(idsOf(moved ?? []).toSorted()).toEqual(idsOf(fixed ?? []).toSorted());
  });
});
