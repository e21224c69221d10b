import type { Provenance } from '../../model/catalog.ts';
import type { OfferKnowledge } from '../../model/learning.ts';

/** What orders looks at one thing: the ledger's time, then the call. */
export interface LookKey {
  readonly at: Date;
  readonly callId: string;
}

/** When an offer was last looked at, by each kind of look. Null: never. */
export interface OfferLooks {
  readonly firstSeenAt: Date;
  readonly summary: LookKey | null;
  readonly detail: LookKey | null;
  /** The newest detail answer that was not empty. */
  readonly found: LookKey | null;
  /** Empty detail answers since `found`. */
  readonly emptyLooks: number;
  /** The newest complete pass that should have listed it and did not: when it began, and the call that completed it. */
  readonly absent: LookKey | null;
  /** What looks taught; its times are those of `summary` and `detail`. */
  readonly taught: Omit<OfferKnowledge, 'rowAt' | 'detailAt'>;
  /** Feeds that reach it, as a row of `sync.feed_set`. */
  readonly feedSet: number;
}

/** True when nothing has shown the offer since a complete pass began that did not list it. */
export function isAbsent({ absent, summary, found }: OfferLooks): boolean {
  return absent !== null && [summary, found].every((seen) => seen === null || seen.at < absent.at);
}

/** As the planner knows it. */
export function toKnowledge({ taught, summary, detail }: OfferLooks): OfferKnowledge {
  return { ...taught, rowAt: summary?.at ?? null, detailAt: detail?.at ?? null };
}

export function lookKey({ observedAt, callId }: Provenance): LookKey {
  return { at: observedAt, callId };
}

/** Negative when `a` comes before `b`; 0 for the same look. */
export function compareLooks(a: LookKey, b: LookKey): number {
  const byTime = a.at.getTime() - b.at.getTime();
  if (byTime !== 0) return byTime;
  const byCall = BigInt(a.callId) - BigInt(b.callId);
  return byCall === 0n ? 0 : byCall < 0n ? -1 : 1;
}

/** True when `look` comes after `known`, or nothing is known. */
export function isNewer(look: LookKey, known: LookKey | null): boolean {
  return known === null || compareLooks(look, known) > 0;
}

/** True when `look` comes before what is known; the known look itself does not. */
export function isOlder(look: LookKey, known: LookKey | null): boolean {
  return known !== null && compareLooks(look, known) < 0;
}

export function newest(look: LookKey, known: LookKey | null): LookKey {
  return known === null || isNewer(look, known) ? look : known;
}

/** The later of a look's time and a known look's: history is never written before what it already holds. */
export function foldTime(look: LookKey, known: LookKey | null): Date {
  return known !== null && known.at > look.at ? known.at : look.at;
}

/**
 * Splits looks into rounds: oldest first, and nobody twice in a round, so that a round can be merged by
 * statements over sets while each thing still sees its looks in order.
 */
export function inRounds<T>(
  items: readonly T[],
  idOf: (item: T) => string,
  keyOf: (item: T) => LookKey,
): T[][] {
  const rounds: T[][] = [];
  const turns = new Map<string, number>();
  for (const item of items.toSorted((a, b) => compareLooks(keyOf(a), keyOf(b)))) {
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
