import { expect, test } from 'vitest';
import { dayMs } from '../../../../src/core/duration.ts';
import { readTruth } from '../../../../src/sandbox/control/truth.ts';
import type { Entry } from '../../../../src/sandbox/world/entry.ts';
import { anything } from '../../../../src/sandbox/world/search.ts';
import { createWorld, type World } from '../../../../src/sandbox/world/world.ts';
import { draftOffer, draftState } from '../../../support/drafted-offer.ts';

type Units = Readonly<Record<string, number>>;
const base = createWorld({ seed: 1, offers: 100, categories: 30, startAt: 0, stepMs: 2 * dayMs });

/** A world that holds what a test drafts. */
function worldOf(entries: readonly Entry[]): World {
  const found = Uint32Array.from(entries.keys());
  const entryAt = (index: number) => entries[index] ?? base.snapshot(0).entryAt(0);
  const snapshot = {
    ...base.snapshot(0),
    count: entries.length,
    entryAt,
    search: () => found,
    searchAll: () => found,
  };
  return { ...base, snapshot: () => snapshot };
}

const feeds = { categories: [], keywords: ['x'], sellers: [], images: [] };
const truthOf = (entry: Entry) => readTruth(worldOf([entry]), { feeds, at: 5 * dayMs, isWhole: false });

// All at 10,000 fen, but for what differs.
const level = { price: 0, 'sku-price': 0, skus: 0, stock: 0.5, moq: 0.3 };
const drafted = (units: Units, fields: Parameters<typeof draftOffer>[1] = {}, state = {}): Entry => ({
  offer: draftOffer({ ...level, ...units }, { ...fields, nature: { rise: 99, ...fields.nature } }),
  state: draftState({}, { pricedAtStep: 1, ...state }),
});

const pricesOf = (entry: Entry) =>
  [...truthOf(entry).prices()].map(({ skuId, kind, minQuantity, amount }) => [
    skuId,
    kind,
    minQuantity,
    amount,
  ]);

const sku = '4800000002240';
const all = {
  consign: 0,
  jxhy: 0,
  'jxhy-wholesale': 0,
  retail: 0,
  'has-fenxiao': 0,
  resold: 0,
  distributed: 0,
};
const inChannels = (skuId: string) => [
  [skuId, 'consign', 1, '120'],
  [skuId, 'jxhy', 1, '90'],
  ...(skuId === '0' ? [] : [[skuId, 'jxhy_wholesale', 1, '85']]),
  [skuId, 'retail', 1, '180'],
  [skuId, 'dropship', 1, '130'],
  [skuId, 'distribution', 5, '105'],
];

test('an offer is told by its fields, in changes a day', () => {
  expect([...truthOf(drafted({ 'unit 0': 0 })).offers()]).toEqual([
    {
      ...{
        id: '610005000015',
        categoryId: '124000000',
        state: 'listed',
        isListed: true,
        status: 'published',
      },
      subject: '高级感PU车载夏季连衣裙工厂直供2024款',
      ...{ quoteType: 1, unit: '件', moq: 2, stock: 2500, sellerId: 'BBBx', rate: 0.5 },
    },
  ]);
});

test('one that is off sale is delisted, and of one that is gone only the row is known', () => {
  expect([...truthOf(drafted({}, {}, { status: 'TBD', isListed: false })).offers()]).toMatchObject([
    { state: 'delisted', isListed: false, status: 'TBD', quoteType: 1, stock: 2500 },
  ]);
  const gone = drafted(all, {}, { isGone: true });
  expect([...truthOf(gone).offers()]).toMatchObject([
    ...[
      {
        state: 'gone',
        isListed: true,
        status: null,
        quoteType: null,
        unit: null,
        moq: 2,
        stock: null,
        sellerId: null,
      },
    ],
  ]);
  expect([...truthOf(gone).skus()]).toEqual([]);
  expect(pricesOf(gone).map(([, kind]) => kind)).toEqual([
    'search',
    'search_consign',
    'search_jxhy',
    'search_jxhy_wholesale',
  ]);
  expect(pricesOf({ ...gone, state: { ...gone.state, isListed: false } })).toEqual([]);
});

