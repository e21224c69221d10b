import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import type { PageLook, WindowState } from '../../src/model/learning.ts';
import { advanceWindow, searchReach } from '../../src/plan/advance-window.ts';

const fresh: WindowState = {
  nextPage: 1,
  passStartedAt: null,
  rowsSeen: 0,
  totalRecords: null,
  completedAt: null,
  lastOutcome: null,
  maxPages: null,
};
const at = new Date('2026-01-01T00:00:00Z');
const later = new Date('2026-01-01T00:01:00Z');

function look(page: number, part: Partial<PageLook> = {}): PageLook {
  return {
    page,
    pageSize: 50,
    observedAt: at,
    rowsInAnswer: 50,
    totalRecords: 120,
    newIdsInPass: 50,
    ...part,
  };
}

describe('a pass over a search window', () => {
  it('moves to the next page and remembers when it began', () => {
    const second = advanceWindow(fresh, look(1));
    expect(second).toMatchObject({ nextPage: 2, passStartedAt: at, rowsSeen: 50, totalRecords: 120 });
    expect(advanceWindow(second, look(2, { observedAt: later }))).toMatchObject({
      nextPage: 3,
      passStartedAt: at,
    });
  });

  it('is complete when every row of the total was listed, and starts again at page 1', () => {
    const third: WindowState = { ...fresh, nextPage: 3, rowsSeen: 100, passStartedAt: at };
    expect(
      advanceWindow(third, look(3, { rowsInAnswer: 20, newIdsInPass: 20, observedAt: later })),
    ).toMatchObject({
      nextPage: 1,
      passStartedAt: null,
      completedAt: later,
      lastOutcome: 'complete',
      rowsSeen: 120,
    });
  });

  it('does not ask for the page that an off-by-one total of pages promises', () => {
    const done = advanceWindow({ ...fresh, nextPage: 2, rowsSeen: 50 }, look(2, { totalRecords: 100 }));
    expect(done).toMatchObject({ nextPage: 1, lastOutcome: 'complete' });
  });

  it('ends an empty window with one page', () => {
    expect(
      advanceWindow(fresh, look(1, { rowsInAnswer: 0, totalRecords: 0, newIdsInPass: 0 })),
    ).toMatchObject({
      nextPage: 1,
      lastOutcome: 'complete',
      completedAt: at,
    });
  });

  it('is short when the rows end before the total does', () => {
    const second: WindowState = { ...fresh, nextPage: 2, rowsSeen: 50, passStartedAt: at };
    expect(advanceWindow(second, look(2, { rowsInAnswer: 0, newIdsInPass: 0 }))).toMatchObject({
      lastOutcome: 'short',
      nextPage: 1,
    });
  });

  it('is capped at the reach of a query, whose total says nothing about what lies beyond', () => {
    const last: WindowState = { ...fresh, nextPage: 40, rowsSeen: 1950, passStartedAt: at };
    expect(advanceWindow(last, look(40, { totalRecords: searchReach }))).toMatchObject({
      lastOutcome: 'capped',
    });
  });

  it('stops at a page without one new id', () => {
    const second: WindowState = { ...fresh, nextPage: 2, rowsSeen: 50, passStartedAt: at };
    expect(advanceWindow(second, look(2, { newIdsInPass: 0 }))).toMatchObject({
      lastOutcome: 'page_repeated',
    });
  });

  it("stops at the feed's own bound", () => {
    expect(advanceWindow({ ...fresh, maxPages: 1 }, look(1))).toMatchObject({ lastOutcome: 'max_pages' });
  });

  it('takes a page that is not full for the last one when no total is given', () => {
    expect(advanceWindow(fresh, look(1, { totalRecords: null, rowsInAnswer: 49 }))).toMatchObject({
      lastOutcome: 'complete',
    });
    expect(advanceWindow(fresh, look(1, { totalRecords: null }))).toMatchObject({ nextPage: 2 });
  });

  it('learns nothing from a page it does not wait for', () => {
    expect(advanceWindow({ ...fresh, nextPage: 3 }, look(2))).toEqual({ ...fresh, nextPage: 3 });
  });

  it('ends for every total, after exactly the pages that hold its reachable rows', () => {
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
            look(pages, { pageSize, rowsInAnswer: rows, newIdsInPass: rows, totalRecords: reachable }),
          );
        } while (state.nextPage !== 1);
        expect(pages).toBe(Math.max(1, Math.ceil(reachable / pageSize)));
        expect(state.lastOutcome).toBe(total >= searchReach ? 'capped' : 'complete');
      }),
    );
  });
});
