import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import type { PageObservation, WindowState } from '../../../../src/model/learning.ts';
import { advanceWindow } from '../../../../src/refresh/searches/advance-window.ts';
import { searchReach } from '../../../../src/model/search-limits.ts';
import { freshWindow as fresh } from './fresh-window.ts';

const at = new Date('2026-01-01T00:00:00Z');
const later = new Date('2026-01-01T00:01:00Z');

function observation(page: number, part: Partial<PageObservation> = {}): PageObservation {
  return {
    page,
    pageSize: 50,
    observedAt: at,
    rowsInAnswer: 50,
    totalRecords: 120,
    newIdsInPass: 50,
    isSplit: false,
    isSuspect: false,
    ...part,
  };
}

describe('a pass over a search window', () => {
  it('moves to the next page and remembers when it began', () => {
    const second = advanceWindow(fresh, observation(1));
    expect(second).toMatchObject({ nextPage: 2, passStartedAt: at, rowsSeen: 50, totalRecords: 120 });
    expect(advanceWindow(second, observation(2, { observedAt: later }))).toMatchObject({
      nextPage: 3,
      passStartedAt: at,
    });
  });

  it('is complete when every row of the total was listed, and starts again at page 1', () => {
    const third: WindowState = {
      ...fresh,
      nextPage: 3,
      rowsSeen: 100,
      idsListed: 100,
      passStartedAt: at,
      totalRecords: 120,
    };
    expect(
      advanceWindow(third, observation(3, { rowsInAnswer: 20, newIdsInPass: 20, observedAt: later })),
    ).toMatchObject({
      nextPage: 1,
      passStartedAt: null,
      completedAt: later,
      lastOutcome: 'complete',
      completeSince: at,
      rowsSeen: 120,
      lastReach: 120,
      fullPassAt: later,
    });
  });

  it('asks for one page more when the last page of a total is full, and ends where that has nothing', () => {
    const part = { totalRecords: 100, observedAt: later };
    const first = advanceWindow(fresh, observation(1, { totalRecords: 100 }));
    const second = advanceWindow(first, observation(2, part));
    expect(second).toMatchObject({ nextPage: 3, lastOutcome: null });
    for (const empty of [
      { totalRecords: 100, rowsInAnswer: 0 },
      { totalRecords: null, rowsInAnswer: 0 },
      { totalRecords: 0, rowsInAnswer: 0 },
      { totalRecords: 100, rowsInAnswer: 50 },
    ]) {
      const page = observation(3, { ...part, ...empty, newIdsInPass: 0 });
      expect(advanceWindow(second, page)).toMatchObject({
        ...{ nextPage: 1, lastOutcome: 'complete', lastReach: 100, completeSince: at },
      });
    }
  });

  it('does not ask for that page when the last pass listed just as many', () => {
    const before: WindowState = { ...fresh, lastOutcome: 'complete', lastReach: 100, totalRecords: 100 };
    const first = advanceWindow(before, observation(1, { totalRecords: 100 }));
    expect(advanceWindow(first, observation(2, { totalRecords: 100 }))).toMatchObject({
      ...{ nextPage: 1, lastOutcome: 'complete' },
    });
  });

  it.each([
    { real: 120, total: 70, calls: 3 },
    { real: 120, total: 100, calls: 3 },
    { real: 150, total: 100, calls: 4 },
    { real: 120, total: 170, calls: 4 },
    { real: 100, total: 150, calls: 3 },
    { real: 49, total: 99, calls: 2 },
    { real: 40, total: 0, calls: 1 },
  ])('lists $real records whose total is $total, with $calls calls', ({ real, total, calls }) => {
    let state: WindowState = fresh;
    let asked = 0;
    do {
      asked += 1;
      const rowsInAnswer = Math.max(0, Math.min(50, real - (asked - 1) * 50));
      state = advanceWindow(
        state,
        observation(state.nextPage, { totalRecords: total, rowsInAnswer, newIdsInPass: rowsInAnswer }),
      );
    } while (state.nextPage > 1);
    expect([asked, state.lastReach]).toEqual([calls, real]);
    expect(state.lastOutcome).not.toBe('complete');
  });

  it('ends an empty window with one page', () => {
    expect(
      advanceWindow(fresh, observation(1, { rowsInAnswer: 0, totalRecords: 0, newIdsInPass: 0 })),
    ).toMatchObject({
      nextPage: 1,
      lastOutcome: 'complete',
      completedAt: at,
    });
  });

  it('is capped at the reach of a query, whose total says nothing about what lies beyond', () => {
    const last: WindowState = { ...fresh, nextPage: 40, rowsSeen: 1950, idsListed: 1950, passStartedAt: at };
    expect(advanceWindow(last, observation(40, { totalRecords: searchReach }))).toMatchObject({
      lastOutcome: 'capped',
    });
  });

  it('ends at once when parts are asked for in its place, and what is known of the list stays', () => {
    const before: WindowState = { ...fresh, completedAt: at, lastReach: 1900, fullPassAt: at };
    const split = observation(1, { totalRecords: searchReach, isSplit: true, observedAt: later });
    expect(advanceWindow(before, split)).toMatchObject({
      nextPage: 1,
      lastOutcome: 'split',
      completedAt: later,
      lastReach: 1900,
      fullPassAt: at,
    });
  });

  it("stops at the feed's own bound", () => {
    expect(advanceWindow({ ...fresh, maxPages: 1 }, observation(1))).toMatchObject({
      lastOutcome: 'max_pages',
    });
  });

  it('takes a page that is not full for the last one when no total is given', () => {
    const half = observation(1, { totalRecords: null, rowsInAnswer: 49, newIdsInPass: 49 });
    expect(advanceWindow(fresh, half)).toMatchObject({ nextPage: 1, lastOutcome: 'unproven' });
    expect(advanceWindow(fresh, observation(1, { totalRecords: null }))).toMatchObject({ nextPage: 2 });
  });

  it('learns nothing from a page it does not wait for', () => {
    expect(advanceWindow({ ...fresh, nextPage: 3 }, observation(2))).toEqual({ ...fresh, nextPage: 3 });
  });

  it('ends for every total, after the pages that hold its reachable rows, and one where the last is full', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 5000 }), fc.integer({ min: 1, max: 50 }), (total, pageSize) => {
        const reachable = Math.min(total, searchReach);
        let state = fresh;
        let pages = 0;
        do {
          const rows = Math.max(0, Math.min(pageSize, reachable - pages * pageSize));
          pages += 1;
          state = advanceWindow(
            state,
            observation(pages, { pageSize, rowsInAnswer: rows, newIdsInPass: rows, totalRecords: reachable }),
          );
        } while (state.nextPage !== 1);
        const isMoreAsked = reachable > 0 && reachable < searchReach && reachable % pageSize === 0;
        expect(pages).toBe(Math.max(1, Math.ceil(reachable / pageSize)) + (isMoreAsked ? 1 : 0));
        expect(state.lastOutcome).toBe(total >= searchReach ? 'capped' : 'complete');
      }),
    );
  });
});

