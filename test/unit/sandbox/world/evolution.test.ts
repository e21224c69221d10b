import { describe, expect, test } from 'vitest';
import { stateAt, type OfferState } from '../../../../src/sandbox/world/evolution.ts';
import { gapOf } from '../../../../src/sandbox/world/gaps.ts';
import { draftOffer, WrittenDraw } from '../../../support/drafted-offer.ts';

type Units = Readonly<Record<string, number>>;
type Drafted = Parameters<typeof draftOffer>[1];

/** Nobody departs, and an event comes at each step. */
const lasting: Drafted = { nature: { departure: 0 } };
const at = (step: number, units: Units, fields: Drafted = {}): OfferState =>
  stateAt(
    draftOffer(units, { ...lasting, ...fields, nature: { ...lasting.nature, ...fields.nature } }),
    step,
  );

/** The parts of an offer that changed, as often as they did. */
const changed = ({ versions }: OfferState) =>
  Object.fromEntries(Object.entries(versions).filter(([, version]) => version > 0));

const quiet = { eventsPerStep: 0 };
const shopOf = (units: Units) => ({
  ...draftOffer({}).seller,
  isRepricing: true,
  draw: new WrittenDraw(units),
});

describe('the gap to the next event', () => {
  test.each([
    [0, 0, Infinity],
    [0, -1, Infinity],
    [0.99, 1, 1],
    [0.99, 2, 1],
    [0, 0.5, 1],
    [0.49, 0.5, 1],
    [0.5, 0.5, 2],
    [0.76, 0.5, 3],
    [0.999, 0.1, 66],
  ])('of %d at a chance of %d is %d steps', (unit, rate, steps) => expect(gapOf(unit, rate)).toBe(steps));
});

describe('an event', () => {
  test.each([
    [0, { price: 1 }],
    [0.46, { stock: 1 }],
    [0.7, { sales: 1 }],
    [0.82, { subject: 1 }],
    [0.87, { skus: 1 }],
  ])('drawn from %d on is a change', (unit, versions) => {
    expect(changed(at(1, { event: unit }))).toEqual(versions);
    expect(changed(at(0, { event: unit }))).toEqual({});
    expect(changed(at(3, { event: unit }))).toEqual(
      Object.fromEntries(Object.keys(versions).map((part) => [part, 3])),
    );
  });

  test('of the SKUs is one of the price, where there are none', () => {
    expect(changed(at(1, { event: 0.87 }, { quoteType: 0 }))).toEqual({ price: 1 });
    expect(changed(at(1, { event: 0.46 }, { quoteType: 0 }))).toEqual({ stock: 1 });
  });

  test('of the price brings other terms now and then, one of the stock never', () => {
    const nature = { terms: 0.1 };
    expect(changed(at(2, { event: 0, 'terms 2': 0.09 }, { nature }))).toEqual({ price: 2, terms: 1 });
    expect(changed(at(2, { event: 0, 'terms 2': 0.1 }, { nature }))).toEqual({ price: 2 });
    expect(changed(at(2, { event: 0.5, terms: 0 }, { nature }))).toEqual({ stock: 2 });
  });

  test('is dated by most changes, never by sales', () => {
    const dated = (units: Units) => {
      const { pricedAtStep, modifiedAtStep } = at(4, units);
      return [pricedAtStep, modifiedAtStep];
    };
    const others = { 'event 1': 0, 'moves-date 1': 0.8, 'event 4': 0.7, 'moves-date 4': 0 };
    expect(dated({ event: 0.5, ...others })).toEqual([1, 1]);
    expect(dated({ event: 0.5, 'moves-date 2': 0, ...others })).toEqual([1, 2]);
    expect(dated({ event: 0.5, 'event 3': 0 })).toEqual([3, null]);
  });

  test('takes an offer off sale, and the next one may put it back', () => {
    const sale = (step: number, units: Units) => {
      const { status, isListed, isGone } = at(step, { 'event 1': 0.94, event: 0, ...units });
      return [status, isListed, isGone];
    };
    expect(sale(0, {})).toEqual(['published', true, false]);
    expect(sale(1, {})).toEqual(['TBD', true, false]);
    expect(sale(1, { 'off-sale 1': 0, 'hidden 1': 0 })).toEqual(['member expired', false, false]);
    expect(sale(2, { 'off-sale 1': 0.2 })).toEqual(['auto expired', true, false]);
    expect(sale(2, { 'republished 2': 0, hidden: 0 })).toEqual(['published', true, false]);
    expect(sale(1, { 'republished 1': 0, 'event 1': 0 })[0]).toBe('published');
  });

  test('may have taken an offer off sale before the first day', () => {
    expect(at(0, { 'off-sale-from-start': 0, 'off-sale 0': 0 })).toMatchObject({ status: 'member expired' });
    expect(at(0, { 'off-sale-from-start': 0, hidden: 0 })).toMatchObject({ isListed: false, isGone: false });
  });
});