test('SKUs have a color, and a size where the offer has sizes', () => {
  const color = { id: '3216', name: '颜色', value: '黑色' };
  const row = { offerId: '610005000015', skuId: sku, stock: 2500 };
  expect([...truthOf(drafted({})).skus()]).toEqual([{ ...row, attributes: [color] }]);
  const sized = drafted({ 'has-sizes': 0, size: 0 });
  expect([...truthOf(sized).skus()]).toEqual([
    { ...row, attributes: [color, { id: '450', name: '尺码', value: 'S' }] },
  ]);
});

test('prices by SKU', () => {
  expect(pricesOf(drafted({}))).toEqual([
    [sku, 'list', 1, '100'],
    ['0', 'search', 1, '100'],
  ]);
  expect(pricesOf(drafted({ ...all, promotion: 0 }))).toEqual([
    [sku, 'list', 1, '100'],
    [sku, 'plus', 1, '95'],
    ...inChannels('0'),
    ...inChannels(sku),
    ...[
      ['0', 'search', 1, '100'],
      ['0', 'search_consign', 1, '120'],
      ['0', 'search_promotion', 1, '95'],
    ],
    ...[
      ['0', 'search_jxhy', 1, '90'],
      ['0', 'search_jxhy_wholesale', 1, '85'],
    ],
  ]);
});

test('prices by SKU of the retail model: one piece at the retail price, two at the SKU’s', () => {
  const retail = { 'retail-model': 0, promotion: 0, 'untyped-promotion': 0 };
  expect(pricesOf(drafted(retail)).filter(([id, kind]) => id === sku && kind !== 'retail')).toEqual([
    [sku, 'list', 1, '180'],
    [sku, 'list', 2, '100'],
    [sku, 'promotion', 2, '95'],
  ]);
  expect(pricesOf(drafted({ ...retail, unpriced: 0 })).filter(([, kind]) => kind === 'list')).toEqual([]);
});

test.each([0, 2] as const)('prices by quantity of quote type %d', (quoteType) => {
  const lists = pricesOf(drafted({ promotion: 0, tiers: 0.5 }, { quoteType })).filter(
    ([, kind]) => kind !== 'search',
  );
  expect(lists).toEqual([
    ['0', 'list', 2, '100'],
    ['0', 'plus', 2, '95'],
    ['0', 'list', 20, '93'],
    ['0', 'plus', 20, '88.35'],
    ['0', 'search_promotion', 1, '95'],
  ]);
});

test('the whole world is all that was ever born, the feeds a part of it', () => {
  const count = (isWhole: boolean, at: number) =>
    [...readTruth(base, { feeds: { ...feeds, keywords: [], categories: ['10100'] }, at, isWhole }).offers()]
      .length;
  const births = base.snapshot(40).count - base.snapshot(0).count;
  expect(births).toBeGreaterThan(0);
  expect([count(true, 0), count(true, 80 * dayMs)]).toEqual([100, 100 + births]);
  expect(count(false, 0)).toBe(base.snapshot(0).search({ ...anything, categoryIds: ['10100'] }).length);
  expect(readTruth(base, { feeds, at: 5 * dayMs, isWhole: true }).step).toBe(2);
});

test('categories are those below the feeds, each once', () => {
  const listed = (categories: readonly string[]) => [
    ...readTruth(base, { feeds: { ...feeds, categories }, at: 0, isWhole: true }).categories(),
  ];
  const below = base.categories.subtree('10100');
  expect(listed(['10100', below.at(-1)?.id ?? ''])).toEqual(
    below.map(({ id, parentId, level, name, isLeaf, isRetired }) => ({
      id,
      parentId,
      level,
      name,
      isLeaf,
      isRetired,
    })),
  );
  expect(listed([])).toEqual([]);
});
