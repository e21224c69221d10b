import type { PageYield, PassOutcome, WindowState } from '../../model/learning.ts';
import { searchReach } from '../../model/search-limits.ts';
import { driftRows } from './drift-rows.ts';

/**
 * Consecutive pages without anything new or changed that stop a pass. If none of 150 rows changed, fewer than one in fifty of the others
 * did (95 % confidence), so a further page brings less than one change. At one, passes would stop by chance; at ten, rarely.
 */
export const staleRun = 3;

/** Outcomes of passes that read the list to its end, or to its limit. After any other outcome, the next pass is not stopped. */
const readToEnd: readonly (PassOutcome | null)[] = ['complete', 'unproven', 'capped', 'short', 'max_pages'];

/** The last page that the pass would read. */
function lastPage({ totalRecords, maxPages }: WindowState, pageSize: number): number {
  const reachable = Math.min(totalRecords ?? searchReach, searchReach);
  return Math.min(Math.ceil(reachable / pageSize), maxPages ?? Infinity);
}

/**
 * No sort order of 1688 makes later pages older: it orders the rows of a page, not the list (1688 docs keywordQuery v1). So quiet pages
 * only make it likely that the rest is quiet too, and two passes in a row are never stopped: a row is fetched at least in every second
 * pass. A total that differs from what the last pass listed counts as a change. A part is not stopped: only complete passes of all parts
 * together show which offers are missing.
 */
function mayStop({ lastOutcome, totalRecords, lastReach, isDoubted }: WindowState): boolean {
  if (isDoubted || totalRecords === null || lastReach === null || !readToEnd.includes(lastOutcome))
    return false;
  return Math.abs(totalRecords - lastReach) <= driftRows(totalRecords);
}

/** Records what a page that moved the cursor showed; may stop the pass. `state`: the window as that page left it. */
export function noteYield(state: WindowState, found: PageYield): WindowState {
  const isStale = found.newOffers + found.changedOffers === 0;
  const noted: WindowState = {
    ...state,
    newOffers: state.newOffers + found.newOffers,
    changedOffers: state.changedOffers + found.changedOffers,
    stalePages: isStale ? state.stalePages + 1 : 0,
  };
  const isOver = noted.nextPage === 1 && noted.passStartedAt === null;
  if (isOver)
    return noted.lastOutcome === 'split'
      ? noted
      : { ...noted, lastNew: noted.newOffers, lastChanged: noted.changedOffers };
  if (found.isPart || noted.stalePages < staleRun || !mayStop(noted)) return noted;
  const saved = lastPage(noted, found.pageSize) - found.page;
  return {
    ...noted,
    nextPage: 1,
    passStartedAt: null,
    completedAt: found.observedAt,
    lastOutcome: 'stale',
    savedCalls: noted.savedCalls + Math.max(0, saved),
  };
}
