import { dayMs, hourMs } from '../../core/duration.ts';
import type { PageObservation, PassOutcome, WindowState } from '../../model/learning.ts';
import { searchReach } from '../../model/search-limits.ts';
import { driftRows } from './drift-rows.ts';
import { isReadAgain } from './is-read-again.ts';

/**
 * Pages of one pass that are further apart in time show two lists, not one. Forty pages take seconds; a pass that a quota interrupted
 * continues hours later. At a tenth, busy workers would break passes off; at ten times, lists change in between.
 */
const steadyForMs = hourMs;

/** A page past the end of the stated total, without new rows, counts as empty. */
function readPastEnd(observation: PageObservation, { totalRecords }: WindowState): PageObservation {
  const { page, pageSize, newIdsInPass } = observation;
  const isPastEnd = page > 1 && totalRecords !== null && (page - 1) * pageSize >= totalRecords;
  return isPastEnd && newIdsInPass === 0 ? { ...observation, rowsInAnswer: 0, totalRecords } : observation;
}

/** A list that shrank this long ago, and stayed so, is believed whatever other searches show. */
const believedAfterMs = 7 * dayMs;

/**
 * A search that fails silently shows an empty or short list: about half of the known total, or less. For lists so short that one offer is
 * a third of them: less than half.
 */
const isShrunk = (known: number, total: number): boolean =>
  known < 5 ? total * 2 < known : total * 5 <= known * 3;

/** The last pass found the list shrunk and was not believed: `totalRecords` is still the total from before. */
function wasShrunk({ lastOutcome, lastReach, totalRecords }: WindowState): boolean {
  const isRead = lastOutcome === 'unproven' || lastOutcome === 'short';
  return isRead && totalRecords !== null && lastReach !== null && isShrunk(totalRecords, lastReach);
}

/**
 * Whether the total of a page is believed. A total that shrank must be confirmed by a second pass while most other searches list what
 * they did, or must last for a week.
 */
function isBelieved(prior: WindowState, observation: PageObservation): boolean {
  const known = prior.totalRecords;
  const total = observation.totalRecords;
  if (known === null || total === null || !isShrunk(known, total)) return true;
  if (observation.page > 1 || !wasShrunk(prior)) return false;
  const { fullPassAt } = prior;
  const isOld =
    fullPassAt !== null && observation.observedAt.getTime() - fullPassAt.getTime() > believedAfterMs;
  return isOld || !observation.isSuspect;
}

/** Whether the page is consistent with those before it: the same total, no row twice, none that can't be read. */
function isSteady(prior: WindowState, observation: PageObservation): boolean {
  if (observation.totalRecords === null || observation.newIdsInPass !== observation.rowsInAnswer)
    return false;
  if (observation.isSuspect || !isBelieved(prior, observation)) return false;
  if (observation.page === 1) return true;
  const known = prior.totalRecords;
  if (!prior.isPassSteady || prior.passStartedAt === null || observation.totalRecords !== known) return false;
  const sinceStartMs = observation.observedAt.getTime() - prior.passStartedAt.getTime();
  return sinceStartMs >= 0 && sinceStartMs <= steadyForMs;
}

/** Outcome of a pass that was read to the end of its list. `reachable`: number of records that 1688 says it shows. */
function outcomeAtEnd(pass: WindowState, reachable: number | null): PassOutcome {
  if (reachable !== null) {
    if (reachable - pass.idsListed > driftRows(reachable)) return 'truncated';
    if (pass.rowsSeen < reachable) return 'short';
    if (reachable === searchReach) return 'capped';
  }
  return pass.isPassSteady && pass.rowsSeen === reachable ? 'complete' : 'unproven';
}

/**
 * Whether this is the last page. Without a total, a page that is not full is the last one. With a total, it is the page with the last
 * record; if that page is full, only if the last pass listed just as many, because totals can be a page too small.
 */
function isLastPage(
  { lastReach, idsListed }: WindowState,
  { page, pageSize, rowsInAnswer }: PageObservation,
  reachable: number | null,
): boolean {
  const isFull = rowsInAnswer >= pageSize;
  if (reachable === null) return !isFull;
  if (page * pageSize < reachable) return false;
  const isProven = reachable === searchReach || lastReach === reachable;
  return !isFull || idsListed < reachable || isProven;
}

interface PassEnd {
  /** Null: the pass continues. */
  readonly outcome: PassOutcome | null;
  readonly isDoubted: boolean;
}

/**
 * In a list that was never read before, one record in this many may be missing because the list moved while it was read. In pages of 50,
 * about one in 280 is (measured on the sandbox). At half, every second list would be read again; at double, hardly any.
 */
const recordsPerMissing = 200;

const lacksRecords = ({ idsListed }: WindowState, reachable: number): boolean =>
  (reachable - idsListed) * recordsPerMissing > reachable;

