import { describe, expect, it } from 'vitest';
import type { PageYield, WindowState } from '../../../../src/model/learning.ts';
import { noteYield } from '../../../../src/refresh/searches/note-yield.ts';
import { freshWindow } from './fresh-window.ts';

const at = new Date('2026-01-01T00:00:00Z');
const now = new Date('2026-01-02T00:00:00Z');

/** A list of 20 pages that was read to its end before; the pass has read so many pages of it, all of them as known. */
function readBefore(pages: number, part: Partial<WindowState> = {}): WindowState {
  return {
    ...freshWindow,
    nextPage: pages + 1,
    passStartedAt: now,
    completedAt: at,
    lastOutcome: 'complete',
    totalRecords: 1000,
    lastReach: 1000,
    lastNew: 7,
    stalePages: pages - 1,
    ...part,
  };
}

function found(page: number, newOffers = 0, changedOffers = 0): PageYield {
  return { page, pageSize: 50, observedAt: now, newOffers, changedOffers, isPart: false };
}

describe('a pass over a list that was read to its end before', () => {
  it('stops after three pages without anything new or changed, and counts the pages that it did not ask for', () => {
    expect(noteYield(readBefore(2), found(2))).toMatchObject({ nextPage: 3, stalePages: 2 });
    expect(noteYield(readBefore(3), found(3))).toMatchObject({
      nextPage: 1,
      passStartedAt: null,
      completedAt: now,
      lastOutcome: 'stale',
      savedCalls: 17,
      lastReach: 1000,
      lastNew: 7,
      fullPassAt: null,
    });
  });

  it.each([
    ['new', 1, 0],
    ['changed', 0, 1],
  ])('goes on after a page with something %s, and counts anew', (_, newOffers, changedOffers) => {
    const on = noteYield(readBefore(3), found(3, newOffers, changedOffers));
    expect(on).toMatchObject({ nextPage: 4, stalePages: 0, newOffers, changedOffers });
  });

  it.each<[string, Partial<WindowState>]>([
    ['never read before', { lastOutcome: null, lastReach: null }],
    ['stopped the last time', { lastOutcome: 'stale' }],
    ['split the last time', { lastOutcome: 'split' }],
    ['truncated the last time', { lastOutcome: 'truncated' }],
    ['longer by more than it moves', { totalRecords: 1054 }],
    ['shorter by more than it moves', { totalRecords: 946 }],
    ['of unknown length', { totalRecords: null }],
    ['in doubt', { isDoubted: true }],
  ])('reads a list to its end that is %s', (_, part) => {
    expect(noteYield(readBefore(3, part), found(3)).nextPage).toBe(4);
  });

  it('reads a part to its end, for parts prove something only together', () => {
    expect(noteYield(readBefore(3), { ...found(3), isPart: true }).nextPage).toBe(4);
  });

  it('saves no more pages than the bound of the feed leaves', () => {
    expect(noteYield(readBefore(3, { maxPages: 5 }), found(3)).savedCalls).toBe(2);
  });
});

it('what a pass that is over showed is kept, but for one that was split', () => {
  const over: WindowState = { ...freshWindow, lastOutcome: 'complete', newOffers: 2, changedOffers: 3 };
  expect(noteYield(over, found(9, 1, 4))).toMatchObject({ nextPage: 1, lastNew: 3, lastChanged: 7 });
  const split: WindowState = { ...over, lastOutcome: 'split', lastNew: 11 };
  expect(noteYield(split, found(1, 1, 4))).toMatchObject({ lastNew: 11, newOffers: 3 });
});