describe('a pass that meets a page which does not fit its list', () => {
  const empty = { rowsInAnswer: 0, newIdsInPass: 0 };
  const repeat = { newIdsInPass: 0 };
  const pagesOf = (...parts: readonly Partial<PageObservation>[]) => {
    const states: WindowState[] = [];
    for (const part of parts) {
      const prior = states.at(-1) ?? fresh;
      states.push(advanceWindow(prior, observation(prior.nextPage, { totalRecords: 500, ...part })));
    }
    return states;
  };

  it.each([
    ['repeated', 'page_repeated', repeat],
    ['empty', 'truncated', empty],
  ])('asks for one page more, and ends as %s when that is no better', (_, lastOutcome, bad) => {
    const [, doubted, over] = pagesOf({}, bad, bad);
    expect(doubted).toMatchObject({ nextPage: 3, lastOutcome: null, isDoubted: true });
    expect(over).toMatchObject({ nextPage: 1, lastOutcome, lastReach: 50 });
  });

  it('continues when that is better, and ends as truncated, because a page is missing', () => {
    const states = pagesOf({}, empty, ...Array.from({ length: 8 }, () => ({})));
    expect(states.at(-2)).toMatchObject({ nextPage: 10, isDoubted: true });
    expect(states.at(-1)).toMatchObject({ nextPage: 1, lastOutcome: 'truncated', lastReach: 450 });
    expect(states.at(-1)?.completeSince).toBeNull();
  });

  it.each([
    [497, 'short'],
    [475, 'short'],
    [474, 'truncated'],
  ])('with %i of 500 offers is %s: a list that moves loses some', (listed, lastOutcome) => {
    const last: WindowState = {
      ...fresh,
      nextPage: 10,
      rowsSeen: listed - 40,
      idsListed: listed - 40,
      passStartedAt: at,
    };
    expect(
      advanceWindow(last, observation(10, { totalRecords: 500, rowsInAnswer: 40, newIdsInPass: 40 })),
    ).toMatchObject({ lastOutcome });
  });

  it.each([
    [503, 'unproven'],
    [504, 'page_repeated'],
  ])('of %i offers whose last page repeats rows of the one before is %s', (totalRecords, lastOutcome) => {
    const last = { totalRecords, rowsInAnswer: totalRecords - 500, newIdsInPass: 0 };
    const pages = [...Array.from({ length: 10 }, () => ({})), last];
    const state = pages.reduce<WindowState>(
      (prior, part) => advanceWindow(prior, observation(prior.nextPage, { totalRecords, ...part })),
      { ...fresh, completedAt: at },
    );
    expect(state).toMatchObject({ nextPage: 1, lastOutcome, lastReach: 500 });
  });

  it('is truncated when it listed too few different offers, however many rows there were', () => {
    const last: WindowState = { ...fresh, nextPage: 10, rowsSeen: 450, idsListed: 300, passStartedAt: at };
    expect(advanceWindow(last, observation(10, { totalRecords: 500 }))).toMatchObject({
      lastOutcome: 'truncated',
    });
  });
});

