import { describe, expect, it } from 'vitest';
import type { PageObservation, PassOutcome, PriceBand, WindowState } from '../../../../src/model/learning.ts';
import { advanceWindow } from '../../../../src/refresh/searches/advance-window.ts';
import { driftRows } from '../../../../src/refresh/searches/drift-rows.ts';
import { isReadAgain } from '../../../../src/refresh/searches/is-read-again.ts';
import { noteYield } from '../../../../src/refresh/searches/note-yield.ts';
import { fenBetween, formatFen, parseUnits } from '../../../../src/refresh/searches/price-units.ts';
import { splitWindow } from '../../../../src/refresh/searches/split-window.ts';
import { freshWindow } from './fresh-window.ts';

const at = new Date('2026-01-10T00:00:00Z');
const after = (ms: number) => new Date(at.getTime() + ms);
const dayMs = 86_400_000;

/** A page of a list of 120 records, read at `at`. */
const page = (number: number, part: Partial<PageObservation> = {}): PageObservation => ({
  ...{ page: number, pageSize: 50, observedAt: at, rowsInAnswer: 50, totalRecords: 120, newIdsInPass: 50 },
  ...{ isSplit: false, isSuspect: false, ...part },
});
/** A page with so many rows, which are all of its list. */
const whole = (rows: number, part: Partial<PageObservation> = {}) =>
  page(1, { rowsInAnswer: rows, newIdsInPass: rows, totalRecords: rows, ...part });
const read = (prior: WindowState, ...pages: readonly Partial<PageObservation>[]) =>
  pages.reduce<WindowState>((state, part) => advanceWindow(state, page(state.nextPage, part)), prior);

it.each([
  [0, 3],
  [60, 3],
  [79, 3],
  [80, 4],
  [1000, 50],
])('of %i records, %i may be missing from a list that moves', (records, rows) => {
  expect(driftRows(records)).toBe(rows);
});

describe('a total that shrank', () => {
  const known = (totalRecords: number, part: Partial<WindowState> = {}): WindowState => ({
    ...{ ...freshWindow, completedAt: at, lastOutcome: 'complete', totalRecords, ...part },
  });

  it.each([
    [4, 2, true],
    [4, 1, false],
    [5, 3, false],
    [5, 4, true],
    [20, 12, false],
    [20, 13, true],
    [3, 0, false],
  ])('from %i to %i is believed at once: %s', (before, total, isBelieved) => {
    const state = advanceWindow(known(before), whole(total));
    expect(state.totalRecords).toBe(isBelieved ? total : before);
    expect(state.lastOutcome).toBe(isBelieved ? 'complete' : 'unproven');
  });

  it('is none where a page gives no total: what it listed says as much', () => {
    const ended = (rows: number) => advanceWindow(known(20), whole(rows, { totalRecords: null }));
    expect(ended(0)).toMatchObject({ totalRecords: 20, fullPassAt: null, lastOutcome: 'unproven' });
    expect(ended(12)).toMatchObject({ totalRecords: 20, fullPassAt: null });
    expect(ended(13)).toMatchObject({ totalRecords: 20, fullPassAt: at });
  });

  it.each<[PassOutcome, number | null, boolean]>([
    ['unproven', 12, true],
    ['short', 12, true],
    ['complete', 12, false],
    ['stale', 12, false],
    ['unproven', 13, false],
    ['unproven', null, false],
  ])('is believed when the last pass, %s with %s, saw it too: %s', (lastOutcome, lastReach, isBelieved) => {
    const prior = known(20, { lastOutcome, lastReach });
    expect(advanceWindow(prior, whole(12)).totalRecords).toBe(isBelieved ? 12 : 20);
  });

  it('is believed after a week, whatever other searches do, but not before', () => {
    const seen = { lastOutcome: 'unproven', lastReach: 12 } as const;
    const later = (ms: number, fullPassAt: Date | null = at) =>
      advanceWindow(
        known(20, { ...seen, fullPassAt }),
        whole(12, { isSuspect: true, observedAt: after(ms) }),
      );
    expect(later(7 * dayMs)).toMatchObject({ totalRecords: 20, fullPassAt: at });
    expect(later(7 * dayMs + 1)).toMatchObject({ totalRecords: 12, fullPassAt: after(7 * dayMs + 1) });
    expect(later(99 * dayMs, null).totalRecords).toBe(20);
  });

  it('on a later page of the pass is not believed', () => {
    const prior = {
      ...known(200),
      lastOutcome: 'unproven',
      lastReach: 60,
      nextPage: 2,
      passStartedAt: at,
    } as const;
    const last = page(2, { rowsInAnswer: 10, newIdsInPass: 10, totalRecords: 60 });
    expect(advanceWindow({ ...prior, rowsSeen: 50, idsListed: 50 }, last).totalRecords).toBe(200);
  });
});

