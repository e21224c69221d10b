import { describe, expect, it } from 'vitest';
import type { FiguresKnowledge, LearnedFigure, ShownFigures } from '../../../../src/model/figures.ts';
import { hiddenShareOf } from '../../../../src/refresh/planner/hidden-share.ts';
import {
  learnFiguresOfDetail,
  learnFiguresOfRow,
  type FiguresBefore,
} from '../../../../src/refresh/planner/learn-figures.ts';
import { firstShares, rates, toChangeRate, weighRates } from '../../../../src/refresh/planner/rate-grid.ts';
import { visibleEvidence } from '../../../../src/refresh/planner/visible-share.ts';

const day = (days: number) => new Date(Date.UTC(2026, 2, 1) + days * 86_400_000);
const of = (hiddenShare: number) => ({
  shares: firstShares.offer,
  byOfferRate: null,
  hiddenShare,
  hintShares: { row: 1, modify_date: 0.5, absence: 1 },
});
/** Rows show prices always, other changes in half of all cases, and nothing of stock. */
const known: FiguresKnowledge = {
  offer: of(0.5),
  price: of(0),
  in_stock: of(1),
  out_of_stock: of(1),
  gone: of(0),
};
const before: FiguresBefore = {
  learned: { offer: null, price: null, in_stock: null, out_of_stock: null, gone: null },
  vouchedAt: null,
  countedHint: null,
  isInStock: true,
  detailAt: day(0),
  rowAt: day(-1),
  stale: null,
  isFound: true,
};
const inStock: ShownFigures = { isFound: true, isInStock: true };
/** ln of the probability that nothing changes in some days, by the rate of one a day. */
const held = (days: number) => -2 * Math.log1p(days / 2);
const heldFor = (days: number) => expect.closeTo(held(days), 9) as number;
const changedIn = (days: number) => expect.closeTo(Math.log(1 - Math.exp(held(days))), 9) as number;
const hintAt = (days: number) => ({ since: day(days), by: 'row' }) as const;
/** The evidence for that rate. */
const evidenceOf = (figure: LearnedFigure | null) => figure?.evidence[7] ?? 0;
const detail = (at: number, isChanged = false, isVisible = isChanged) =>
  ({ kind: 'detail', at: day(at), isChanged, isVisible }) as const;

describe('a row that hints at no change', () => {
  it('counts the days since the detail for each figure as far as rows show it, and vouches from then on', () => {
    const after = learnFiguresOfRow(known, before, { at: day(4), stale: null, isReturned: false });
    expect(after.vouchedAt).toEqual(day(4));
    expect([after.learned.offer, after.learned.price].map(evidenceOf)).toEqual([heldFor(2), heldFor(4)]);
    expect(after.learned.in_stock).toBeNull();
    const later = learnFiguresOfRow(
      known,
      { ...before, ...after },
      { at: day(6), stale: null, isReturned: false },
    );
    expect(evidenceOf(later.learned.price)).toBeCloseTo(held(4) * 2 ** (-2 / 90) + held(2), 9);
  });

  it.each([
    ['is older than the detail', before, { at: day(-0.5), stale: null, isReturned: false }],
    ['is the first', { ...before, rowAt: null }, { at: day(4), stale: null, isReturned: false }],
  ])('says nothing when it %s', (_, offer, row) => {
    const { learned, vouchedAt } = learnFiguresOfRow(known, offer, row);
    expect({ learned, vouchedAt }).toEqual({ learned: before.learned, vouchedAt: null });
  });
});