describe('a pass whose pages add up to the total proves nothing of what it did not list', () => {
  const lastPage = { rowsInAnswer: 20, newIdsInPass: 20, observedAt: later };
  const before: WindowState = { ...fresh, completedAt: at, lastOutcome: 'complete', completeSince: at };
  const passOf = (...pages: readonly Partial<PageObservation>[]) =>
    pages.reduce<WindowState>(
      (state, part, index) => advanceWindow(state, observation(index + 1, part)),
      before,
    );

  it.each<[string, readonly Partial<PageObservation>[]]>([
    ['when the total changed meanwhile', [{ totalRecords: 119 }, {}, lastPage]],
    ['when a row stood on two pages', [{}, { newIdsInPass: 49 }, lastPage]],
    ['when a row could not be read', [{ newIdsInPass: 49 }, {}, lastPage]],
    ['when a page gave no total', [{}, { totalRecords: null }, lastPage]],
    [
      'when its pages lie more than an hour apart',
      [{}, {}, { ...lastPage, observedAt: new Date(at.getTime() + 3_600_001) }],
    ],
    ['when a page is older than the first', [{}, { observedAt: new Date(at.getTime() - 1) }, lastPage]],
    [
      'when there are more rows than the total says',
      [{}, {}, { ...lastPage, rowsInAnswer: 21, newIdsInPass: 21 }],
    ],
  ])('%s', (_, pages) => {
    expect(passOf({}, {}, lastPage)).toMatchObject({ lastOutcome: 'complete' });
    expect(passOf(...pages)).toMatchObject({ nextPage: 1, lastOutcome: 'unproven', completeSince: at });
  });

  it('when the list has shrunk to three fifths or less, until it is seen so again', () => {
    const few = observation(1, { rowsInAnswer: 9, newIdsInPass: 9, totalRecords: 9, observedAt: later });
    const once = advanceWindow({ ...before, totalRecords: 19 }, few);
    expect(once).toMatchObject({ lastOutcome: 'unproven', completeSince: at });
    expect(advanceWindow(once, few)).toMatchObject({ lastOutcome: 'complete', completeSince: later });
    const more = observation(1, { ...few, rowsInAnswer: 12, newIdsInPass: 12, totalRecords: 12 });
    expect(advanceWindow({ ...before, totalRecords: 19 }, more)).toMatchObject({ lastOutcome: 'complete' });
  });

  it('when many searches have shrunk, for a week', () => {
    const few = (days: number) =>
      observation(1, {
        ...{ rowsInAnswer: 9, newIdsInPass: 9, totalRecords: 9, isSuspect: true },
        observedAt: new Date(later.getTime() + days * 86_400_000),
      });
    let state: WindowState = { ...before, totalRecords: 19, fullPassAt: later };
    for (const days of [1, 2, 3, 6]) {
      state = advanceWindow(state, few(days));
      expect(state).toMatchObject({ lastOutcome: 'unproven', completeSince: at, totalRecords: 19 });
    }
    state = advanceWindow(state, few(8));
    expect(state.totalRecords).toBe(9);
    expect(advanceWindow(state, { ...few(9), isSuspect: false })).toMatchObject({ lastOutcome: 'complete' });
  });

  it('when other searches have shrunk, though this one has not', () => {
    const page = observation(1, { rowsInAnswer: 19, newIdsInPass: 19, totalRecords: 19, isSuspect: true });
    expect(advanceWindow({ ...before, totalRecords: 19 }, page)).toMatchObject({
      lastOutcome: 'unproven',
      completeSince: at,
    });
  });

  it('nor does the next pass doubt itself for what the last one met', () => {
    const moved = passOf({ totalRecords: 119 }, {}, lastPage);
    expect(advanceWindow(moved, observation(1))).toMatchObject({ nextPage: 2, isPassSteady: true });
  });
});