describe('a pass', () => {
  const last = { rowsInAnswer: 20, newIdsInPass: 20 };

  it('is steady for an hour, and from one page to another at the same time', () => {
    const within = (ms: number) =>
      read({ ...freshWindow, completedAt: at }, {}, {}, { ...last, observedAt: after(ms) });
    expect(within(3_600_000).lastOutcome).toBe('complete');
    expect(within(0).lastOutcome).toBe('complete');
    expect(within(3_600_001).lastOutcome).toBe('unproven');
  });

  it('has no page behind its end on the first one', () => {
    const prior = { ...freshWindow, totalRecords: 0 };
    expect(advanceWindow(prior, whole(5, { newIdsInPass: 0 }))).toMatchObject({
      rowsSeen: 5,
      totalRecords: 5,
    });
  });

  it('takes a page for empty behind the end of its list, if it has nothing new', () => {
    const prior = { ...read(freshWindow, { totalRecords: 100 }, { totalRecords: 100 }) };
    expect(prior.nextPage).toBe(3);
    expect(advanceWindow(prior, page(3, { newIdsInPass: 0, totalRecords: 130 }))).toMatchObject({
      ...{ rowsSeen: 100, totalRecords: 100, lastOutcome: 'complete' },
    });
    const more = advanceWindow(prior, page(3, { rowsInAnswer: 30, newIdsInPass: 1, totalRecords: 130 }));
    expect(more).toMatchObject({ rowsSeen: 130, idsListed: 101, totalRecords: 130 });
    const before = { ...prior, nextPage: 2, totalRecords: 51, rowsSeen: 50, idsListed: 50 };
    expect(
      advanceWindow(before, page(2, { rowsInAnswer: 1, newIdsInPass: 0, totalRecords: 51 })).rowsSeen,
    ).toBe(51);
  });

  it('is not in doubt for a first page without a new id, nor for three rows', () => {
    expect(advanceWindow(freshWindow, page(1, { newIdsInPass: 0 }))).toMatchObject({
      nextPage: 2,
      isDoubted: false,
    });
    const second = read(freshWindow, { totalRecords: 500 });
    const rows = (rowsInAnswer: number) =>
      advanceWindow(second, page(2, { totalRecords: 500, rowsInAnswer, newIdsInPass: 0 })).isDoubted;
    expect([rows(3), rows(4), rows(0)]).toEqual([false, true, true]);
  });

  it('ends at its bound even with a page that does not fit', () => {
    const prior = read({ ...freshWindow, maxPages: 2 }, { totalRecords: 500 });
    const end = (part: Partial<PageObservation>) =>
      advanceWindow(prior, page(2, { totalRecords: 500, ...part })).lastOutcome;
    expect(end({})).toBe('max_pages');
    expect(end({ newIdsInPass: 0 })).toBe('page_repeated');
    expect(end({ rowsInAnswer: 0, newIdsInPass: 0 })).toBe('truncated');
    expect(read({ ...freshWindow, maxPages: 3 }, {}, {}).nextPage).toBe(3);
  });

  it('that was in doubt is not read again', () => {
    const pages = Array.from({ length: 7 }, () => ({ totalRecords: 500 }));
    const repeats = { totalRecords: 500, newIdsInPass: 40 };
    const end = read(
      freshWindow,
      ...pages,
      { totalRecords: 500, rowsInAnswer: 0, newIdsInPass: 0 },
      repeats,
      {
        ...{ totalRecords: 500, newIdsInPass: 45, rowsInAnswer: 50 },
      },
    );
    expect(end).toMatchObject({ nextPage: 1, passStartedAt: null, lastOutcome: 'truncated' });
  });

  it('of a list without a total is not read again', () => {
    const part = { totalRecords: null };
    const end = read(freshWindow, part, { ...part, rowsInAnswer: 40, newIdsInPass: 20 });
    expect(end).toMatchObject({ nextPage: 1, passStartedAt: null, lastOutcome: 'unproven' });
  });

  it('keeps when the list was complete, until it is again', () => {
    const prior = { ...freshWindow, completeSince: after(-dayMs), completedAt: after(-dayMs) };
    expect(advanceWindow(prior, whole(5)).completeSince).toEqual(at);
    expect(advanceWindow(prior, whole(5, { newIdsInPass: 4 })).completeSince).toEqual(after(-dayMs));
    expect(advanceWindow(prior, whole(5, { isSplit: true }))).toMatchObject({
      completeSince: after(-dayMs),
      lastReach: null,
    });
  });
});

