import { describe, expect, it } from 'vitest';
import type { FiguresKnowledge, LearnedFigure, ShownFigures } from '../../../../src/model/figures.ts';
import { visibleEvidence } from '../../../../src/refresh/planner/visible-share.ts';
import {
  learnFiguresOfDetail,
  learnFiguresOfRow,
  type FiguresBefore,
} from '../../../../src/refresh/planner/learn-figures.ts';

const day = (days: number) => new Date(Date.UTC(2026, 2, 1) + days * 86_400_000);
/** All offers change once in ten days, and rows hide half of the changes. Two of five have changed by a date. */
const half = {
  shares: [0, 0, 0, 0, 1, 0, 0, 0, 0, 0],
  byOfferRate: null,
  hiddenShare: 0.5,
  hintShares: { row: 1, modify_date: 0.4, absence: 1 },
};
const known: FiguresKnowledge = { offer: half, price: half, in_stock: half, out_of_stock: half, gone: half };
const learned = { offer: null, price: null, in_stock: null, out_of_stock: null, gone: null };
/** ln of the probability that nothing changes in some days, by the rate of one a day. */
const held = (days: number) => -2 * Math.log1p(days / 2);
/** The days of which it is. */
const daysHeld = (logHeld: number) => 2 * Math.expm1(-logHeld / 2);
/** Days without a change that its evidence is of. */
const daysOf = (figure: LearnedFigure | null) => daysHeld(figure?.evidence[7] ?? 0);
/** The same of a change: days in which it came. */
const changeDaysOf = (figure: LearnedFigure | null) =>
  daysHeld(Math.log1p(-Math.exp(figure?.evidence[7] ?? 0)));
const before: FiguresBefore = {
  ...{
    learned,
    vouchedAt: day(4),
    countedHint: null,
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
  it('is learned from what rows vouched for, as that of changes that the planner knows', () => {
    for (const isChanged of [false, true]) {
      // By its rate alone, 1 change in 10 days: 2 in 20. Vouched for four of ten days.
      const ages = { summaryAgeDays: 6, detailAgeDays: 10, rate: { changes: 2, days: 20 } };
      const { visible, hidden } = visibleEvidence(
        { ...ages, isChanged },
        { visibleShare: 0.5, dateShare: 1 },
      );
      const stat = statOf({}, 10, isChanged);
      expect(stat?.hint).toBe('none');
      expect(stat?.hiddenChanges).toBeCloseTo(hidden, 5);
      expect(stat?.hiddenExpected).toBeCloseTo(visible + hidden, 5);
    }
  });

  it.each<[string, Partial<FiguresBefore>]>([
    ['a row vouched for nothing', { vouchedAt: null }],
    ['a row vouched for an older detail', { vouchedAt: day(-4) }],
    ['a row had hinted at a change', { stale: { since: day(5), by: 'row' } }],
    ['it had been missing', { stale: { since: day(5), by: 'absence' } }],
  ])('is not learned where %s', (_, part) => {
    const hint = part.stale?.by ?? 'none';
    const hintChanges = hint === 'none' ? 0 : 1;
    expect(statOf(part, 10, true)).toMatchObject({ hint, hintChanges, hiddenChanges: 0, hiddenExpected: 0 });
  });
});