describe('the first pass over a list that moved while it was read', () => {
  const repeat = { newIdsInPass: 49 };
  const lastPage = { rowsInAnswer: 20, newIdsInPass: 20 };
  const readOn = (prior: WindowState, ...parts: readonly Partial<PageObservation>[]) =>
    parts.reduce<WindowState>(
      (state, part) => advanceWindow(state, observation(state.nextPage, { observedAt: later, ...part })),
      prior,
    );
  const nothing = { newIdsInPass: 0 };
  const found = { newIdsInPass: 1 };

  it('goes on from its first page, and keeps what it listed', () => {
    expect(readOn(fresh, {}, repeat, lastPage)).toMatchObject({
      ...{ nextPage: 1, passStartedAt: later, completedAt: null, isDoubted: true },
      ...{ rowsSeen: 120, idsListed: 119 },
    });
  });

  it('ends as soon as it has listed what was missing, and proves nothing', () => {
    const again = readOn(fresh, {}, repeat, lastPage);
    expect(readOn(again, nothing)).toMatchObject({ nextPage: 2, idsListed: 119, lastOutcome: null });
    expect(readOn(again, nothing, found)).toMatchObject({
      ...{ nextPage: 1, passStartedAt: null, completedAt: later, lastOutcome: 'unproven' },
      ...{ lastReach: 120, completeSince: null },
    });
  });

  it('ends with its pages when these do not list what is missing, and does not begin a third time', () => {
    const again = readOn(fresh, {}, repeat, lastPage);
    const end = readOn(again, nothing, nothing, { ...lastPage, ...nothing });
    expect(end).toMatchObject({ nextPage: 1, passStartedAt: null, lastOutcome: 'unproven', lastReach: 119 });
    expect(readOn(end, {})).toMatchObject({ nextPage: 2, isDoubted: false, rowsSeen: 50, idsListed: 50 });
  });

  it('ends at an empty page, at a page without a total, and where the list is split', () => {
    const again = readOn(fresh, {}, repeat, lastPage);
    for (const part of [
      { rowsInAnswer: 0, ...nothing },
      { totalRecords: null, ...nothing },
    ])
      expect(readOn(again, part)).toMatchObject({ nextPage: 1, passStartedAt: null, completedAt: later });
    expect(readOn(again, { isSplit: true })).toMatchObject({ passStartedAt: null, lastOutcome: 'split' });
  });

  it.each<[string, WindowState, readonly Partial<PageObservation>[]]>([
    ['that was read before', { ...fresh, completedAt: at }, [{}, repeat, lastPage]],
    ['of a feed with a bound on pages', { ...fresh, maxPages: 40 }, [{}, repeat, lastPage]],
    ['while other searches have shrunk', fresh, [{}, repeat, { ...lastPage, isSuspect: true }]],
    ['whose total is too large, for no row came twice', fresh, [{}, {}, { ...lastPage, totalRecords: 122 }]],
  ])('ends after one reading of a list %s', (_, prior, parts) => {
    expect(readOn(prior, ...parts)).toMatchObject({ nextPage: 1, passStartedAt: null, completedAt: later });
  });

  it.each([
    [1, 200, false],
    [1, 150, true],
    [2, 400, false],
    [2, 350, true],
  ])('that lacks %i of %i records is read again: %s', (repeats, totalRecords, isReadAgain) => {
    const pages = Array.from({ length: totalRecords / 50 }, (_, index) => ({
      totalRecords,
      ...(index > 0 && index <= repeats ? repeat : {}),
    }));
    expect(readOn(fresh, ...pages)).toMatchObject({
      ...{ nextPage: 1, idsListed: totalRecords - repeats, isDoubted: isReadAgain },
      lastReach: isReadAgain ? null : totalRecords - repeats,
    });
  });
});
