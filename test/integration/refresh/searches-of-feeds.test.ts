import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Feed } from '../../../src/model/sync-config.ts';
import { createLeaseStore } from '../../../src/refresh/queue/lease-store.ts';
import { at, openStillLedger, type Row, type StillLedger } from '../../support/still-ledger.ts';
import { category, day, numberFrom1000, searchWindow, visit } from '../../support/refresh-rows.ts';
import { feedOf } from '../../support/feeds.ts';

/* Which searches the feeds of a sync file have. */

let still: StillLedger;
beforeAll(async () => {
  still = await openStillLedger();
  await still.read([], numberFrom1000);
});
afterAll(() => still.close());

/** Root 50 with leaves 51, 52, a branch 53, leaf 54 that is retired, and branch 55, retired, with leaf 56; root 60 with leaf 61. */
const tree: readonly Row[] = [
  category(0, { parent_id: null, level: 0, is_leaf: false }),
  category(50, { parent_id: null, level: 1, is_leaf: false }),
  category(51, { name_zh: '包' }),
  category(52, { name_zh: '鞋' }),
  category(53, { is_leaf: false }),
  category(54, { is_retired: true }),
  category(55, { is_leaf: false, is_retired: true }),
  category(56, { parent_id: 55, level: 3 }),
  category(60, { parent_id: null, level: 1, is_leaf: null }),
  category(61, { parent_id: 60 }),
];

const columns = `feed, keyword, category_id::int, seller_id || image, trim_scale(price_min_cny), trim_scale(price_max_cny), max_pages`;

/** The searches that go on, by feed and what they search by. */
const ensure = (rows: readonly Row[], feeds: readonly Feed[], isTreeClosed = false, read = columns) =>
  still.within(rows, async (pool) => {
    await createLeaseStore({ pool }).ensureWindows(feeds, 'en', isTreeClosed);
    const text = `SELECT ${read} FROM sync.search_window WHERE retired_at IS NULL AND parent_window_id IS NULL
                  ORDER BY feed, category_id, keyword, seller_id, image, price_min_cny`;
    return (await pool.query<unknown[]>({ text, rowMode: 'array' })).rows;
  });
const categoriesOf = async (rows: readonly Row[], categories: readonly string[], isTreeClosed = false) =>
  (await ensure(rows, [feedOf('a', { categories })], isTreeClosed)).map((row) => row[2]);

describe('a feed', () => {
  it('has a search for each keyword, seller and picture, within its bounds', async () => {
    const a = feedOf('a', {
      keywords: ['x', 'y'],
      sellers: ['s'],
      images: ['i.jpg'],
      priceMinCny: '1.5',
      priceMaxCny: '9',
    });
    const b = feedOf('b', { keywords: ['x'], maxPages: 3 });
    expect(await ensure([], [a, b])).toEqual([
      ['a', '', 0, 'i.jpg', '1.5', '9', null],
      ['a', '', 0, 's', '1.5', '9', null],
      ['a', 'x', 0, '', '1.5', '9', null],
      ['a', 'y', 0, '', '1.5', '9', null],
      ['b', 'x', 0, '', null, null, 3],
    ]);
  });

  it('has none of a seller that was erased', async () => {
    const hash = createHash('sha256').update('s').digest('hex');
    const gone: Row = ['sync.erased_seller', { seller_hash: `\\x${hash}`, requested_at: at(0) }];
    const found = await ensure([gone], [feedOf('a', { sellers: ['s', 't'] })]);
    expect(found.map((row) => row[3])).toEqual(['t']);
  });

  it.each([
    [['50'], [51, 52]],
    [['0'], [51, 52, 61]],
    [['52'], [52]],
    [['54'], []],
    [['55'], [56]],
    [
      ['50', '51', '60'],
      [51, 52, 61],
    ],
    [['99'], []],
  ])('with the categories %j has the leaves %j', async (roots, leaves) => {
    expect(await categoriesOf(tree, roots)).toEqual(leaves);
  });

  it.each<[string, readonly Row[], readonly string[], readonly number[]]>([
    ['a root that nobody knows', [], ['99'], [99]],
    ['not the whole tree', [], ['0'], [50, 51, 52, 53, 60, 61]],
    ['what was never visited', [visit(53), visit(60)], ['50', '60'], [50, 51, 52, 53, 60, 61]],
    [
      'not what was visited',
      [visit(50, { visited_at: at(0) }), visit(53, { visited_at: at(0) })],
      ['50'],
      [51, 52],
    ],
    ['nothing that is retired', [], ['55', '54'], [56]],
  ])('has, while the tree is closed, %s', async (_, rows, roots, found) => {
    expect(await categoriesOf([...tree, ...rows], roots, true)).toEqual(found);
  });

  it.each([
    [4000, null, 40],
    [4001, null, null],
    [4000, 7, 7],
    [null, null, null],
    [null, 7, 7],
  ])(
    'with a bound of %s offers and %s pages has two searches of %s pages',
    async (maxOffers, maxPages, pages) => {
      const a = feedOf('a', { keywords: ['x', 'y'], maxOffers, maxPages });
      const other = feedOf('b', { keywords: ['x'] });
      expect(await ensure([], [a, other], false, 'max_pages')).toEqual([[pages], [pages], [null]]);
    },
  );
});

