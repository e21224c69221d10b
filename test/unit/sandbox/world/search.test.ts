import { describe, expect, test } from 'vitest';
import { dayMs } from '../../../../src/core/duration.ts';
import { growCategories } from '../../../../src/sandbox/world/categories.ts';
import { Draw } from '../../../../src/sandbox/world/draw.ts';
import type { Entry } from '../../../../src/sandbox/world/entry.ts';
import { goodsOf } from '../../../../src/sandbox/world/goods.ts';
import { settleNature } from '../../../../src/sandbox/world/nature.ts';
import { indexOffers } from '../../../../src/sandbox/world/offer-index.ts';
import { createOfferSource } from '../../../../src/sandbox/world/offers.ts';
import { stateAt } from '../../../../src/sandbox/world/evolution.ts';
import {
  anything,
  maxMood,
  search,
  type ListingIndex,
  type Query,
} from '../../../../src/sandbox/world/search.ts';
import { subjectOf } from '../../../../src/sandbox/world/texts.ts';

const count = 300;
const seed = new Draw(5);
const categories = growCategories(seed.child('categories'), 60, null);
const source = createOfferSource({
  ...{
    seed,
    leaves: categories.leaves,
    startAt: 0,
    stepMs: dayMs,
    initialCount: count,
    nature: settleNature({}),
  },
});
const index = indexOffers(source, categories, count + 20);
const entryAt = (position: number): Entry => {
  const offer = source.make(position);
  return { offer, state: stateAt(offer, 0) };
};
const moodOf = ({ offer }: Entry) => maxMood * offer.draw.unit('mood');
const listings: ListingIndex = { index, categories, count, entryAt, moodOf };
const entries = Array.from({ length: count }, (_, position) => entryAt(position));
const listed = entries.filter(({ state }) => state.isListed);
const scoreOf = (entry: Entry) => source.popularityOf(entry.offer.index) + moodOf(entry);
const found = (query: Partial<Query>, reach?: number) => [
  ...search({ ...anything, ...query }, listings, reach),
];

/** What a search would find that looks at every offer. */
const naively = (matches: (entry: Entry) => boolean) =>
  listed
    .filter(matches)
    .toSorted((a, b) => scoreOf(b) - scoreOf(a))
    .map(({ offer }) => offer.index);

const fenOf = ({ offer, state }: Entry) => goodsOf(offer, state).searchFen;

describe('the index', () => {
  test('holds each offer once, the most popular first', () => {
    const order = Array.from({ length: count + 20 }, (_, i) => i);
    const byPopularity = order.toSorted((a, b) => source.popularityOf(b) - source.popularityOf(a));
    expect([...index.all]).toEqual(byPopularity);
    expect(index.popularityOf(3)).toBe(source.popularityOf(3));
    expect(index.popularityOf(9999)).toBe(0);
  });

  test('has the offers of each shop and of each leaf, and none of those nobody knows', () => {
    const ofSeller = (position: number) => [...index.all].filter((i) => source.sellerOf(i) === position);
    for (const position of [0, 1, source.sellerCount - 1]) {
      expect([...index.ofSeller(source.seller(position).id)]).toEqual(ofSeller(position));
    }
    expect([...index.ofSeller('x')]).toEqual([]);
    const leafOf = (i: number) => categories.leaves[source.leafOf(i)]?.id;
    for (const leaf of categories.leaves) {
      expect([...index.below([leaf.id])]).toEqual([...index.all].filter((i) => leafOf(i) === leaf.id));
    }
    const [one, two] = [categories.leaves[0]?.id ?? '', categories.leaves.at(-1)?.id ?? ''];
    expect([...index.below([one, two])]).toEqual(
      [...index.all].filter((i) => [one, two].includes(leafOf(i) ?? '')),
    );
    expect([...index.below(['x'])]).toEqual([]);
  });
});

