import { describe, expect, test } from 'vitest';
import { dayMs } from '../../../../src/core/duration.ts';
import { growCategories } from '../../../../src/sandbox/world/categories.ts';
import { Draw } from '../../../../src/sandbox/world/draw.ts';
import { defaultNature, settleNature, type Nature } from '../../../../src/sandbox/world/nature.ts';
import { countBorn, createOfferSource, indexOfId } from '../../../../src/sandbox/world/offers.ts';
import { foundSeller } from '../../../../src/sandbox/world/sellers.ts';
import { anything } from '../../../../src/sandbox/world/search.ts';
import { createWorld, type WorldOptions } from '../../../../src/sandbox/world/world.ts';
import { WrittenDraw } from '../../../support/drafted-offer.ts';

type Units = Readonly<Record<string, number>>;

const categories = growCategories(new Draw(1), 60, null);
// 09:00 in Shanghai.
const startAt = Date.parse('2026-10-10T01:00:00Z');

function sourceOf(units: Units, nature: Partial<Nature> = {}, leaves = categories.leaves) {
  const times = { startAt, stepMs: 6 * 3_600_000, initialCount: 300 };
  return createOfferSource({ ...times, seed: new WrittenDraw(units), leaves, nature: settleNature(nature) });
}

describe('births', () => {
  test.each([
    [300, 0, 10, 300],
    [1000, 0.001, 0, 1000],
    [1000, 0.001, 1, 1001],
    [1000, 0.002, 7, 1014],
    [1000, 0.002, 250, 1500],
    [1000, 0.002, 251, 1500],
    [1000, 0.002, Infinity, 1500],
    [1000, 0.5, 1, 1500],
    [1000, 0.5, 9, 2000],
    [100, 0.001, 1, 100],
    [100, 0.001, 2, 101],
    [100, 0.001, 50, 125],
    [100, 0.001, 51, 125],
  ])('of %d offers at %d a step are %d steps later %d', (initial, birth, step, count) =>
    expect(countBorn(initial, birth, step)).toBe(count),
  );
});

describe('the id of an offer', () => {
  test.each([
    ['610000000000', 0],
    ['610001000002', 0],
    ['610001000003', 1],
    ['1610000000000', 999_997],
    ['609999999999', -1],
    ['61000000000', -1],
    ['61000000000000', -1],
    ['x610000000000', -1],
  ])('%s is at %d', (id, index) => expect(indexOfId(id)).toBe(index));

  test('is drawn within its place', () => {
    expect(sourceOf({ id: 0 }).make(7).offerId).toBe('610007000021');
    expect(sourceOf({ id: 0.5 }).make(0).offerId).toBe('610000500000');
    for (const share of [0, 0.999_999]) expect(indexOfId(sourceOf({ id: share }).make(7).offerId)).toBe(7);
  });
});

describe('an offer', () => {
  const rates = (units: Units, nature: Partial<Nature> = {}) => {
    const { changesPerStep, eventsPerStep, isConsecutive } = sourceOf(units, nature).make(0);
    return [changesPerStep, eventsPerStep, isConsecutive];
  };

  test('never changes, changes slowly, or fast', () => {
    expect(rates({ 'rate-class': 0.54, 'is-repricing': 0.9 })).toEqual([0, 0, false]);
    expect(rates({ 'rate-class': 0.55, rate: 0 })).toEqual([0.004, 0.004, false]);
    expect(rates({ 'rate-class': 0.89, rate: 1 })).toEqual([0.08, 0.08, false]);
    expect(rates({ 'rate-class': 0.9, rate: 0.24 })).toEqual([1, 1, false]);
    expect(rates({ 'rate-class': 0.9, rate: 0.25 })).toEqual([0.25, 0.25, false]);
  });

  test('has fewer events where half of them are followed by another, as many changes', () => {
    const nature = { consecutive: 0.2 };
    // 0.5 of 0.4, by 1 - 0.5 of 0.4.
    expect(rates({ rate: 0.4, consecutive: 0.1 }, nature)).toEqual([0.4, 0.25, true]);
    expect(rates({ rate: 0.4, consecutive: 0.2 }, nature)).toEqual([0.4, 0.4, false]);
    expect(rates({ 'rate-class': 0, consecutive: 0 }, nature)).toEqual([0, 0, false]);
  });

  test('changes with its shop, too', () => {
    const nature = { repricing: 0.5 };
    expect(rates({ 'rate-class': 0, 'is-repricing': 0.4 }, nature)).toEqual([0.05 * 0.8, 0, false]);
    expect(rates({ 'rate-class': 0.9, rate: 0.5, 'is-repricing': 0.4 }, nature)).toEqual([
      0.5 + 0.05 * 0.8,
      0.5,
      false,
    ]);
    expect(rates({ 'rate-class': 0, 'is-repricing': 0.5 }, nature)).toEqual([0, 0, false]);
  });

  test('was there from the start, created at midnight in Shanghai one to 900 days before', () => {
    const created = (age: number) => {
      const { bornAtStep, createdAt } = sourceOf({ age }).make(299);
      return [bornAtStep, new Date(createdAt).toISOString()];
    };
    expect(created(0)).toEqual([0, '2026-10-08T16:00:00.000Z']);
    expect(created(0.9999)).toEqual([0, '2024-04-22T16:00:00.000Z']);
  });

  test('is born in its turn, created on that day', () => {
    const born = (index: number, nature: Partial<Nature>) => {
      const { bornAtStep, createdAt } = sourceOf({}, nature).make(index);
      return [bornAtStep, new Date(createdAt).toISOString()];
    };
    // One every second step; four steps are a day.
    expect(born(300, { birth: 0.001 })).toEqual([2, '2026-10-09T16:00:00.000Z']);
    expect(born(303, { birth: 0.001 })).toEqual([8, '2026-10-11T16:00:00.000Z']);
    // Three a step.
    expect([300, 302, 303].map((index) => born(index, { birth: 0.01 })[0])).toEqual([1, 1, 2]);
  });

  test('is on the leaf that its draw falls to, by weight', () => {
    const [leaf] = categories.leaves;
    if (leaf === undefined) throw new Error('there is no leaf');
    const leaves = [0, 1, 0, 2, 1].map((weight, i) => ({ ...leaf, id: String(i), weight }));
    const at = (category: number) => sourceOf({ category }, {}, leaves).make(0).category.id;
    expect([0, 0.24, 0.25, 0.74, 0.75, 0.99].map(at)).toEqual(['1', '1', '3', '3', '4', '4']);
    const empty = leaves.map((each) => ({ ...each, weight: 0 }));
    for (const none of [empty, []]) {
      expect(() => sourceOf({}, {}, none)).toThrow(
        new RangeError('the tree has no leaf that may hold offers'),
      );
    }
  });

  test('is of one of the shops: one in fifteen offers, five at least', () => {
    expect(sourceOf({}).sellerCount).toBe(20);
    expect(sourceOf({ seller: 0.5 }).sellerOf(0)).toBe(10);
    const few = {
      seed: new Draw(1),
      leaves: categories.leaves,
      startAt,
      stepMs: dayMs,
      nature: defaultNature,
    };
    expect(
      [10, 75, 76].map((initialCount) => createOfferSource({ ...few, initialCount }).sellerCount),
    ).toEqual([5, 5, 6]);
  });
});

