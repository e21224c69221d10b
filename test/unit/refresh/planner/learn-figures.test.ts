import { describe, expect, it } from 'vitest';
import type { FiguresKnowledge, ShownFigures } from '../../../../src/model/figures.ts';
import { firstPrior, nothingLearned } from '../../../../src/refresh/planner/change-rate.ts';
import { hiddenShareOf } from '../../../../src/refresh/planner/hidden-share.ts';
import {
  learnFiguresOfDetail,
  learnFiguresOfRow,
  type FiguresBefore,
} from '../../../../src/refresh/planner/learn-figures.ts';
import { learnRate } from '../../../../src/refresh/planner/learn-rate.ts';

const day = (days: number) => new Date(Date.UTC(2026, 2, 1) + days * 86_400_000);
const of = (hiddenShare: number) => ({ prior: firstPrior, hiddenShare });
/** Rows show prices always, other changes in half of all cases, and nothing of stock. */
const known: FiguresKnowledge = {
  offer: of(0.5),
  price: of(0),
  in_stock: of(1),
  out_of_stock: of(1),
  gone: of(0),
};
const before: FiguresBefore = {
  learned: {
    offer: nothingLearned,
    price: nothingLearned,
    in_stock: nothingLearned,
    out_of_stock: nothingLearned,
    gone: nothingLearned,
  },
  vouchedAt: null,
  isInStock: true,
  detailAt: day(0),
  rowAt: day(-1),
  stale: null,
  isFound: true,
};
const inStock: ShownFigures = { isFound: true, isInStock: true };
const detail = (at: number, isChanged = false, isVisible = isChanged) =>
  ({ kind: 'detail', at: day(at), isChanged, isVisible }) as const;

describe('a row that hints at no change', () => {
  it('counts the days since the detail for each figure as far as rows show it, and vouches from then on', () => {
    const after = learnFiguresOfRow(known, before, { at: day(4), isHint: false });
    expect(after.vouchedAt).toEqual(day(4));
    expect(after.learned.offer).toEqual({ changes: 0, days: 2 });
    expect(after.learned.price).toEqual({ changes: 0, days: 4 });
    expect(after.learned.in_stock.days).toBe(0);
    const later = learnFiguresOfRow(known, { ...before, ...after }, { at: day(6), isHint: false });
    expect(later.learned.price.days).toBeCloseTo(4 * 2 ** (-2 / 90) + 2, 9);
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
    expect(after.learned.offer.days).toBe(8);
    expect(after.learned.price.days).toBe(6);
    expect(after.learned.in_stock.days).toBe(10);
    expect(after.learned.out_of_stock).toEqual(nothingLearned);
    expect(after.vouchedAt).toEqual(day(10));
  });

  it('counts a change once for each figure that has another value', () => {
    const { after, stats } = learnFiguresOfDetail(known, before, detail(5, true, false), {
      isFound: true,
      isInStock: false,
    });
    const once = learnRate(firstPrior, nothingLearned, { exposureDays: 5, elapsedDays: 5, isChanged: true });
    expect(after.learned.offer).toEqual(once);
    expect(after.learned.price).toEqual({ changes: 0, days: 5 });
    expect(after.learned.in_stock).toEqual(once);
    expect(after.isInStock).toBe(false);
    expect(stats.map(({ figure, isChanged }) => [figure, isChanged])).toEqual([
      ['offer', true],
      ['price', false],
      ['in_stock', true],
    ]);
  });

  it('that is empty ends the prices and the stock of an offer that was found', () => {
    const empty = learnFiguresOfDetail(known, before, detail(5, true, false), {
      isFound: false,
      isInStock: null,
    });
    expect(empty.stats.every(({ isChanged }) => isChanged)).toBe(true);
    expect(empty.after.isInStock).toBeNull();
    const gone = { ...before, ...empty.after, detailAt: day(5), isFound: false };
    const back = learnFiguresOfDetail(known, gone, detail(9, true), inStock);
    expect(back.stats.map(({ figure }) => figure)).toEqual(['gone']);
    expect(back.after.learned).toEqual({ ...gone.learned, gone: back.after.learned.gone });
    expect(back.after.learned.gone.changes).toBeGreaterThan(0.9);
  });

  it('that says nothing of stock, or is the first, is no evidence of it', () => {
    const silent = learnFiguresOfDetail(known, before, detail(5), { isFound: true, isInStock: null });
    expect(silent.after.learned.in_stock).toEqual(nothingLearned);
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
      isChanged: true,
      hiddenChanges: 0,
      hiddenExpected: 0,
    });
    const vouched = { ...before, vouchedAt: day(4) };
    const [found] = learnFiguresOfDetail(known, vouched, detail(10, true), inStock).stats;
    // Six days since the row, and half of the four before it.
    expect(found?.hiddenChanges).toBeCloseTo((0.02 * 2) / (1 - (1 + 8 / 10) ** -0.2), 12);
    expect(found?.hiddenExpected).toBeCloseTo(0.02 * 4, 12);
  });
});

describe('the share of changes that rows hide', () => {
  it('begins at one of twenty and goes by what was found, to all of them', () => {
    expect(hiddenShareOf({ changes: 0, expected: 0 })).toBe(0.05);
    expect(hiddenShareOf({ changes: 50, expected: 40 })).toBe(1);
    expect(hiddenShareOf({ changes: 19.5, expected: 90 })).toBe(0.2);
  });
});