describe('the figures that a detail says something of', () => {
  const figuresOf = (
    part: Partial<FiguresBefore>,
    now: ShownFigures,
    isChanged = false,
    isVisible = isChanged,
  ) => {
    const { after, stats } = learnFiguresOfDetail(
      known,
      { ...before, ...part },
      detail(10, isChanged, isVisible),
      now,
    );
    const hasChanged = (of: LearnedFigure | null) => (of?.evidence[0] ?? 0) < -1;
    return stats.map(({ figure }) => `${figure} ${String(hasChanged(after.learned[figure]))}`);
  };
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

  const hintedBy = (by: 'row' | 'modify_date', at: number, isChanged: boolean) =>
    learnFiguresOfDetail(
      known,
      { ...before, stale: { since: day(6), by }, countedHint: by === 'row' ? { since: day(6), by } : null },
      detail(at, isChanged),
      shown,
    );

  it('learn nothing of a change that a price in a row had shown, but of stock, which it had not', () => {
    const { offer, price, in_stock } = hintedBy('row', 10, true).after.learned;
    expect([offer, price]).toEqual([null, null]);
    expect(daysOf(in_stock)).toBeCloseTo(8, 9);
  });

  it('learn of a change after a hint that need not mean one, as far as it may have come since', () => {
    // Two of five had changed by then, and of the others so many since.
    const since = 1 - (1 + 4 / 20) ** -2;
    const byHint = 0.4 / (0.4 + 0.6 * since);
    const { after, stats } = hintedBy('modify_date', 10, true);
    expect(stats[0]?.hintChanges).toBeCloseTo(byHint, 6);
    expect(changeDaysOf(after.learned.offer)).toBeCloseTo(8 - 4 * byHint, 5);
    // At once, it can only be of the hint.
    expect(hintedBy('modify_date', 6, true).stats[0]?.hintChanges).toBe(1);
    expect(hintedBy('modify_date', 10, false).stats[0]?.hintChanges).toBe(0);
  });

  it('learn of a change that a row hinted at before the detail that is known', () => {
    const hinted = {
      ...{ ...before, vouchedAt: null, priceHintedAt: day(-2) },
      stale: { since: day(-2), by: 'row' } as const,
    };
    const { after } = learnFiguresOfDetail(known, hinted, detail(10, true), shown);
    expect(after.learned.offer).toBeNull();
  });

  it('have its stock from then on, unless it is empty', () => {
    const after = (now: ShownFigures) => learnFiguresOfDetail(known, before, detail(10), now).after;
    expect(after(of(false))).toMatchObject({ isInStock: false, vouchedAt: day(10) });
    expect(after({ isFound: false, isInStock: true }).isInStock).toBeNull();
  });

  it('learn from the days that rows left open, and forget by those since', () => {
    const evidence = half.shares.map(() => -90);
    const some = { ...learned, price: { evidence, rate: { changes: 1, days: 1 } } };
    const from = (part: Partial<FiguresBefore>, at: number) =>
      learnFiguresOfDetail(known, { ...before, ...part }, detail(at), shown).after.learned;
    // Half of what was known, and 90 days more.
    const all = from({ vouchedAt: null, learned: some }, 90).price;
    expect(all?.evidence[7]).toBeCloseTo(-45 + held(90), 9);
    // Six days since the row, and half of the four before it.
    expect(daysOf(from({}, 10).offer)).toBeCloseTo(8, 9);
    expect(from({}, -1).offer).toBeNull();
  });
});

describe('a row that hints at nothing', () => {
  const after = (part: Partial<FiguresBefore>, at: number) =>
    learnFiguresOfRow(known, { ...before, ...part }, { at: day(at), stale: null, isReturned: false });

  it('vouches for the days since the last that did', () => {
    expect(daysOf(after({}, 10).learned.offer)).toBeCloseTo(3, 9);
    expect(daysOf(after({ vouchedAt: null }, 10).learned.offer)).toBeCloseTo(5, 9);
    expect(after({ vouchedAt: day(-1) }, 10)).toMatchObject({ vouchedAt: day(10), isInStock: true });
    expect(daysOf(after({ vouchedAt: day(-1) }, 10).learned.offer)).toBeCloseTo(5, 9);
    expect(after({ vouchedAt: day(12) }, 10).learned.offer).toBeNull();
  });

  it('says nothing of figures that the detail did not show', () => {
    const { learned: of } = after({}, 10);
    for (const figure of [of.price, of.in_stock]) expect(daysOf(figure)).toBeCloseTo(3, 9);
    expect(of.out_of_stock).toBeNull();
    const empty = after({ isFound: false }, 10).learned;
    expect(daysOf(empty.gone)).toBeCloseTo(3, 9);
    expect([empty.offer, empty.price, empty.in_stock]).toEqual([null, null, null]);
  });

  it.each<[string, Partial<FiguresBefore>, number]>([
    ['no detail', { detailAt: null }, 10],
    ['a detail of the same moment', { detailAt: day(10) }, 10],
    ['no row before', { rowAt: null }, 10],
  ])('vouches for nothing with %s', (_, part, at) => {
    expect(after(part, at)).toEqual({ learned, vouchedAt: day(4), countedHint: null, isInStock: true });
  });
});