describe('a row with another price', () => {
  const stale = { since: day(4), by: 'row' } as const;

  it('is a change of the price and the offer since the detail, before any other detail has come', () => {
    const after = learnFiguresOfRow(known, before, { at: day(4), stale, isReturned: false });
    expect(after.learned.price?.evidence[7]).toEqual(changedIn(4));
    // Of the offer, as far as rows show its changes.
    expect(after.learned.offer?.evidence[7]).toEqual(changedIn(2));
    expect(after).toMatchObject({ vouchedAt: null, learned: { in_stock: null } });
    const dated = { ...before, stale: { since: day(3), by: 'modify_date' } as const };
    expect(learnFiguresOfRow(known, dated, { at: day(4), stale, isReturned: false }).learned).toEqual(
      after.learned,
    );
  });

  it('is counted once: not with the next row, nor with the detail that it prompts', () => {
    const after = learnFiguresOfRow(known, before, { at: day(4), stale, isReturned: false });
    const waiting = { ...before, ...after, stale };
    expect(learnFiguresOfRow(known, waiting, { at: day(7), stale, isReturned: false })).toEqual(after);
    const prompted = learnFiguresOfDetail(known, waiting, detail(7, true), inStock).after.learned;
    const kept = 2 ** (-3 / 90);
    for (const figure of ['offer', 'price'] as const)
      expect(evidenceOf(prompted[figure])).toBeCloseTo(evidenceOf(after.learned[figure]) * kept, 9);
    expect(evidenceOf(prompted.in_stock)).toEqual(heldFor(7));
  });

  it('is told from one that is listed again, of which nothing is known to have changed', () => {
    const after = learnFiguresOfRow(known, before, { at: day(4), stale, isReturned: true });
    expect(after.learned).toEqual(before.learned);
    expect(after.countedHint).toBeNull();
    // The detail says what changed meanwhile, and a row while it was waited for does not.
    const waiting = { ...before, ...after, stale };
    expect(learnFiguresOfRow(known, waiting, { at: day(4.5), stale, isReturned: false })).toEqual(after);
    const { learned } = learnFiguresOfDetail(known, waiting, detail(5, true, true), inStock).after;
    // All but none of them may have come in the day since the row, as rows that hint are always right.
    expect(learned.price?.evidence[7]).toEqual(changedIn(4));
    const same = learnFiguresOfDetail(known, waiting, detail(5, true, false), inStock).after.learned;
    expect(evidenceOf(same.price)).toEqual(heldFor(5));
  });

  it('counts for as much as such rows were right, and for nothing where a detail shows no change', () => {
    const doubted = {
      ...known,
      price: { ...known.price, hintShares: { row: 0.6, modify_date: 0.5, absence: 1 } },
    };
    const after = learnFiguresOfRow(doubted, before, { at: day(4), stale, isReturned: false });
    const changed = Math.log(1 - Math.exp(held(4)));
    expect(evidenceOf(after.learned.price)).toBeCloseTo(0.6 * changed + 0.4 * held(4), 9);
    expect(after.countedHint).toEqual({ since: day(4), by: 'row' });
    const waiting = { ...before, ...after, stale };
    const { price } = learnFiguresOfDetail(doubted, waiting, detail(7, true, false), inStock).after.learned;
    expect(evidenceOf(price)).toEqual(heldFor(7));
    // A promotion that rows alone show, every week, with a detail that finds nothing a day later.
    let offer: FiguresBefore = before;
    let untouched: FiguresBefore = before;
    for (let week = 1; week <= 20; week += 1) {
      const at = 7 * week;
      const hinted = learnFiguresOfRow(known, offer, {
        at: day(at),
        stale: { since: day(at), by: 'row' },
        isReturned: false,
      });
      const prompted = { ...offer, ...hinted, rowAt: day(at), stale: { since: day(at), by: 'row' } as const };
      const found = learnFiguresOfDetail(known, prompted, detail(at + 1), inStock).after;
      offer = { ...offer, ...found, detailAt: day(at + 1), rowAt: day(at) };
      const plain = learnFiguresOfDetail(known, untouched, detail(at + 1), inStock).after;
      untouched = { ...untouched, ...plain, detailAt: day(at + 1) };
    }
    expect(evidenceOf(offer.learned.price)).toBeCloseTo(evidenceOf(untouched.learned.price), 6);
  });

  it('is not counted again by the detail after one that could not be read', () => {
    const after = learnFiguresOfRow(known, before, { at: day(4), stale, isReturned: false });
    // As it is kept then: the hint is answered, and what was counted is known.
    const unread = { ...before, ...after, rowAt: day(4), stale };
    const row = learnFiguresOfRow(known, unread, { at: day(6), stale: null, isReturned: false });
    expect(row).toEqual(after);
    const { price } = learnFiguresOfDetail(known, unread, detail(8, true), inStock).after.learned;
    expect(evidenceOf(price)).toBeCloseTo(evidenceOf(after.learned.price) * 2 ** (-4 / 90), 9);
  });

  it('says nothing of one that is not there', () => {
    const gone = { ...before, isFound: false };
    expect(learnFiguresOfRow(known, gone, { at: day(4), stale, isReturned: false }).learned).toEqual(
      before.learned,
    );
  });
});