/**
 * Whether a pass that has reached its end reads its pages again: the first pass over a list that moved, so that some rows came twice and
 * others not at all. What a later pass misses is known from the one before.
 */
function mustReadAgain(
  pass: WindowState,
  { outcome, isDoubted }: PassEnd,
  { isSuspect }: PageObservation,
): boolean {
  const { completedAt, maxPages, rowsSeen, idsListed, totalRecords } = pass;
  const isFirst = completedAt === null && maxPages === null && !isDoubted && !isSuspect;
  const isMoved = (outcome === 'short' || outcome === 'unproven') && rowsSeen > idsListed;
  return isFirst && isMoved && totalRecords !== null && lacksRecords(pass, totalRecords);
}

/** A pass that reads its pages again ends when it has listed enough, or at the last page. */
function passReadAgain(pass: WindowState, observation: PageObservation): PassEnd {
  const { isDoubted } = pass;
  if (observation.isSplit) return { outcome: 'split', isDoubted };
  const { totalRecords: total, rowsInAnswer } = observation;
  const reachable = total === null ? null : Math.min(total, searchReach);
  const isEnough = reachable === null || !lacksRecords(pass, reachable);
  const isOver = isEnough || rowsInAnswer === 0 || isLastPage(pass, observation, reachable);
  return { outcome: isOver ? outcomeAtEnd(pass, reachable) : null, isDoubted };
}

/** State of the pass after a page. */
function passAfter(pass: WindowState, observation: PageObservation): PassEnd {
  const { maxPages, isDoubted } = pass;
  if (observation.isSplit) return { outcome: 'split', isDoubted };
  const total = observation.totalRecords;
  const reachable = total === null ? null : Math.min(total, searchReach);
  const isEmpty = observation.rowsInAnswer === 0;
  // In a list that moves, the few rows of a last page may have been on the page before.
  const isRepeat =
    observation.page > 1 &&
    observation.rowsInAnswer > driftRows(observation.pageSize) &&
    observation.newIdsInPass === 0;
  const isLast = isLastPage(pass, observation, reachable);
  const isOver = maxPages !== null && observation.page >= maxPages;
  if ((isRepeat || isEmpty) && !isLast && !isOver && !isDoubted) return { outcome: null, isDoubted: true };
  if (isRepeat) return { outcome: 'page_repeated', isDoubted };
  if (isLast || isEmpty) return { outcome: outcomeAtEnd(pass, reachable), isDoubted };
  return { outcome: isOver ? 'max_pages' : null, isDoubted };
}

/** The numbers of an ended pass. A split is no evidence for the whole list. */
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
    fullPassAt: wasShrunk({ ...pass, lastOutcome, lastReach: pass.idsListed }) ? pass.fullPassAt : observedAt,
    completeSince: lastOutcome === 'complete' ? pass.passStartedAt : pass.completeSince,
  };
}

/** The window at the first page of a pass. */
const openPass = (prior: WindowState, { observedAt }: PageObservation): WindowState => ({
  ...prior,
  passStartedAt: observedAt,
  isDoubted: false,
  rowsSeen: 0,
  idsListed: 0,
  newOffers: 0,
  changedOffers: 0,
  stalePages: 0,
});

/**
 * Moves a search window's cursor over one answered page: to the next page, or to the end of the pass. A page that the cursor does not
 * point at (a repeat, or a late answer) moves nothing. After an empty page, or a page without a new id, if the total promises more, one
 * more page is fetched; if that is no better, the pass is over. The first pass over a list that moved continues from its first page,
 * once.
 */
export function advanceWindow(prior: WindowState, answered: PageObservation): WindowState {
  if (answered.page !== prior.nextPage) return prior;
  const isAgain = isReadAgain(prior, answered.pageSize);
  const observation = isAgain ? answered : readPastEnd(answered, prior);
  const soFar = observation.page === 1 && !isAgain ? openPass(prior, observation) : prior;
  const pass: WindowState = {
    ...soFar,
    nextPage: observation.page + 1,
    isPassSteady: !isAgain && isSteady(prior, observation),
    rowsSeen: soFar.rowsSeen + observation.rowsInAnswer,
    idsListed: soFar.idsListed + observation.newIdsInPass,
    totalRecords: isBelieved(prior, observation)
      ? (observation.totalRecords ?? prior.totalRecords)
      : prior.totalRecords,
  };
  const end = isAgain ? passReadAgain(pass, observation) : passAfter(pass, observation);
  if (end.outcome === null) return { ...pass, isDoubted: end.isDoubted };
  if (!isAgain && mustReadAgain(pass, end, observation)) return { ...pass, nextPage: 1, isDoubted: true };
  return closePass(pass, end.outcome, observation);
}
