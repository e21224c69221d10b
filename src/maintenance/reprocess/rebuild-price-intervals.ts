import {
  compareObservations,
  effectiveAt,
  isNewer,
  newest,
  type ObservationKey,
} from '../../load/offer-freshness.ts';
import type { PriceRow, UnreadPriceRow } from '../../load/load-counters.ts';
import {
  diffPrices,
  applyPrices,
  type PriceDiff,
  type PriceFold,
  type PriceInterval,
  pointOf,
} from './price-fold.ts';

/** What today's code reads in a stored answer. `unusable`: nothing; `lost`: the answer is not kept, or damaged. */
export type Reading =
  | {
      readonly kind: 'read';
      readonly prices: readonly PriceRow[];
      readonly unread: readonly UnreadPriceRow[];
    }
  | { readonly kind: 'empty' | 'unusable' | 'lost' };

/** An answer about an offer. */
export interface ReplayAnswer {
  readonly key: ObservationKey;
  /** What the catalog has of it. */
  readonly wasFound: boolean;
  readonly reading: Reading;
}

/** How far the answers of an offer have been told. */
export interface ReplayFreshness {
  /** The newest answer. */
  readonly newest: ObservationKey | null;
  /** The newest that found the offer. */
  readonly found: ObservationKey | null;
  /** Empty ones since. */
  readonly emptyDetailStreak: number;
}

interface Replay {
  freshness: ReplayFreshness;
  readonly empties: ObservationKey[];
  readonly fold: PriceFold;
}

/** The rules of `load-details.ts`: newer answers only, and the second empty one in a row ends everything. */
function replayAnswer(replay: Replay, key: ObservationKey, reading: Reading, isFound: boolean): void {
  const { freshness, empties, fold } = replay;
  const isNewestFound = isFound && isNewer(key, freshness.found);
  const isEmptySince = !isFound && isNewer(key, freshness.found);
  if (!isFound) empties.push(key);
  const emptyDetailStreak = isNewestFound
    ? empties.filter((one) => compareObservations(one, key) > 0).length
    : freshness.emptyDetailStreak + (isEmptySince ? 1 : 0);
  replay.freshness = {
    newest: newest(key, freshness.newest),
    found: isNewestFound ? key : freshness.found,
    emptyDetailStreak,
  };
  const isGone = emptyDetailStreak >= 2;
  if (!isNewestFound && !(isEmptySince && isGone)) return;
  const readAnswers = reading.kind === 'read' && !isGone ? reading : { prices: [], unread: [] };
  applyPrices(fold, { at: effectiveAt(key, freshness.newest), callId: key.callId, ...readAnswers });
}

/** The part of the answers, in the order in which they were loaded, of which every one can be read again. */
function splitKept(answers: readonly ReplayAnswer[]) {
  const lastLost = answers.findLastIndex(({ reading }) => reading.kind === 'lost');
  return { lost: answers.slice(0, lastLost + 1), kept: answers.slice(lastLost + 1) };
}

interface Split {
  /** From before the answers that are told again: left as they are. */
  readonly untouched: readonly PriceInterval[];
  /** Those that held when they began. */
  readonly base: readonly PriceInterval[];
  /** To be compared with what is told. */
  readonly stored: readonly PriceInterval[];
}

function splitIntervals(
  intervals: readonly PriceInterval[],
  lost: readonly ReplayAnswer[],
  kept: readonly ReplayAnswer[],
): Split {
  const lostCalls = new Set(lost.map(({ key }) => key.callId));
  const keptCalls = new Set(kept.map(({ key }) => key.callId));
  const from = kept[0]?.key.at ?? new Date(8.64e15);
  // A call that no observation names belongs to a time: its observation may be dropped already.
  const opensBefore = ({ callId, validFrom }: PriceInterval) =>
    lostCalls.has(callId) || (!keptCalls.has(callId) && validFrom < from);
  const endsBefore = ({ closedByCallId, validTo }: PriceInterval) =>
    validTo !== null &&
    closedByCallId !== null &&
    (lostCalls.has(closedByCallId) || (!keptCalls.has(closedByCallId) && validTo <= from));
  const untouched = intervals.filter((interval) => opensBefore(interval) && endsBefore(interval));
  const stored = intervals.filter((interval) => !untouched.includes(interval));
  const base = stored.filter(opensBefore).map((one) => ({ ...one, validTo: null, closedByCallId: null }));
  return { untouched, base, stored };
}

export interface RebuiltPrices {
  readonly freshness: ReplayFreshness;
  readonly diff: PriceDiff;
  /** Some answers are not kept any more: what they alone made is left as it is. */
  readonly isPartial: boolean;
}

/**
 * The prices of an offer as today's reading of its answers makes them, by the rules and in the order in which they were
 * loaded: late answers change as little as they did then.
 */
export function rebuildPriceIntervals(
  answers: readonly ReplayAnswer[],
  intervals: readonly PriceInterval[],
): RebuiltPrices {
  const { lost, kept } = splitKept(answers);
  const { base, stored } = splitIntervals(intervals, lost, kept);
  const nothing: Replay = {
    freshness: { newest: null, found: null, emptyDetailStreak: 0 },
    empties: [],
    fold: { open: new Map(), closed: [] },
  };
  for (const { key, wasFound } of lost) replayAnswer(nothing, key, { kind: 'lost' }, wasFound);
  const replay: Replay = {
    ...nothing,
    fold: { open: new Map(base.map((interval) => [pointOf(interval), interval])), closed: [] },
  };
  for (const { key, reading } of kept) {
    if (reading.kind === 'unusable')
      replay.freshness = { ...replay.freshness, newest: newest(key, replay.freshness.newest) };
    else replayAnswer(replay, key, reading, reading.kind === 'read');
  }
  const readAnswers = [...replay.fold.closed, ...replay.fold.open.values()];
  return { freshness: replay.freshness, diff: diffPrices(stored, readAnswers), isPartial: lost.length > 0 };
}