describe('a row with another date', () => {
  const stale = { since: day(4), by: 'modify_date' } as const;
  const row = { at: day(4), stale, isReturned: false };
  const after = learnFiguresOfRow(known, before, row);
  const waiting = { ...before, ...after, rowAt: day(4), stale };

  it('is a change in days that are longer by the share of such rows that were right', () => {
    expect(after.learned.offer?.evidence[7]).toEqual(changedIn(4));
    expect(after.learned.price?.evidence[7]).toEqual(changedIn(8));
    expect(after).toMatchObject({ vouchedAt: null, countedHint: stale, learned: { in_stock: null } });
    expect(learnFiguresOfRow(known, waiting, { ...row, at: day(7) })).toEqual(after);
    expect(learnFiguresOfRow(known, before, { ...row, isReturned: true }).learned).toEqual(before.learned);
    const never = { ...known, price: { ...known.price, hintShares: { row: 1, modify_date: 0, absence: 1 } } };
    expect(learnFiguresOfRow(never, before, row).learned.price?.evidence[7]).toEqual(changedIn(80));
  });

  it('counts no more once a row has another price', () => {
    const priced = { at: day(6), stale: { since: day(6), by: 'row' as const }, isReturned: false };
    const { learned, countedHint } = learnFiguresOfRow(known, waiting, priced);
    expect(countedHint).toEqual(hintAt(6));
    expect(learned.price?.evidence[7]).toEqual(changedIn(6));
    expect(learned.offer?.evidence[7]).toEqual(changedIn(3));
  });

  it('counts no more once a detail says what had changed', () => {
    const uncounted = { ...before, rowAt: day(4), stale };
    for (const isChanged of [false, true]) {
      const found = learnFiguresOfDetail(known, waiting, detail(4, isChanged), inStock).after;
      expect(found.countedHint).toBeNull();
      const { price } = learnFiguresOfDetail(known, uncounted, detail(4, isChanged), inStock).after.learned;
      expect(evidenceOf(found.learned.price)).toBeCloseTo(evidenceOf(price), 9);
    }
  });

  it('stands when the detail after it could not be read', () => {
    const unread = { ...waiting, stale: after.countedHint };
    expect(learnFiguresOfRow(known, unread, { at: day(6), stale: null, isReturned: false })).toEqual(after);
    const { price } = learnFiguresOfDetail(known, unread, detail(8), inStock).after.learned;
    expect(evidenceOf(price)).toEqual(heldFor(8));
  });
});

describe('a detail', () => {
  it('adds the days that rows had not vouched for', () => {
    const vouched = { ...before, vouchedAt: day(4) };
    const { after } = learnFiguresOfDetail(known, vouched, detail(10), inStock);
    const { offer, price, in_stock, out_of_stock } = after.learned;
    expect([offer, price, in_stock].map(evidenceOf)).toEqual([8, 6, 10].map(heldFor));
    expect(out_of_stock).toBeNull();
    expect(after.vouchedAt).toEqual(day(10));
  });

  it('counts a change once for each figure that has another value', () => {
    const { after, stats } = learnFiguresOfDetail(known, before, detail(5, true, false), {
      isFound: true,
      isInStock: false,
    });
    expect(after.learned.offer?.evidence[7]).toEqual(changedIn(5));
    expect(evidenceOf(after.learned.price)).toEqual(heldFor(5));
    expect(after.learned.in_stock?.evidence[7]).toEqual(changedIn(5));
    expect(after.isInStock).toBe(false);
    expect(stats.map(({ figure }) => figure)).toEqual(['offer', 'price', 'in_stock']);
  });

  it('that is empty ends the prices and the stock of an offer that was found', () => {
    const empty = learnFiguresOfDetail(known, before, detail(5, true, false), {
      isFound: false,
      isInStock: null,
    });
    const { offer, price, in_stock } = empty.after.learned;
    for (const ended of [offer, price, in_stock]) expect(ended?.evidence[7]).toEqual(changedIn(5));
    expect(empty.after.isInStock).toBeNull();
    const gone = { ...before, ...empty.after, detailAt: day(5), isFound: false };
    const back = learnFiguresOfDetail(known, gone, detail(9, true), inStock);
    expect(back.stats.map(({ figure }) => figure)).toEqual(['gone']);
    expect(back.after.learned).toEqual({ ...gone.learned, gone: back.after.learned.gone });
    expect(back.after.learned.gone?.evidence[7]).toEqual(changedIn(4));
  });

  it('that says nothing of stock, or is the first, is no evidence of it', () => {
    const silent = learnFiguresOfDetail(known, before, detail(5), { isFound: true, isInStock: null });
    expect(silent.after.learned.in_stock).toBeNull();
    const first = learnFiguresOfDetail(known, { ...before, detailAt: null }, detail(5), inStock);
    expect(first).toEqual({
      after: { learned: before.learned, vouchedAt: day(5), countedHint: null, isInStock: true },
      stats: [],
    });
  });

  it('that is older than a row teaches nothing, and is how the stock was last seen', () => {
    const vouched = { ...before, rowAt: day(5), vouchedAt: day(5), countedHint: hintAt(6) };
    const { after, stats } = learnFiguresOfDetail(known, vouched, detail(3, true), {
      isFound: true,
      isInStock: false,
    });
    const { learned, vouchedAt, countedHint } = vouched;
    expect(after).toEqual({ learned, vouchedAt, countedHint, isInStock: false });
    expect(stats).toEqual([]);
    expect(
      learnFiguresOfDetail(known, { ...vouched, countedHint: hintAt(2) }, detail(3, true), inStock).after,
    ).toMatchObject({ learned, countedHint: null });
  });

  it('tells what hints are worth, and the share that rows hide', () => {
    const hinted = { ...before, stale: { since: day(3), by: 'row' } as const };
    const [offer] = learnFiguresOfDetail(known, hinted, detail(4, true), inStock).stats;
    expect(offer).toEqual({
      figure: 'offer',
      hint: 'row',
      hintChanges: 1,
      hiddenChanges: 0,
      hiddenExpected: 0,
    });
    const vouched = { ...before, vouchedAt: day(4) };
    const [found] = learnFiguresOfDetail(known, vouched, detail(10, true), inStock).stats;
    const rate = toChangeRate(firstShares.offer);
    const ages = { summaryAgeDays: 6, detailAgeDays: 10 };
    const share = { visibleShare: 0.5, dateShare: 1 };
    const { visible, hidden } = visibleEvidence({ ...ages, rate, isChanged: true }, share);
    expect(hidden).toBeGreaterThan(0);
    expect(found?.hiddenChanges).toBeCloseTo(hidden, 9);
    expect(found?.hiddenExpected).toBeCloseTo(visible + hidden, 9);
  });

  it('has the rate that follows of what is known of the offer and of all', () => {
    const { offer } = learnFiguresOfDetail(known, before, detail(5, true), inStock).after.learned;
    expect(offer?.rate).toEqual(toChangeRate(weighRates(firstShares.offer, offer?.evidence ?? [])));
    const again = { ...before, learned: { ...before.learned, offer }, detailAt: day(5) };
    const held = learnFiguresOfDetail(known, again, detail(25), inStock).after.learned.offer;
    expect(held?.rate.changes).not.toBeCloseTo(offer?.rate.changes ?? 0, 2);
  });
});