describe('an offer that vanishes', () => {
  const nature = { relisting: 0.5 };
  const gone = { 'event 2': 0.99, event: 0, 'lag 2': 0 };
  const seen = (units: Units, steps: readonly number[]) =>
    steps.map((step) => {
      const { isGone, isListed } = at(step, { ...gone, ...units }, { nature });
      return `${isGone ? 'gone' : 'there'}${isListed ? ', listed' : ''}`;
    });

  test('is gone from then on, and nothing happens to it any more', () => {
    expect(seen({}, [1, 2, 9])).toEqual(['there, listed', 'gone', 'gone']);
    expect(at(9, gone, { nature })).toMatchObject({ pricedAtStep: 1, versions: { price: 1 } });
  });

  test('is listed for up to three steps more, or for ever', () => {
    expect(seen({ 'lag 2': 0.25 }, [2, 3])).toEqual(['gone, listed', 'gone']);
    expect(seen({ 'lag 2': 0.99 }, [2, 4, 5])).toEqual(['gone, listed', 'gone, listed', 'gone']);
    expect(seen({ 'never-forgotten 2': 0 }, [2, 99])).toEqual(['gone, listed', 'gone, listed']);
  });

  test('comes back after one to twelve steps, dated then', () => {
    const back = { 'comes-back 2': 0.4, 'away 2': 0.2 };
    // Twelve times 0.2 are two steps and one.
    expect(seen(back, [4, 5])).toEqual(['gone', 'there, listed']);
    expect(at(5, { ...gone, ...back, 'moves-date 5': 0.95 }, { nature }).modifiedAtStep).toBe(5);
    expect(seen({ 'comes-back 2': 0.4, 'away 2': 0 }, [2, 3])).toEqual(['gone', 'there, listed']);
    expect(seen({ 'comes-back 2': 0.4, 'away 2': 0.99 }, [13, 14])).toEqual(['gone', 'there, listed']);
    expect(seen({ 'comes-back 2': 0.5, 'away 2': 0 }, [3, 20])).toEqual(['gone', 'gone']);
  });

  test('changes again once it is back, and keeps the dates of that', () => {
    const back = { ...gone, 'comes-back 2': 0, 'away 2': 0.2, 'moves-date 6': 0 };
    expect(at(4, back, { nature }).versions.price).toBe(1);
    expect(at(6, back, { nature })).toMatchObject({
      versions: { price: 3 },
      pricedAtStep: 6,
      modifiedAtStep: 6,
    });
  });

  test('comes back also where nothing happens on the day', () => {
    const rare = { eventsPerStep: 0.5, nature };
    const units = {
      'gap 0': 0,
      'gap 1': 0.9999,
      'event 1': 0.99,
      'lag 1': 0,
      'comes-back 1': 0,
      'away 1': 0,
    };
    expect(at(1, units, rare)).toMatchObject({ isGone: true, modifiedAtStep: null });
    expect(at(2, units, rare)).toMatchObject({ isGone: false, isListed: true, modifiedAtStep: 2 });
  });
});

describe('an offer that is gone from the start', () => {
  const start = { 'gone-from-start': 0.01, 'lag 0': 0 };

  test('is there no more on the first day, and may come back', () => {
    expect(at(0, start)).toMatchObject({ isGone: true, isListed: false });
    expect(at(0, { 'gone-from-start': 0.02 })).toMatchObject({ isGone: false });
    const back = { ...start, 'comes-back': 0, away: 0.1 };
    expect([1, 2].map((step) => at(step, back, quiet).isGone)).toEqual([true, false]);
    expect(at(2, back, quiet).modifiedAtStep).toBe(2);
    expect(at(99, start, quiet).isGone).toBe(true);
  });

  test('is none of those that are born later', () => {
    expect(at(3, start, { ...quiet, bornAtStep: 3 })).toMatchObject({ isGone: false, modifiedAtStep: 3 });
    expect(at(3, {}, quiet).modifiedAtStep).toBeNull();
  });
});

test('an offer born later lives from then on', () => {
  expect([3, 4, 5].map((step) => at(step, { event: 0 }, { bornAtStep: 3 }).versions.price)).toEqual([
    0, 1, 2,
  ]);
});

