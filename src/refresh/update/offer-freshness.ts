import type { Provenance } from '../../model/catalog.ts';
import type { OfferFigures } from '../../model/figures.ts';
import type { LeasedFor, OfferKnowledge } from '../../model/learning.ts';
import type { FiguresBefore } from '../planner/learn-figures.ts';

/** Orders the observations of one thing: by the ledger's time, then by call. */
export interface ObservationKey {
  readonly at: Date;
  readonly callId: string;
}

/** When an offer was last fetched, by each kind of observation. Null: never. */
export interface OfferFreshness {
  readonly firstSeenAt: Date;
  readonly summary: ObservationKey | null;
  readonly detail: ObservationKey | null;
  /** The newest detail answer that was not empty. */
  readonly found: ObservationKey | null;
  /** Empty detail answers since `found`. */
  readonly emptyDetailStreak: number;
  /** The newest complete pass that should have listed it and did not: when the pass began, and the call that completed it. */
  readonly absent: ObservationKey | null;
  /** Evidence from observations; its times are those of `summary` and `detail`. */
  readonly refreshStats: Omit<OfferKnowledge, 'rowAt' | 'detailAt'> & { readonly figures: OfferFigures };
  /** Feeds that contain it, as a row of `sync.feed_set`. */
  readonly feedSet: number;
  readonly leasedFor: LeasedFor;
}

/** True when nothing has shown the offer since the start of a complete pass that did not list it. */
export function isAbsent({ absent, summary, found }: OfferFreshness): boolean {
  return absent !== null && [summary, found].every((seen) => seen === null || seen.at < absent.at);
}

/** True when no detail has said anything of it yet, not even that it does not exist. */
export const isUnseen = ({
  found,
  emptyDetailStreak,
}: Pick<OfferFreshness, 'found' | 'emptyDetailStreak'>): boolean => found === null && emptyDetailStreak === 0;

/** The offer as the planner knows it. */
export function toKnowledge({ refreshStats, summary, detail }: OfferFreshness): OfferKnowledge {
  const { popularity, learned, changedAt, stale } = refreshStats;
  return { popularity, learned, changedAt, stale, rowAt: summary?.at ?? null, detailAt: detail?.at ?? null };
}

/** The offer as its figures are learned from. */
export function toFigures({
  refreshStats: { figures, stale },
  summary,
  detail,
  found,
  emptyDetailStreak,
}: OfferFreshness): FiguresBefore {
  const isFound = emptyDetailStreak === 0;
  return {
    ...figures,
    // An unusable answer has answered the hint, and said nothing of it.
    stale: stale ?? figures.countedHint,
    rowAt: summary?.at ?? null,
    // The detail that shows the present figures.
    detailAt: (isFound ? found : detail)?.at ?? null,
    isFound,
  };
}

export function observationKey({ observedAt, callId }: Provenance): ObservationKey {
  return { at: observedAt, callId };
}

/** Negative when `a` comes before `b`; 0 for the same observation. */
export function compareObservations(a: ObservationKey, b: ObservationKey): number {
  const byTime = a.at.getTime() - b.at.getTime();
  if (byTime !== 0) return byTime;
  const byCall = BigInt(a.callId) - BigInt(b.callId);
  return byCall === 0n ? 0 : byCall < 0n ? -1 : 1;
}

/** True when `observation` comes after `known`, or nothing is known. */
export function isNewer(observation: ObservationKey, known: ObservationKey | null): boolean {
  return known === null || compareObservations(observation, known) > 0;
}

/** True when `observation` comes before what is known; the known observation itself does not. */
export function isOlder(observation: ObservationKey, known: ObservationKey | null): boolean {
  return known !== null && compareObservations(observation, known) < 0;
}

export function newest(observation: ObservationKey, known: ObservationKey | null): ObservationKey {
  return known === null || isNewer(observation, known) ? observation : known;
}

/**
 * Splits observations into rounds: oldest first, and no offer twice in a round, so that a round can be merged by
 * statements over sets while each thing still sees its observations in order.
 */
export function inRounds<T>(
  items: readonly T[],
  idOf: (item: T) => string,
  keyOf: (item: T) => ObservationKey,
): T[][] {
  const rounds: T[][] = [];
  const turns = new Map<string, number>();
  for (const item of items.toSorted((a, b) => compareObservations(keyOf(a), keyOf(b)))) {
    const turn = turns.get(idOf(item)) ?? 0;
    turns.set(idOf(item), turn + 1);
    (rounds[turn] ??= []).push(item);
  }
  return rounds;
}

/** The first item of each key: a key twice in one statement is an error of Postgres. */
export function uniqueBy<T>(items: readonly T[], keyOf: (item: T) => string): T[] {
  const byKey = new Map<string, T>();
  for (const item of items) if (!byKey.has(keyOf(item))) byKey.set(keyOf(item), item);
  return [...byKey.values()];
}