describe('a search', () => {
  test('finds every listed offer by popularity and mood', () => {
    expect(listed.length).toBeLessThan(count);
    expect(found({})).toEqual(naively(() => true));
  });

  test('finds the best of all within its reach', () => {
    const all = naively(() => true);
    for (const reach of [1, 2, 10, 100, listed.length]) expect(found({}, reach)).toEqual(all.slice(0, reach));
  });

  test('finds the offers of a node, of several, and of the whole tree', () => {
    for (const categoryIds of [['10100'], ['10107', categories.leaves[0]?.id ?? ''], ['0'], ['x']]) {
      const isWhole = categoryIds.includes('0');
      const expected = naively(
        ({ offer }) => isWhole || offer.category.path.some((id) => categoryIds.includes(id)),
      );
      expect(found({ categoryIds })).toEqual(expected);
    }
  });

  test('finds titles with all words, in any order', () => {
    const words = (entry: Entry) => subjectOf(entry.offer, entry.state);
    const expected = naively((entry) => words(entry).includes('纯棉') && words(entry).includes('批发'));
    expect(expected.length).toBeGreaterThan(0);
    expect(found({ keyword: '  批发 纯棉 ' })).toEqual(expected);
    expect(found({ keyword: ' ' })).toEqual(naively(() => true));
  });

  test('finds the offers of a shop, also within a node', () => {
    const { id } = source.seller(2);
    const ofShop = naively(({ offer }) => offer.seller.id === id);
    expect(found({ sellerId: id })).toEqual(ofShop);
    const [first = 0] = ofShop;
    const [root = ''] = entryAt(first).offer.category.path;
    const expected = ofShop.filter((i) => entryAt(i).offer.category.path.includes(root));
    expect(found({ sellerId: id, categoryIds: [root] })).toEqual(expected);
    expect(expected.length).toBeLessThan(ofShop.length);
  });

  test('finds prices within bounds that are inclusive, none without a price', () => {
    const prices = listed.map(fenOf).filter((fen) => fen !== null);
    const [low = 0, high = 0] = prices.toSorted((a, b) => a - b).filter((_, i) => i === 50 || i === 150);
    const within = (min: number, max: number) =>
      naively((entry) => (fenOf(entry) ?? -1) >= min && (fenOf(entry) ?? Infinity) <= max);
    expect(found({ minFen: low, maxFen: high })).toEqual(within(low, high));
    expect(found({ minFen: low })).toEqual(within(low, Number.MAX_SAFE_INTEGER));
    expect(found({ maxFen: high })).toEqual(within(0, high));
    expect(found({ minFen: low, maxFen: low })).toContain(
      listed.find((entry) => fenOf(entry) === low)?.offer.index,
    );
  });
});

describe('a search by picture', () => {
  const owner = listed[4]?.offer ?? source.make(0);
  const key = 'https://cbu01.alicdn.com/x.jpg';

  test('has the offer first whose picture it is, and others of its root', () => {
    const [first, ...others] = found({ picture: { key, offerIndex: owner.index } });
    expect(first).toBe(owner.index);
    const [root = ''] = owner.category.path;
    const rest = naively(({ offer }) => offer.category.path[0] === root && offer.index !== owner.index);
    expect(others.toSorted((a, b) => a - b)).toEqual(rest.toSorted((a, b) => a - b));
    expect(others).not.toEqual(rest);
  });

  test('has the offers of one root in the same order each time, where it is nobody’s', () => {
    const seen = (name: string, offerIndex: number | null = null) =>
      found({ picture: { key: name, offerIndex } });
    expect(seen('1001')).toEqual(seen('1001'));
    const roots = (indexes: readonly number[]) =>
      new Set(indexes.map((i) => entryAt(i).offer.category.path[0]));
    const keys = Array.from({ length: 12 }, (_, i) => String(i));
    for (const name of keys) expect(roots(seen(name)).size).toBe(1);
    expect(roots(keys.flatMap((name) => seen(name))).size).toBeGreaterThan(3);
  });

  test('does not know an offer that is not listed, or not born', () => {
    const hidden = entries.find(({ state }) => !state.isListed)?.offer.index ?? 0;
    for (const offerIndex of [hidden, count, count + 5]) {
      expect(found({ picture: { key, offerIndex } })).toEqual(found({ picture: { key, offerIndex: null } }));
    }
    const last = source.make(count - 1);
    expect(stateAt(last, 0).isListed).toBe(true);
    expect(found({ picture: { key, offerIndex: last.index } })[0]).toBe(last.index);
  });

  test('is narrowed as any other', () => {
    const all = found({ picture: { key, offerIndex: owner.index } });
    const sellerId = owner.seller.id;
    const ofShop = all.filter((i) => entryAt(i).offer.seller.id === sellerId);
    expect(found({ picture: { key, offerIndex: owner.index }, sellerId })).toEqual(ofShop);
    const maxFen = 3000;
    const cheap = all.filter((i) => (fenOf(entryAt(i)) ?? Infinity) <= maxFen);
    expect(found({ picture: { key, offerIndex: owner.index }, maxFen })).toEqual(cheap);
  });
});

describe('words that are in few titles', () => {
  const many = 26_000;
  /** Every offer is the same but for its place: number 0 is the most popular. */
  const title = (i: number) => (i === 24_999 ? '甲' : i === 25_000 ? '乙' : '丙');
  const [sample] = listed;
  const ranked: ListingIndex = {
    ...{ categories, count: many, moodOf: () => 0 },
    index: {
      ...index,
      all: Uint32Array.from({ length: many }, (_, i) => i),
      popularityOf: (i) => 1 - i / many,
    },
    entryAt: (i) => {
      if (sample === undefined) throw new Error('no offer is listed');
      const category = { ...sample.offer.category, name: title(i) };
      return { state: sample.state, offer: { ...sample.offer, index: i, category } };
    },
  };
  const foundBy = (keyword: string) => [...search({ ...anything, keyword }, ranked)];

  test('are found in the first 25,000, and no further', () => {
    expect(foundBy('甲')).toEqual([24_999]);
    expect(foundBy('乙')).toEqual([]);
    expect(search(anything, ranked)).toHaveLength(2000);
  });
});