test('an offer departs for good, whatever else happens to it', () => {
  const departing = { eventsPerStep: 1, bornAtStep: 2, nature: { departure: 0.5 } };
  // Three steps after its birth.
  const units = { departs: 0.8, event: 0, 'lag 5': 0 };
  const seen = (step: number) => {
    const { isGone, isListed, versions } = at(step, units, departing);
    return [isGone, isListed, versions.price];
  };
  expect([4, 5, 9].map(seen)).toEqual([
    [false, true, 2],
    [true, false, 2],
    [true, false, 2],
  ]);
  const vanished = { ...units, 'event 1': 0.99, 'lag 3': 0.99, 'never-forgotten 5': 0 };
  expect([5, 6].map((step) => at(step, vanished, departing).isListed)).toEqual([true, false]);
});

describe('a change of a consecutive offer', () => {
  const rare = { isConsecutive: true, eventsPerStep: 0.5 };
  // A first event after two steps, and each other one two steps after the one before.
  const units = { gap: 0.5, event: 0.5 };

  test('is followed by one of its price on the next day', () => {
    const versions = (step: number) => changed(at(step, { ...units, 'next-day 1': 0.4 }, rare));
    expect([1, 2, 3, 4, 5].map(versions)).toEqual([
      {},
      { stock: 1 },
      { stock: 1, price: 1 },
      { stock: 1, price: 1 },
      { stock: 2, price: 1 },
    ]);
  });

  test('comes alone where none is drawn, as the changes of other offers', () => {
    expect(changed(at(4, { ...units, 'next-day 1': 0.5 }, rare))).toEqual({ stock: 2 });
    expect(changed(at(4, { ...units, 'next-day': 0 }, { ...rare, isConsecutive: false }))).toEqual({
      stock: 2,
    });
    expect(changed(at(2, { ...units, 'next-day 0': 0 }, rare))).toEqual({ stock: 1 });
  });
});

describe('a shop that changes its prices', () => {
  // Once in twenty steps: 0 is the next step, and nearly 1 a hundred steps later.
  const soon = shopOf({ 'repricing 0': 0, 'repricing 1': 0.08 });

  test('changes those of its offers, but for a few', () => {
    const seen = (step: number, units: Units) => {
      const { versions, pricedAtStep, modifiedAtStep } = at(step, units, { ...quiet, seller: soon });
      return [versions.price, pricedAtStep, modifiedAtStep];
    };
    const all = { repriced: 0 };
    expect([0, 1, 2, 3, 99].map((step) => seen(step, all))).toEqual([
      [0, 0, null],
      [1, 1, null],
      [1, 1, null],
      [2, 3, null],
      [2, 3, null],
    ]);
    expect(seen(3, { 'repriced 1': 0.7, 'repriced 2': 0.8, 'repriced-moves-date 1': 0 })).toEqual([1, 1, 1]);
  });

  test('does not change what is gone, or not yet born', () => {
    expect(at(1, { repriced: 0, 'gone-from-start': 0 }, { ...quiet, seller: soon }).versions.price).toBe(0);
    expect(at(3, { repriced: 0 }, { ...quiet, seller: soon, bornAtStep: 1 }).versions.price).toBe(1);
  });

  test('changes what has come back', () => {
    const units = { repriced: 0, 'gone-from-start': 0, 'comes-back': 0, away: 0.1 };
    expect(at(3, units, { ...quiet, seller: soon }).versions.price).toBe(1);
  });

  test('acts after the offer itself on the same day, and in turn with it', () => {
    const offer = { eventsPerStep: 0.5, seller: soon };
    // Its own events come at steps 1 and 2, and then no more for long.
    const units = {
      'gap 0': 0,
      'gap 1': 0,
      'gap 2': 0.9999,
      event: 0.5,
      repriced: 0,
      'repriced-moves-date 1': 0,
    };
    expect([1, 2, 3].map((step) => changed(at(step, units, offer)))).toEqual([
      { stock: 1, price: 1 },
      { stock: 2, price: 1 },
      { stock: 2, price: 2 },
    ]);
    expect(at(1, { ...units, 'event 1': 0.99 }, offer)).toMatchObject({ isGone: true, pricedAtStep: 0 });
  });

  test('is none where the shop does not do so', () => {
    const seller = { ...soon, isRepricing: false };
    expect(at(9, { repriced: 0 }, { ...quiet, seller }).versions.price).toBe(0);
  });
});
