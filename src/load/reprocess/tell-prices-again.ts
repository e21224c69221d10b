import { compareLooks, foldTime, isNewer, newest, type LookKey } from '../catalog/looks.ts';
import type { PriceRow, UnreadPriceRow } from '../catalog/tally.ts';
import {
  diffPrices,
  tellPrices,
  type PriceDiff,
  type PriceFold,
  type PriceInterval,
  pointOf,
} from './price-fold.ts';

/** What today's code reads in a stored answer. `unusable`: nothing; `lost`: the answer is not kept, or damaged. */
export type Reading =
  | {
      readonly kind: 'told';
      readonly prices: readonly PriceRow[];
      readonly unread: readonly UnreadPriceRow[];
    }
  | { readonly kind: 'empty' | 'unusable' | 'lost' };

/** An answer about an offer. */
export interface ToldAnswer {
  readonly key: LookKey;
  /** What the catalog has of it. */
  readonly wasFound: boolean;
  readonly reading: Reading;
}

/** How far the answers of an offer have been told. */
export interface ToldLooks {
  /** The newest answer. */
  readonly newest: LookKey | null;
  /** The newest that found the offer. */
  readonly found: LookKey | null;
  /** Empty ones since. */
  readonly emptyLooks: number;
}

interface Telling {
  looks: ToldLooks;
  readonly empties: LookKey[];
  readonly fold: PriceFold;
}

/** The rules of `load-details.ts`: newer answers only, and the second empty one in a row ends everything. */
function tell(telling: Telling, key: LookKey, reading: Reading, isFound: boolean): void {
  const { looks, empties, fold } = telling;
  const isNewestFound = isFound && isNewer(key, looks.found);
  const isEmptySince = !isFound && isNewer(key, looks.found);
  if (!isFound) empties.push(key);
  const emptyLooks = isNewestFound
    ? empties.filter((one) => compareLooks(one, key) > 0).length
    : looks.emptyLooks + (isEmptySince ? 1 : 0);
  telling.looks = {
    newest: newest(key, looks.newest),
    found: isNewestFound ? key : looks.found,
    emptyLooks,
  };
  const isGone = emptyLooks >= 2;
  if (!isNewestFound && !(isEmptySince && isGone)) return;
  const told = reading.kind === 'told' && !isGone ? reading : { prices: [], unread: [] };
  tellPrices(fold, { at: foldTime(key, looks.newest), callId: key.callId, ...told });
}

/** The part of the answers, in the order in which they were loaded, of which every one can be read again. */
function splitKept(answers: readonly ToldAnswer[]) {
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
  lost: readonly ToldAnswer[],
  kept: readonly ToldAnswer[],
): Split {
  const lostCalls = new Set(lost.map(({ key }) => key.callId));
  const keptCalls = new Set(kept.map(({ key }) => key.callId));
  const from = kept[0]?.key.at ?? new Date(8.64e15);
  // A call that no look names belongs to a time: its look may be dropped already.
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

export interface ToldAgain {
  readonly looks: ToldLooks;
  readonly diff: PriceDiff;
  /** Some answers are not kept any more: what they alone made is left as it is. */
  readonly isPartial: boolean;
}

/**
 * The prices of an offer as today's reading of its answers makes them, by the rules and in the order in which they were
 * loaded: late answers change as little as they did then.
 */
export function tellPricesAgain(
  answers: readonly ToldAnswer[],
  intervals: readonly PriceInterval[],
): ToldAgain {
  const { lost, kept } = splitKept(answers);
  const { base, stored } = splitIntervals(intervals, lost, kept);
  const nothing: Telling = {
    looks: { newest: null, found: null, emptyLooks: 0 },
    empties: [],
    fold: { open: new Map(), closed: [] },
  };
  for (const { key, wasFound } of lost) tell(nothing, key, { kind: 'lost' }, wasFound);
  const telling: Telling = {
    ...nothing,
    fold: { open: new Map(base.map((interval) => [pointOf(interval), interval])), closed: [] },
  };
  for (const { key, reading } of kept) {
    if (reading.kind === 'unusable')
      telling.looks = { ...telling.looks, newest: newest(key, telling.looks.newest) };
    else tell(telling, key, reading, reading.kind === 'told');
  }
  const told = [...telling.fold.closed, ...telling.fold.open.values()];
  return { looks: telling.looks, diff: diffPrices(stored, told), isPartial: lost.length > 0 };
}