test('a shop has a name of its city, an opaque id, and always the same one', () => {
  const draw = new WrittenDraw({
    place: 0,
    firm: 0,
    'second-firm': 0.1,
    trade: 0,
    'open-id': 0,
    'open-id 3': 0.5,
    'is-repricing': 0.3,
  });
  expect(foundSeller(draw, 1, 0.4)).toEqual({
    ...{
      id: 'BBBAAAAAAAAAAAAAAAAgAAAAA',
      companyName: '义乌市锦程华瑞贸易有限公司',
      province: '浙江省',
      city: '义乌市',
    },
    ...{ isRepricing: true, draw },
  });
  const source = sourceOf({});
  expect(source.seller(1)).toBe(source.seller(1));
});

describe('the nature of a world', () => {
  test('is the default but for what is given', () => {
    expect(settleNature({})).toEqual(defaultNature);
    expect(settleNature({ birth: 0, rise: 1 })).toEqual({ ...defaultNature, birth: 0, rise: 1 });
  });

  test.each<[Partial<Nature>, string]>([
    [{ birth: -0.1 }, 'birth must be a share from 0 to 1, not -0.1'],
    [{ rise: 1.1 }, 'rise must be a share from 0 to 1, not 1.1'],
    [{ rise: Number.NaN }, 'rise must be a share from 0 to 1, not NaN'],
    [
      { rise: 0, rises: 0 } as Partial<Nature>,
      `nature is one of ${Object.keys(defaultNature).join(', ')}, not rises`,
    ],
  ])('is not %j', (given, message) => expect(() => settleNature(given)).toThrow(new RangeError(message)));
});

describe('a world', () => {
  const options: WorldOptions = { seed: 1, offers: 100, categories: 30, startAt, stepMs: 1000 };
  const world = createWorld(options);

  test('has as many steps as there were, none before it began', () => {
    const steps = [-1, 0, 999, 1000, 5999].map((ms) => world.stepAt(startAt + ms));
    expect(steps).toEqual([0, 0, 0, 1, 5]);
  });

  test('keeps the last three snapshots that were asked for', () => {
    const asked = [0, 1, 2].map((step) => world.snapshot(step));
    expect(world.snapshot(0)).toBe(asked[0]);
    world.snapshot(3);
    expect(world.snapshot(0)).toBe(asked[0]);
    expect(world.snapshot(2)).toBe(asked[2]);
    expect(world.snapshot(1)).not.toBe(asked[1]);
    expect(world.snapshot(1)).toMatchObject({ step: 1, count: 100 });
  });

  test('knows an offer by its id, of those that are born', () => {
    const later = createWorld({ ...options, offers: 500 });
    const [now, then] = [later.snapshot(0), later.snapshot(9)];
    expect([now.count, then.count]).toEqual([500, 504]);
    const last = then.entryAt(503).offer.offerId;
    expect([now.get(last), then.get(last)?.offer.index]).toEqual([undefined, 503]);
    const first = now.entryAt(0).offer.offerId;
    expect(now.get(first)?.offer.index).toBe(0);
    expect([String(Number(first) + 1), '5', 'x'].map((id) => now.get(id))).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
    expect(now.get(then.entryAt(500).offer.offerId)).toBeUndefined();
    expect(now.get(then.entryAt(499).offer.offerId)?.offer.index).toBe(499);
  });

  test('remembers a thousand searches of a step', () => {
    const snapshot = world.snapshot(0);
    const ask = (seller: number) => snapshot.search({ ...anything, sellerId: String(seller) });
    const first = ask(0);
    for (let seller = 0; seller < 1000; seller++) ask(seller);
    expect(ask(0)).toBe(first);
    ask(1000);
    expect(ask(0)).not.toBe(first);
  });

  test('moves an offer in the ranking with each step', () => {
    const still = createWorld({ ...options, offers: 2000, nature: { birth: 0, departure: 0 } });
    const orders = [0, 1].map((step) => [...still.snapshot(step).search(anything)]);
    expect(orders[0]).not.toEqual(orders[1]);
    expect(still.snapshot(0).searchAll(anything)).toHaveLength(orders[0]?.length ?? 0);
  });
});
