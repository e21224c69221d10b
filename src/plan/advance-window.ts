import type { PageLook, PassOutcome, WindowState } from '../model/learning.ts';

/** 1688 lists at most this many records per query, whatever exists (1688 docs keywordQuery v1, measured by clients). */
export const searchReach = 2000;

/**
 * Pages of one pass that lie further apart show two lists, not one. Forty pages take seconds; a pass that a quota
 * cut off goes on hours later. At a tenth, busy workers would break passes off; at ten times, lists change within.
 */
const steadyForMs = 3_600_000;

/** Whether the page goes together with those before it: the same total, no row twice, none that can't be read. */
function isSteady(prior: WindowState, look: PageLook): boolean {
  if (look.totalRecords === null || look.newIdsInPass !== look.rowsInAnswer) return false;
  const known = prior.totalRecords;
  // A search that fails quietly is an empty or a short list: one that shrank so much has to be seen so twice.
  if (look.page === 1) return known === null || look.totalRecords * 2 >= known;
  if (!prior.isPassSteady || prior.passStartedAt === null || look.totalRecords !== known) return false;
  const sinceStartMs = look.observedAt.getTime() - prior.passStartedAt.getTime();
  return sinceStartMs >= 0 && sinceStartMs <= steadyForMs;
}

/** Null: the pass goes on. `pass`: the window as the page leaves it. */
function passOutcome(pass: WindowState, look: PageLook): PassOutcome | null {
  const { rowsSeen, maxPages } = pass;
  const total = look.totalRecords;
  if (look.page > 1 && look.rowsInAnswer > 0 && look.newIdsInPass === 0) return 'page_repeated';
  const reachable = total === null ? null : Math.min(total, searchReach);
  // Without a total, a page that is not full is the last one.
  const isLast =
    reachable === null ? look.rowsInAnswer < look.pageSize : look.page * look.pageSize >= reachable;
  if (isLast || look.rowsInAnswer === 0) {
    if (reachable !== null && rowsSeen < reachable) return 'short';
    if (reachable === searchReach) return 'capped';
    return pass.isPassSteady && rowsSeen === reachable ? 'complete' : 'unproven';
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
  const passStartedAt = isFirst ? look.observedAt : prior.passStartedAt;
  const pass: WindowState = {
    ...prior,
    nextPage: look.page + 1,
    passStartedAt,
    isPassSteady: isSteady(prior, look),
    rowsSeen: (isFirst ? 0 : prior.rowsSeen) + look.rowsInAnswer,
    totalRecords: look.totalRecords ?? prior.totalRecords,
  };
  const lastOutcome = passOutcome(pass, look);
  if (lastOutcome === null) return pass;
  return {
    ...pass,
    nextPage: 1,
    passStartedAt: null,
    completedAt: look.observedAt,
    lastOutcome,
    completeSince: lastOutcome === 'complete' ? passStartedAt : prior.completeSince,
  };
}