describe('the rate of the stock', () => {
  /** Of offers that change daily or more often, stock does too; of others it never does. */
  const byOfferRate = rates.map((rate) => rates.map((own) => (own === (rate < 1 ? 0.0005 : 1) ? 1 : 0)));
  const linked = {
    ...known,
    in_stock: { ...known.in_stock, byOfferRate },
    out_of_stock: { ...known.out_of_stock, byOfferRate },
  };
  const outOfStock: ShownFigures = { isFound: true, isInStock: false };
  const perDay = (figure: LearnedFigure | null) => (figure ? figure.rate.changes / figure.rate.days : null);

  it('goes by that of the offer', () => {
    const still = learnFiguresOfDetail(linked, before, detail(60), inStock).after;
    expect(perDay(still.learned.in_stock)).toBeLessThan(0.005);
    let busy = { ...before, rowAt: null };
    for (let at = 1; at < 9; at += 1)
      busy = {
        ...busy,
        ...learnFiguresOfDetail(linked, busy, detail(at, true), inStock).after,
        detailAt: day(at),
      };
    expect(perDay(busy.learned.in_stock)).toBeGreaterThan(0.5);
    const row = { at: day(9), stale: null, isReturned: false };
    const vouched = learnFiguresOfRow(linked, { ...busy, rowAt: day(8.5) }, row).learned;
    // Rows say nothing of stock here, but the offer held for half a day more.
    expect(perDay(vouched.in_stock)).toBeGreaterThan(0.4);
    expect(perDay(vouched.in_stock)).toBeLessThan(perDay(busy.learned.in_stock) ?? 0);
    // Sold out for the first time.
    const soldOut = learnFiguresOfDetail(linked, busy, detail(9, true), outOfStock).after.learned
      .out_of_stock;
    expect(soldOut?.evidence).toEqual(rates.map(() => 0));
    expect(perDay(soldOut)).toBeGreaterThan(0.5);
    const left = learnFiguresOfDetail(linked, busy, detail(9, false), outOfStock).after.learned;
    const alike = learnFiguresOfDetail(known, busy, detail(9, false), outOfStock).after.learned;
    expect(left.in_stock?.evidence).toEqual(alike.in_stock?.evidence);
    expect(perDay(left.in_stock)).toBeGreaterThan(1.2 * (perDay(alike.in_stock) ?? 0));
  });
});

describe('the share of changes that rows hide', () => {
  it('begins at three of a hundred and goes by what was found, to all of them', () => {
    expect(hiddenShareOf({ changes: 0, expected: 0 })).toBe(0.03);
    expect(hiddenShareOf({ changes: 50, expected: 40 })).toBe(1);
    expect(hiddenShareOf({ changes: 19.7, expected: 90 })).toBe(0.2);
  });
});