it.each([
  ['it listed more than the pages before', { rowsSeen: 51, nextPage: 2 }, true],
  ['it listed just the pages before', { rowsSeen: 50, nextPage: 2 }, false],
  ['it is at its first page again', { rowsSeen: 1, nextPage: 1 }, true],
  ['it is not in doubt', { rowsSeen: 51, nextPage: 2, isDoubted: false }, false],
  ['it has not begun', { rowsSeen: 51, nextPage: 2, passStartedAt: null }, false],
])('a pass reads its pages again where %s', (_, part, expected) => {
  expect(isReadAgain({ passStartedAt: at, isDoubted: true, ...part }, 50)).toBe(expected);
});

describe('a quiet pass', () => {
  const quiet: WindowState = {
    ...{ ...freshWindow, nextPage: 4, passStartedAt: at, completedAt: at, lastOutcome: 'complete' },
    ...{ totalRecords: 1000, lastReach: 1000, stalePages: 2 },
  };
  const note = (part: Partial<WindowState>, number = 3) =>
    noteYield(
      { ...quiet, ...part },
      {
        ...{ page: number, pageSize: 50, observedAt: at, newOffers: 0, changedOffers: 0, isPart: false },
      },
    );

  it.each<[PassOutcome, boolean]>([
    ['complete', true],
    ['unproven', true],
    ['capped', true],
    ['short', true],
    ['max_pages', true],
    ['page_repeated', false],
  ])('after one that was %s stops: %s', (lastOutcome, isStopped) => {
    expect(note({ lastOutcome }).lastOutcome).toBe(isStopped ? 'stale' : lastOutcome);
  });

  it.each([
    { totalRecords: null, lastReach: 2 },
    { totalRecords: 2, lastReach: null },
  ])('of a list of which half is not known goes on: %j', (part) => {
    expect(note(part).nextPage).toBe(4);
  });

  it.each([
    [1052, true],
    [1053, false],
    [953, true],
    [952, false],
  ])('of %i records that were 1000 stops: %s', (totalRecords, isStopped) => {
    expect(note({ totalRecords }).nextPage).toBe(isStopped ? 1 : 4);
  });

  it.each([
    [{ totalRecords: 960, lastReach: 960 }, 3, 17],
    [{ totalRecords: 2100, lastReach: 2100 }, 3, 37],
    [{ maxPages: 5 }, 3, 2],
    [{ savedCalls: 7 }, 30, 7],
  ])('with %j saves the pages behind page %i: %i', (part, number, savedCalls) => {
    expect(note(part, number).savedCalls).toBe(savedCalls);
  });

  it('that reads its pages again is not over at the first of them', () => {
    const again = note({ nextPage: 1, isDoubted: true, lastNew: 7 });
    expect(again).toMatchObject({ lastNew: 7, nextPage: 1, passStartedAt: at });
    expect(note({ nextPage: 1, passStartedAt: null, lastNew: 7 })).toMatchObject({
      lastNew: 0,
      lastChanged: 0,
    });
  });
});

