import { describe, expect, it } from 'vitest';
import type { FiguresKnowledge, ShownFigures } from '../../../../src/model/figures.ts';
import { nothingLearned } from '../../../../src/refresh/planner/change-rate.ts';
import { learnRate } from '../../../../src/refresh/planner/learn-rate.ts';
import {
  learnFiguresOfDetail,
  learnFiguresOfRow,
  type FiguresBefore,
} from '../../../../src/refresh/planner/learn-figures.ts';

const day = (days: number) => new Date(Date.UTC(2026, 2, 1) + days * 86_400_000);
/** One change in ten days, half of them hidden. */
const half = { prior: { changes: 1, days: 10 }, hiddenShare: 0.5 };
const known: FiguresKnowledge = { offer: half, price: half, in_stock: half, out_of_stock: half, gone: half };
const learned = {
  offer: nothingLearned,
  price: nothingLearned,
  in_stock: nothingLearned,
  out_of_stock: nothingLearned,
  gone: nothingLearned,
};
const before: FiguresBefore = {
  ...{
    learned,
    vouchedAt: day(4),
    isInStock: true,
    detailAt: day(0),
    rowAt: day(4),
    stale: null,
    isFound: true,
  },
};
const shown: ShownFigures = { isFound: true, isInStock: true };
const detail = (at: number, isChanged = false, isVisible = isChanged) =>
  ({ kind: 'detail', at: day(at), isChanged, isVisible }) as const;
const statOf = (part: Partial<FiguresBefore>, at: number, isChanged: boolean) =>
  learnFiguresOfDetail(known, { ...before, ...part }, detail(at, isChanged), shown).stats[0];

describe('the share that rows hide', () => {
  it('is learned from what rows vouched for', () => {
    // Vouched for four of ten days, of which two count; 0.1 a day.
    expect(statOf({}, 10, false)).toMatchObject({ hint: 'none', hiddenChanges: 0, hiddenExpected: 0.4 });
    // 0.2 of 1 - 1 / (1 + 8 / 10).
    expect(statOf({}, 10, true)?.hiddenChanges).toBeCloseTo(0.2 / (0.8 / 1.8), 9);
  });

  it('is learned less from what changes more often than it is fetched', () => {
    // Two changes in 20 days.
    expect(statOf({ vouchedAt: day(16) }, 20, false)?.hiddenExpected).toBeCloseTo(0.8, 9);
    expect(statOf({ vouchedAt: day(16) }, 20, true)?.hiddenChanges).toBeCloseTo((0.5 * 0.8) / (1.2 / 2.2), 9);
    const twice = { ...learned, offer: { changes: 1, days: 0 } };
    expect(statOf({ learned: twice }, 5, false)?.hiddenExpected).toBeCloseTo(0.2 * 4, 9);
    expect(statOf({ learned: twice }, 10, false)?.hiddenExpected).toBeCloseTo((0.2 * 4) / 2, 9);
  });

  it.each<[string, Partial<FiguresBefore>]>([
    ['a row vouched for nothing', { vouchedAt: null }],
    ['a row vouched for an older detail', { vouchedAt: day(-4) }],
    ['a row had hinted at a change', { stale: { since: day(5), by: 'row' } }],
    ['it had been missing', { stale: { since: day(5), by: 'absence' } }],
  ])('is not learned where %s', (_, part) => {
    const hint = part.stale?.by ?? 'none';
    expect(statOf(part, 10, true)).toMatchObject({
      hint,
      isChanged: true,
      hiddenChanges: 0,
      hiddenExpected: 0,
    });
  });
});

