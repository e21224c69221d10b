import type { PageLook, PassOutcome, WindowState } from '../model/learning.ts';

/** 1688 lists at most this many records per query, whatever exists (1688 docs keywordQuery v1, measured by clients). */
export const searchReach = 2000;

function passOutcome(look: PageLook, rowsSeen: number, maxPages: number | null): PassOutcome | null {
  const total = look.totalRecords;
  if (look.page > 1 && look.rowsInAnswer > 0 && look.newIdsInPass === 0) return 'page_repeated';
  const reachable = total === null ? null : Math.min(total, searchReach);
  // Without a total, a page that is not full is the last one.
  const isLast =
    reachable === null ? look.rowsInAnswer < look.pageSize : look.page * look.pageSize >= reachable;
  if (isLast || look.rowsInAnswer === 0) {
    if (reachable !== null && rowsSeen < reachable) return 'short';
    return reachable === searchReach ? 'capped' : 'complete';
  }
  return maxPages !== null && look.page >= maxPages ? 'max_pages' : null;
}

/**
 * Moves a search window's cursor over one answered page: to the next page, or to the end of the pass. A page
 * that the cursor does not point at (a repeat, a late answer) moves nothing.
 */
export function advanceWindow(prior: WindowState, look: PageLook): WindowState {
  if (look.page !== prior.nextPage) return prior;
  const isFirst = look.page === 1;
  const rowsSeen = (isFirst ? 0 : prior.rowsSeen) + look.rowsInAnswer;
  const moved = { ...prior, rowsSeen, totalRecords: look.totalRecords ?? prior.totalRecords };
  const outcome = passOutcome(look, rowsSeen, prior.maxPages);
  if (outcome !== null) {
    return { ...moved, nextPage: 1, passStartedAt: null, completedAt: look.observedAt, lastOutcome: outcome };
  }
  return {
    ...moved,
    nextPage: look.page + 1,
    passStartedAt: isFirst ? look.observedAt : prior.passStartedAt,
  };
}
