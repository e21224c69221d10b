import { hourMs } from '../../core/duration.ts';
import type { PageObservation, PassOutcome, WindowState } from '../../model/learning.ts';
import { searchReach } from '../../model/search-limits.ts';
import { driftRows } from './drift-rows.ts';

/**
 * Pages of one pass that lie further apart show two lists, not one. Forty pages take seconds; a pass that a quota
 * cut off goes on hours later. At a tenth, busy workers would break passes off; at ten times, lists change within.
 */
const steadyForMs = hourMs;

/** Whether the page goes together with those before it: the same total, no row twice, none that can't be read. */
function isSteady(prior: WindowState, observation: PageObservation): boolean {
  if (observation.totalRecords === null || observation.newIdsInPass !== observation.rowsInAnswer)
    return false;
  const known = prior.totalRecords;
  // A search that fails quietly is an empty or a short list: one that shrank so much has to be seen so twice.
  if (observation.page === 1) return known === null || observation.totalRecords * 2 >= known;
  if (!prior.isPassSteady || prior.passStartedAt === null || observation.totalRecords !== known) return false;
  const sinceStartMs = observation.observedAt.getTime() - prior.passStartedAt.getTime();
  return sinceStartMs >= 0 && sinceStartMs <= steadyForMs;
}

/** How a pass ended that was read to the end of its list, `reachable` records of which 1688 says that it shows. */
function outcomeAtEnd(pass: WindowState, reachable: number | null): PassOutcome {
  if (reachable !== null) {
    if (reachable - pass.idsListed > driftRows(reachable)) return 'truncated';
    if (pass.rowsSeen < reachable) return 'short';
    if (reachable === searchReach) return 'capped';
  }
  return pass.isPassSteady && pass.rowsSeen === reachable ? 'complete' : 'unproven';
}

/** The pass after a page: it goes on while that has no outcome. */
function passAfter(
  pass: WindowState,
  observation: PageObservation,
): { outcome: PassOutcome | null; isDoubted: boolean } {
  const { maxPages, isDoubted } = pass;
  if (observation.isSplit) return { outcome: 'split', isDoubted };
  const total = observation.totalRecords;
  const reachable = total === null ? null : Math.min(total, searchReach);
  const isEmpty = observation.rowsInAnswer === 0;
  // The few rows of a last page may have been on the page before, in a list that moves.
  const isRepeat =
    observation.page > 1 &&
    observation.rowsInAnswer > driftRows(observation.pageSize) &&
    observation.newIdsInPass === 0;
  // Without a total, a page that is not full is the last one.
  const isLast =
    reachable === null
      ? observation.rowsInAnswer < observation.pageSize
      : observation.page * observation.pageSize >= reachable;
  const isOver = maxPages !== null && observation.page >= maxPages;
  if ((isRepeat || isEmpty) && !isLast && !isOver && !isDoubted) return { outcome: null, isDoubted: true };
  if (isRepeat) return { outcome: 'page_repeated', isDoubted };
  if (isLast || isEmpty) return { outcome: outcomeAtEnd(pass, reachable), isDoubted };
  return { outcome: isOver ? 'max_pages' : null, isDoubted };
}

/** The numbers of a pass that has ended. A split says nothing of the whole list. */
function closePass(
  pass: WindowState,
  lastOutcome: PassOutcome,
  { observedAt }: PageObservation,
): WindowState {
  const closed = { ...pass, nextPage: 1, passStartedAt: null, completedAt: observedAt, lastOutcome };
  if (lastOutcome === 'split') return closed;
  return {
    ...closed,
    lastReach: pass.idsListed,
    fullPassAt: observedAt,
    completeSince: lastOutcome === 'complete' ? pass.passStartedAt : pass.completeSince,
  };
}

/**
 * Moves a search window's cursor over one answered page: to the next page, or to the end of the pass. A page
 * that the cursor does not point at (a repeat, a late answer) moves nothing. After an empty page, or one without a new
 * id, where the total promises more, one further page is asked for; if that is no better, the pass is over.
 */
export function advanceWindow(prior: WindowState, observation: PageObservation): WindowState {
  if (observation.page !== prior.nextPage) return prior;
  const isFirst = observation.page === 1;
  const soFar: WindowState = isFirst
    ? {
        ...prior,
        passStartedAt: observation.observedAt,
        isDoubted: false,
        rowsSeen: 0,
        idsListed: 0,
        newOffers: 0,
        changedOffers: 0,
        stalePages: 0,
      }
    : prior;
  const pass: WindowState = {
    ...soFar,
    nextPage: observation.page + 1,
    isPassSteady: isSteady(prior, observation),
    rowsSeen: soFar.rowsSeen + observation.rowsInAnswer,
    idsListed: soFar.idsListed + observation.newIdsInPass,
    totalRecords: observation.totalRecords ?? prior.totalRecords,
  };
  const { outcome, isDoubted } = passAfter(pass, observation);
  return outcome === null ? { ...pass, isDoubted } : closePass(pass, outcome, observation);
}