describe('prices', () => {
  it.each([
    ['12', 120_000],
    ['0.00019', 1],
    ['12.5', 125_000],
    ['999999999', 9_999_999_990_000],
    ['1234567890', null],
    ['x', null],
    ['.5', null],
    ['1.', null],
    ['-1', null],
  ])('as text %s are %s units', (text, units) => {
    expect(parseUnits(text)).toBe(units);
  });

  it.each([
    [0, '0'],
    [5, '0.05'],
    [100, '1'],
    [1005, '10.05'],
    [1250, '12.5'],
    [10_000, '100'],
  ])('of %i fen are %s', (fen, text) => {
    expect(formatFen(fen)).toBe(text);
  });

  it('have whole fen strictly between them, or none', () => {
    expect(fenBetween(100, 500)).toEqual([2, 4]);
    expect(fenBetween(150, 450)).toEqual([2, 4]);
    expect(fenBetween(100, 200)).toEqual([2, 1]);
  });
});

describe('a part of a search', () => {
  const decide = (band: PriceBand, prices: readonly string[]) =>
    splitWindow(
      { band, isPart: true, isSplit: false, isSplittable: true },
      { page: 1, totalRecords: 2000, prices },
    );
  const outside = ['9', '9.5', '10', '15', '12'];

  it.each<[string, PriceBand, readonly string[], string]>([
    ['half as wide as its lower bound', { minCny: '10', maxCny: '15' }, outside, 'ignored'],
    ['narrower', { minCny: '10', maxCny: '14.99' }, outside, 'split'],
    ['without a lower bound', { minCny: null, maxCny: '9.4' }, ['1', '2', '9.4', '10', '11'], 'ignored'],
    ['without an upper bound', { minCny: '10', maxCny: null }, outside, 'ignored'],
    ['with fewer rows outside', { minCny: '10', maxCny: '15' }, [...outside, '11'], 'split'],
    ['with no row at all', { minCny: '10', maxCny: '15' }, [], 'whole'],
  ])('%s shows that bounds are ignored, or not', (_, band, prices, kind) => {
    expect(decide(band, prices).kind).toBe(kind);
  });

  it.each<[string, PriceBand, readonly string[], string | null]>([
    [
      'in the middle of the gap that halves its rows',
      { minCny: '10', maxCny: '20' },
      ['11', '12', '16', '17'],
      '14',
    ],
    ['not by rows outside of it', { minCny: '10', maxCny: '20' }, ['11', '12', '16', '17', '90'], '14'],
    ['at its lower bound among rows', { minCny: '10', maxCny: '20' }, ['10', '10', '20', '20'], '15'],
    ['above its only price', { minCny: '10', maxCny: '20' }, ['12', '12'], '12.01'],
    ['below its only price, where nothing is above', { minCny: '10', maxCny: '12' }, ['12', '12'], '11.99'],
    ['nowhere when it is as narrow as can be', { minCny: '10', maxCny: '10.01' }, ['10', '10.01'], null],
    [
      'at a price of its own where no fen is between',
      { minCny: '10', maxCny: '12' },
      ['11', '11.01'],
      '11.01',
    ],
  ])('is cut %s', (_, band, prices, bound) => {
    const decision = decide(band, prices);
    expect(decision.kind === 'split' ? decision.parts[0]?.maxCny : null).toBe(bound);
    if (decision.kind === 'split') expect(decision.parts[1]?.minCny).toBe(bound);
  });
});
