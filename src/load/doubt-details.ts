import { and, eq, inArray } from 'drizzle-orm';
import type { LoadableOffer } from '../model/catalog.ts';
import type { Reject } from '../model/records.ts';
import { drizzleOn } from '../db/database.ts';
import { isNewer, observationKey, type OfferFreshness } from '../refresh/update/offer-freshness.ts';
import { afterDetails, isDetailSuspect } from '../refresh/update/recent-details.ts';
import { quarantine } from '../schema/sync.ts';
import type { LoadContext } from './load-context.ts';

const reason = 'suspect_empty';

/** An empty answer that is not believed is unusable, like one that cannot be read. */
const doubt = (answer: LoadableOffer): LoadableOffer => {
  const reject: Reject = { path: '$', reason, sample: null };
  return { ...answer, record: null, rejects: [...answer.rejects, reject] };
};

const isEmpty = ({ record }: LoadableOffer): boolean => record?.kind === 'gone';

/** Empty answers in a replay that were not believed when they were first loaded. */
async function listDoubted(
  { client }: LoadContext,
  answers: readonly LoadableOffer[],
): Promise<ReadonlySet<string>> {
  const rawIds = answers.filter(isEmpty).map(({ provenance }) => provenance.rawId);
  if (rawIds.length === 0) return new Set();
  const rows = await drizzleOn(client)
    .select({ rawId: quarantine.rawId })
    .from(quarantine)
    .where(and(inArray(quarantine.rawId, rawIds), eq(quarantine.reason, reason)));
  return new Set(rows.map(({ rawId }) => rawId));
}

/**
 * Counts what details found, and makes empty answers unusable if too many of the last ones were empty: a gateway that fails silently says
 * of every offer that it is gone. Expected empty answers do not count: of offers that no search lists any more, and of offers whose last
 * detail was already empty.
 */
export async function doubtDetails(
  context: LoadContext,
  answers: readonly LoadableOffer[],
  freshness: ReadonlyMap<string, OfferFreshness>,
): Promise<LoadableOffer[]> {
  if (context.replay !== null) {
    const doubted = await listDoubted(context, answers);
    return answers.map((answer) => (doubted.has(answer.provenance.rawId) ? doubt(answer) : answer));
  }
  const { statsUpdate } = context;
  const counted = answers.filter(({ offerId, provenance, record }) => {
    const known = freshness.get(offerId);
    if (!known || record === null || !isNewer(observationKey(provenance), known.detail)) return false;
    const isExpected = known.emptyDetailStreak > 0 || known.refreshStats.stale?.by === 'absence';
    return record.kind === 'found' || !isExpected;
  });
  const empty = counted.filter(isEmpty).length;
  statsUpdate.details = { found: counted.length - empty, empty };
  const isSuspect = isDetailSuspect(afterDetails(statsUpdate.planner.recent, statsUpdate.details));
  return answers.map((answer) => (isSuspect && isEmpty(answer) ? doubt(answer) : answer));
}