describe('the figures that a detail says something of', () => {
  const figuresOf = (
    part: Partial<FiguresBefore>,
    now: ShownFigures,
    isChanged = false,
    isVisible = isChanged,
  ) =>
    learnFiguresOfDetail(known, { ...before, ...part }, detail(10, isChanged, isVisible), now).stats.map(
      ({ figure, isChanged: changed }) => `${figure} ${String(changed)}`,
    );
  const of = (isInStock: boolean | null, isFound = true): ShownFigures => ({ isFound, isInStock });

  it.each<[string, Partial<FiguresBefore>, ShownFigures, readonly string[]]>([
    ['it was in stock, and is', {}, of(true), ['offer false', 'price false', 'in_stock false']],
    ['it was in stock, and is not', {}, of(false), ['offer false', 'price false', 'in_stock true']],
    [
      'it was out of stock, and is',
      { isInStock: false },
      of(false),
      ['offer false', 'price false', 'out_of_stock false'],
    ],
    [
      'it was out of stock, and is not',
      { isInStock: false },
      of(true),
      ['offer false', 'price false', 'out_of_stock true'],
    ],
    ['nobody knows whether it was in stock', { isInStock: null }, of(true), ['offer false', 'price false']],
    ['it does not say whether it is in stock', {}, of(null), ['offer false', 'price false']],
    ['it was empty, and is', { isFound: false }, of(null, false), ['gone false']],
    ['it was empty, and is not', { isFound: false }, of(true), ['gone true']],
    ['it is empty', {}, of(null, false), ['offer false', 'price true', 'in_stock true']],
  ])('are those that it had where %s', (_, part, now, expected) => {
    expect(figuresOf(part, now)).toEqual(expected);
  });

  it('change as what it shows does', () => {
    expect(figuresOf({}, of(true), true, false)).toEqual(['offer true', 'price false', 'in_stock false']);
    expect(figuresOf({}, of(true), true, true)).toEqual(['offer true', 'price true', 'in_stock false']);
  });

  it('learn of a change until a row hinted at it, and of none until the detail', () => {
    // Vouched for four days, half of which count, and changed within the next two.
    const hinted = { ...before, stale: { since: day(6), by: 'row' } as const };
    const rateAfter = (isChanged: boolean) =>
      learnFiguresOfDetail(known, hinted, detail(10, isChanged), shown).after.learned.offer;
    const observation = { exposureDays: 4, elapsedDays: 6, isChanged: true };
    expect(rateAfter(true)).toEqual(learnRate(half.prior, nothingLearned, observation));
    expect(rateAfter(false).days).toBeCloseTo(8, 9);
  });

  it('learn of a change that a row hinted at before the detail that is known', () => {
    const hinted = { ...before, vouchedAt: null, stale: { since: day(-2), by: 'row' } as const };
    const { after } = learnFiguresOfDetail(known, hinted, detail(10, true), shown);
    expect(after.learned.offer).toEqual(nothingLearned);
  });

  it('have its stock from then on, unless it is empty', () => {
    const after = (now: ShownFigures) => learnFiguresOfDetail(known, before, detail(10), now).after;
    expect(after(of(false))).toMatchObject({ isInStock: false, vouchedAt: day(10) });
    expect(after({ isFound: false, isInStock: true }).isInStock).toBeNull();
  });

  it('learn from the days that rows left open, and forget by those since', () => {
    const some = { ...learned, price: { changes: 2, days: 90 } };
    const { after } = learnFiguresOfDetail(
      known,
      { ...before, vouchedAt: null, learned: some },
      detail(90),
      shown,
    );
    expect(after.learned.price).toEqual({ changes: 1, days: 135 });
    const vouched = learnFiguresOfDetail(known, before, detail(10), shown).after;
    // Six days since the row, and half of the four before it.
    expect(vouched.learned.offer.days).toBeCloseTo(8, 9);
    const late = learnFiguresOfDetail(known, before, detail(-1), shown).after;
    expect(late.learned.offer).toEqual(nothingLearned);
  });
});

describe('a row that hints at nothing', () => {
  const after = (part: Partial<FiguresBefore>, at: number) =>
    learnFiguresOfRow(known, { ...before, ...part }, { at: day(at), isHint: false });

  it('vouches for the days since the last that did', () => {
    expect(after({}, 10).learned.offer).toEqual({ changes: 0, days: 3 });
    expect(after({ vouchedAt: null }, 10).learned.offer).toEqual({ changes: 0, days: 5 });
    expect(after({ vouchedAt: day(-1) }, 10)).toMatchObject({ vouchedAt: day(10), isInStock: true });
    expect(after({ vouchedAt: day(-1) }, 10).learned.offer.days).toBe(5);
    expect(after({ vouchedAt: day(12) }, 10).learned.offer).toEqual(nothingLearned);
  });

  it('says nothing of figures that the detail did not show', () => {
    const { learned: of } = after({}, 10);
    expect([of.price.days, of.in_stock.days, of.out_of_stock.days]).toEqual([3, 3, 0]);
    const empty = after({ isFound: false }, 10).learned;
    expect([empty.gone.days, empty.offer.days, empty.price.days, empty.in_stock.days]).toEqual([3, 0, 0, 0]);
  });

  it.each<[string, Partial<FiguresBefore>, number]>([
    ['no detail', { detailAt: null }, 10],
    ['a detail of the same moment', { detailAt: day(10) }, 10],
    ['no row before', { rowAt: null }, 10],
  ])('vouches for nothing with %s', (_, part, at) => {
    expect(after(part, at)).toEqual({ learned, vouchedAt: day(4), isInStock: true });
  });
});
