import { describe, expect, it } from 'vitest';
import type { FiguresKnowledge, LearnedFigure, ShownFigures } from '../../../../src/model/figures.ts';
import { hiddenShareOf } from '../../../../src/refresh/planner/hidden-share.ts';
import {
  learnFiguresOfDetail,
  learnFiguresOfRow,
  type FiguresBefore,
} from '../../../../src/refresh/planner/learn-figures.ts';
import { firstShares, toChangeRate, weighRates } from '../../../../src/refresh/planner/rate-grid.ts';

const day = (days: number) => new Date(Date.UTC(2026, 2, 1) + days * 86_400_000);
const of = (hiddenShare: number) => ({
  shares: firstShares.offer,
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
  isInStock: true,
  detailAt: day(0),
  rowAt: day(-1),
  stale: null,
  isFound: true,
};
const inStock: ShownFigures = { isFound: true, isInStock: true };
/** Days without a change that its evidence is of, by the rate of one a day. */
const daysOf = (figure: LearnedFigure | null) => -(figure?.evidence[7] ?? 0);
const changedIn = (days: number) => expect.closeTo(Math.log(1 - Math.exp(-days)), 9) as number;
const detail = (at: number, isChanged = false, isVisible = isChanged) =>
  ({ kind: 'detail', at: day(at), isChanged, isVisible }) as const;

describe('a row that hints at no change', () => {
  it('counts the days since the detail for each figure as far as rows show it, and vouches from then on', () => {
    const after = learnFiguresOfRow(known, before, { at: day(4), isHint: false });
    expect(after.vouchedAt).toEqual(day(4));
    expect([after.learned.offer, after.learned.price].map(daysOf)).toEqual([2, 4]);
    expect(after.learned.in_stock).toBeNull();
    const later = learnFiguresOfRow(known, { ...before, ...after }, { at: day(6), isHint: false });
    expect(daysOf(later.learned.price)).toBeCloseTo(4 * 2 ** (-2 / 90) + 2, 9);
  });

  it.each([
    ['hints at one', before, { at: day(4), isHint: true }],
    ['is older than the detail', before, { at: day(-0.5), isHint: false }],
    ['is the first', { ...before, rowAt: null }, { at: day(4), isHint: false }],
  ])('says nothing when it %s', (_, offer, row) => {
    const { learned, vouchedAt } = learnFiguresOfRow(known, offer, row);
    expect({ learned, vouchedAt }).toEqual({ learned: before.learned, vouchedAt: null });
  });
});

describe('a detail', () => {
  it('adds the days that rows had not vouched for', () => {
    const vouched = { ...before, vouchedAt: day(4) };
    const { after } = learnFiguresOfDetail(known, vouched, detail(10), inStock);
    const { offer, price, in_stock, out_of_stock } = after.learned;
    expect([offer, price, in_stock].map(daysOf)).toEqual([8, 6, 10]);
    expect(out_of_stock).toBeNull();
    expect(after.vouchedAt).toEqual(day(10));
  });

  it('counts a change once for each figure that has another value', () => {
    const { after, stats } = learnFiguresOfDetail(known, before, detail(5, true, false), {
      isFound: true,
      isInStock: false,
    });
    expect(after.learned.offer?.evidence[7]).toEqual(changedIn(5));
    expect(daysOf(after.learned.price)).toBe(5);
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
      after: { learned: before.learned, vouchedAt: day(5), isInStock: true },
      stats: [],
    });
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
    // Six days since the row, and half of the four before it.
    const { changes, days } = toChangeRate(firstShares.offer);
    const perDay = (changes * Math.log(1 + 10 / days)) / 10;
    expect(found?.hiddenChanges).toBeCloseTo((perDay * 2) / (1 - (1 + 8 / days) ** -changes), 9);
    expect(found?.hiddenExpected).toBeCloseTo(perDay * 4, 9);
  });

  it('has the rate that follows of what is known of the offer and of all', () => {
    const { offer } = learnFiguresOfDetail(known, before, detail(5, true), inStock).after.learned;
    expect(offer?.rate).toEqual(toChangeRate(weighRates(firstShares.offer, offer?.evidence ?? [])));
    const again = { ...before, learned: { ...before.learned, offer }, detailAt: day(5) };
    const held = learnFiguresOfDetail(known, again, detail(25), inStock).after.learned.offer;
    expect(held?.rate.changes).not.toBeCloseTo(offer?.rate.changes ?? 0, 2);
  });
});

describe('the share of changes that rows hide', () => {
  it('begins at one of twenty and goes by what was found, to all of them', () => {
    expect(hiddenShareOf({ changes: 0, expected: 0 })).toBe(0.05);
    expect(hiddenShareOf({ changes: 50, expected: 40 })).toBe(1);
    expect(hiddenShareOf({ changes: 19.5, expected: 90 })).toBe(0.2);
  });
});