describe('searches of categories, where 1688 needs a keyword', () => {
  const named = (values: Row[1] = {}) =>
    searchWindow(1, { keyword: '靴', category_id: 70, feed: 'z', ...values });
  const refused = (seconds: number, values: Row[1] = {}) =>
    searchWindow(2, { keyword: '', category_id: 71, feed: 'z', retired_at: at(seconds), ...values });
  const wordsOf = async (...rows: readonly Row[]) =>
    (
      await ensure(
        [...tree, ...rows],
        [feedOf('a', { categories: ['50'] }), feedOf('b', { categories: ['51'] })],
      )
    )
      .filter(([feed]) => feed !== 'z')
      .map(([feed, keyword, id]) => `${String(feed)} ${String(id)} ${String(keyword)}`.trim());
  const bare = ['a 51', 'a 52', 'b 51'];
  const withNames = ['a 51 包', 'a 52 鞋', 'b 51 包'];

  it.each<[string, readonly Row[], readonly string[]]>([
    ['have the names of these', [named(), refused(-day + 1)], withNames],
    ['have none where no such search goes on', [named({ retired_at: at(0) }), refused(-9)], bare],
    ['have none for a keyword without a category', [named({ category_id: 0 }), refused(-9)], bare],
    ['have none for those of sellers', [named({ keyword: '', seller_id: 's' }), refused(-9)], bare],
    ['ask again by one, a day after the last was refused', [named(), refused(-day)], ['a 51', ...withNames]],
    ['ask again by one where none was refused', [named()], ['a 51', ...withNames]],
    [
      'do not mind other searches that ended',
      [named(), refused(-9, { keyword: 'x' })],
      ['a 51', ...withNames],
    ],
  ])('%s', async (_, rows, words) => {
    expect((await wordsOf(...rows)).toSorted()).toEqual(words.toSorted());
  });

  it('have none where the name is not known', async () => {
    const found = await ensure([...tree, named(), refused(-9)], [feedOf('a', { categories: ['60'] })]);
    expect(found.filter(([feed]) => feed === 'a').map((row) => [row[1], row[2]])).toEqual([['', 61]]);
  });
});

describe('a search', () => {
  const lease = { leased_by: 1, leased_until: at(1) };
  const x = feedOf('a', { keywords: ['x'] });
  const own = (values: Row[1] = {}) => searchWindow(1, { keyword: 'x', ...values });
  const part = (id: number, values: Row[1] = {}) =>
    searchWindow(id, { keyword: 'x', parent_window_id: 1, price_min_cny: id, ...values });
  const after = (rows: readonly Row[], feeds: readonly Feed[]) =>
    still.within(rows, async (pool) => {
      const text = `SELECT window_id::int, retired_at IS NULL AS goes_on, max_pages, parent_window_id::int, is_split, is_splittable, leased_by::int
                    FROM sync.search_window ORDER BY window_id`;
      await createLeaseStore({ pool }).ensureWindows(feeds, 'en', false);
      return (await pool.query<unknown[]>({ text, rowMode: 'array' })).rows.map((row) =>
        Number(row[0]) > 1000 ? ['new', ...row.slice(1)] : row,
      );
    });

  it('stays as it is when it is still wanted', async () => {
    const before = own({ is_split: true, is_splittable: false, ...lease });
    expect(await after([before, part(2, lease)], [x])).toEqual([
      [1, true, null, null, true, false, 1],
      [2, true, null, 1, false, true, 1],
    ]);
  });

  it.each<[string, Row[1], Partial<Feed>, number | null]>([
    ['gets a bound', {}, { maxPages: 3 }, 3],
    ['gets another one', { max_pages: 5 }, { maxPages: 3 }, 3],
    ['loses its bound', { max_pages: 5 }, {}, null],
    ['keeps its bound', { max_pages: 3 }, { maxPages: 3 }, 3],
  ])('%s with its feed', async (_, values, feed, pages) => {
    expect(await after([own({ is_splittable: false, ...values })], [{ ...x, ...feed }])).toEqual([
      [1, true, pages, null, false, false, null],
    ]);
  });

  it('ends with its parts and their leases when it is not wanted any more', async () => {
    const rows = [
      own({ is_split: true, ...lease }),
      part(2, lease),
      part(3, { retired_at: at(-9), ...lease }),
      searchWindow(4, { feed: 'b', ...lease }),
    ];
    expect(await after(rows, [{ ...x, keywords: [] }])).toEqual([
      [1, false, null, null, false, true, null],
      [2, false, null, 1, false, true, null],
      [3, false, null, 1, false, true, 1],
      [4, true, null, null, false, true, 1],
    ]);
  });

  it('is another one in another language', async () => {
    expect(await after([own({ language: 'ja' })], [x])).toEqual([
      [1, false, null, null, false, true, null],
      ['new', true, null, null, false, true, null],
    ]);
  });

  it('starts again when it is wanted again', async () => {
    const rows = [own({ retired_at: at(-9), is_splittable: false, max_pages: 4 })];
    expect(await after(rows, [x])).toEqual([[1, true, null, null, false, true, null]]);
  });

  it('goes on from its part within the bounds that the feed has now', async () => {
    const rows = [
      own({ is_split: true }),
      part(2, lease),
      part(3, { price_max_cny: 5 }),
      part(4, { language: 'ja', price_min_cny: 2 }),
    ];
    expect(await after(rows, [{ ...x, priceMinCny: '2' }])).toEqual([
      [1, false, null, null, false, true, null],
      [2, true, null, null, false, true, 1],
      [3, false, null, 1, false, true, null],
      [4, false, null, 1, false, true, null],
    ]);
    const between = await after(
      [own({ is_split: true }), part(3, { price_max_cny: 5 })],
      [{ ...x, priceMinCny: '3', priceMaxCny: '6' }],
    );
    expect(between).toEqual([
      [1, false, null, null, false, true, null],
      [3, false, null, 1, false, true, null],
      ['new', true, null, null, false, true, null],
    ]);
  });
});
