import type { PoolClient } from 'pg';
import type { LoadableOffer } from '../model/catalog.ts';
import type { OfferDetail } from '../model/records.ts';
import { readSql } from './read-sql.ts';
import {
  offerState,
  toAttributeRows,
  toImageRows,
  toObservation,
  toOfferRow,
  toPriceRows,
  toSkuRows,
  toUnreadPriceRows,
} from './detail-rows.ts';
import {
  effectiveAt,
  inRounds,
  isAbsent,
  isNewer,
  observationKey,
  newest,
  type ObservationKey,
  type OfferFreshness,
} from './offer-freshness.ts';
import { mergeSellers, type SellerObservation } from './merge-sellers.ts';
import {
  countEmptyDetails,
  insertObservations,
  lockOffers,
  observationId,
  writeFreshness,
} from './freshness-rows.ts';
import { mergePrices, countOffers, type LoadCounters, type WrittenOffer } from './load-counters.ts';
import { updateRefreshStats, type RefreshStatsUpdate } from './refresh-stats.ts';

/** An answer with what was known of its offer just before it. */
interface DetailObservation {
  readonly offerId: string;
  readonly answer: LoadableOffer;
  readonly key: ObservationKey;
  readonly prior: OfferFreshness;
  /** Null: the answer was good and empty. */
  readonly detail: OfferDetail | null;
}

interface FoundDetail extends DetailObservation {
  readonly detail: OfferDetail;
}

const isFound = (observation: DetailObservation): observation is FoundDetail => observation.detail !== null;

/** Moves the observations of the round's offers on: the newest observation, the newest that found it, the empty ones since. */
async function advanceFreshness(
  client: PoolClient,
  round: readonly DetailObservation[],
  freshness: Map<string, OfferFreshness>,
): Promise<void> {
  const overtaken = new Map<string, ObservationKey>();
  for (const observation of round) {
    const { prior, key, offerId } = observation;
    const isNewestFound = isFound(observation) && isNewer(key, prior.found);
    if (isNewestFound && !isNewer(key, prior.detail)) overtaken.set(offerId, key);
    const isEmptySinceFound = !isFound(observation) && isNewer(key, prior.found);
    freshness.set(offerId, {
      ...prior,
      detail: newest(key, prior.detail),
      found: isNewestFound ? key : prior.found,
      emptyDetailStreak: isNewestFound ? 0 : prior.emptyDetailStreak + (isEmptySinceFound ? 1 : 0),
    });
  }
  for (const [offerId, emptyDetailStreak] of await countEmptyDetails(client, overtaken)) {
    const known = freshness.get(offerId);
    if (known) freshness.set(offerId, { ...known, emptyDetailStreak });
  }
}

interface Merge {
  readonly client: PoolClient;
  readonly counters: LoadCounters;
  readonly normalizerVersion: number | null;
  readonly emptyDetailStreakOf: (offerId: string) => number;
  readonly isAbsent: (offerId: string) => boolean;
}

interface WrittenDetail extends WrittenOffer {
  readonly is_content_changed: boolean;
}

/** Answers that are the newest to have found their offers: they are its current state now. */
async function mergeNewest(merge: Merge, found: readonly FoundDetail[]): Promise<string[]> {
  if (found.length === 0) return [];
  const { client, counters } = merge;
  const rows = found.map(({ offerId, detail, answer }) => {
    const { sourceStatus } = detail.offer;
    const state = offerState(merge.emptyDetailStreakOf(offerId), {
      sourceStatus,
      isAbsent: merge.isAbsent(offerId),
    });
    return toOfferRow(detail, state, answer.provenance, merge.normalizerVersion);
  });
  const written = await client.query<WrittenDetail>(readSql('merge-offer-details'), [JSON.stringify(rows)]);
  countOffers(counters, written.rows);
  for (const { offerId, prior } of found) if (prior.found === null) counters.completed.add(offerId);
  const changedIds = written.rows.filter((row) => row.is_content_changed).map((row) => row.offer_id);
  if (changedIds.length > 0) {
    const changed = found.filter(({ offerId }) => changedIds.includes(offerId)).map(({ detail }) => detail);
    const images = JSON.stringify(changed.flatMap(toImageRows));
    await client.query(readSql('replace-offer-images'), [changedIds, images]);
    const attributes = JSON.stringify(changed.flatMap(toAttributeRows));
    await client.query(readSql('replace-offer-attributes'), [changedIds, attributes]);
  }
  await client.query(readSql('merge-skus'), [
    JSON.stringify(
      found.map(({ offerId, detail, key, prior }) => ({
        offer_id: offerId,
        is_complete: !detail.hasUnreadSkus,
        observed_at: key.at,
        call_id: key.callId,
        previous_at: prior.found?.at,
        previous_call_id: prior.found?.callId,
      })),
    ),
    JSON.stringify(found.flatMap(({ detail, key }) => toSkuRows(detail, key, null))),
  ]);
  return written.rows.map((row) => row.offer_id);
}

/** Answers overtaken by newer ones: they only tell of SKUs that are gone since. */
async function mergeLate(client: PoolClient, late: readonly FoundDetail[]): Promise<void> {
  const skus = late.flatMap(({ detail, key }) => toSkuRows(detail, key, key));
  if (skus.length > 0) await client.query(readSql('merge-late-skus'), [JSON.stringify(skus)]);
}

async function mergeEmpty(merge: Merge, empty: readonly DetailObservation[]): Promise<string[]> {
  if (empty.length === 0) return [];
  for (const { offerId, prior } of empty) if (prior.detail === null) merge.counters.completed.add(offerId);
  const rows = empty.map(({ offerId, key, answer }) => ({
    offer_id: offerId,
    state: offerState(merge.emptyDetailStreakOf(offerId), null),
    changed_at: key.at,
    run_id: answer.provenance.runId,
    call_id: key.callId,
  }));
  const written = await merge.client.query<WrittenOffer>(readSql('merge-offer-states'), [
    JSON.stringify(rows),
  ]);
  countOffers(merge.counters, written.rows);
  return written.rows.map((row) => row.offer_id);
}

/** The seller it describes, and the one its offer refers to, which must exist. */
function toSellerObservations({ detail: { offer, seller }, key }: FoundDetail): SellerObservation[] {
  return [
    ...(seller === null ? [] : [{ sellerId: seller.sellerId, record: seller, key }]),
    ...(offer.sellerId === null ? [] : [{ sellerId: offer.sellerId, record: null, key }]),
  ];
}

/** Offers of a round of which anything changed, and those of which a price did. */
interface Moved {
  readonly offers: ReadonlySet<string>;
  readonly prices: ReadonlySet<string>;
}

async function mergeRound(merge: Merge, round: readonly DetailObservation[]): Promise<Moved> {
  const { client, counters, emptyDetailStreakOf } = merge;
  const found = round.filter(isFound);
  const current = found.filter(({ key, prior }) => isNewer(key, prior.found));
  const empty = round.filter(
    (observation) => !isFound(observation) && isNewer(observation.key, observation.prior.found),
  );
  await mergeSellers(client, found.flatMap(toSellerObservations));
  const written = await mergeNewest(merge, current);
  await mergeLate(
    client,
    found.filter(({ key, prior }) => !isNewer(key, prior.found)),
  );
  const vanished = await mergeEmpty(merge, empty);
  const isGone = ({ offerId }: DetailObservation) => emptyDetailStreakOf(offerId) >= 2;
  const priced = current.filter((observation) => !isGone(observation)).map(({ detail }) => detail);
  const prices = await mergePrices(
    client,
    [...current, ...empty.filter(isGone)].map(({ offerId, key, prior }) => ({
      offer_id: offerId,
      call_id: key.callId,
      at: effectiveAt(key, prior.detail),
      is_search: false,
    })),
    { prices: priced.flatMap(toPriceRows), unread: priced.flatMap(toUnreadPriceRows) },
    counters,
  );
  return { offers: new Set([...written, ...vanished, ...prices]), prices };
}

/** The usable answers of a round that were not loaded before. */
async function recordRound(
  client: PoolClient,
  round: readonly LoadableOffer[],
  freshness: ReadonlyMap<string, OfferFreshness>,
): Promise<DetailObservation[]> {
  const fetched = round.flatMap((answer): DetailObservation[] => {
    const { offerId, record, provenance } = answer;
    const prior = freshness.get(offerId);
    if (!prior || record === null) return [];
    const detail = record.kind === 'found' ? record.detail : null;
    return [{ offerId, answer, key: observationKey(provenance), prior, detail }];
  });
  const fresh = await insertObservations(
    client,
    fetched.map(({ offerId, answer, key, prior, detail }) =>
      toObservation({ offerId, provenance: answer.provenance }, detail, !isNewer(key, prior.detail)),
    ),
  );
  return fetched.filter(({ offerId, key }) => fresh.has(observationId(offerId, key.callId)));
}

/** Learns from the answers that are newer than every other detail of their offers. */
function learnFrom(
  statsUpdate: RefreshStatsUpdate,
  round: readonly DetailObservation[],
  moved: Moved,
  freshness: Map<string, OfferFreshness>,
): void {
  for (const { offerId, key, prior } of round) {
    const known = freshness.get(offerId);
    if (!known || !isNewer(key, prior.detail)) continue;
    const isChanged = moved.offers.has(offerId);
    const isVisible = moved.prices.has(offerId);
    // Nothing was read in the ones before: there is nothing to compare with.
    const before = prior.found === null ? { ...prior, detail: null } : prior;
    const refreshStats = updateRefreshStats(statsUpdate, before, {
      kind: 'detail',
      at: key.at,
      isChanged,
      isVisible,
    });
    freshness.set(offerId, { ...known, refreshStats });
  }
}

/** An answer of which nothing was usable is a look all the same: asking again at once would not help. */
function noteUnusable(answers: readonly LoadableOffer[], freshness: Map<string, OfferFreshness>): void {
  for (const { offerId, record, provenance } of answers) {
    const known = freshness.get(offerId);
    if (record !== null || !known) continue;
    const { stale } = known.refreshStats;
    const isAnswered = stale !== null && stale.since <= provenance.observedAt;
    freshness.set(offerId, {
      ...known,
      detail: newest(observationKey(provenance), known.detail),
      refreshStats: { ...known.refreshStats, stale: isAnswered ? null : stale },
    });
  }
}

/**
 * Loads detail answers. The newest one that found an offer is its current state, whichever order they come in;
 * empty ones since then make it missing, then gone, which ends its prices.
 */
export async function loadDetails(
  client: PoolClient,
  answers: readonly LoadableOffer[],
  options: {
    readonly counters: LoadCounters;
    readonly normalizerVersion: number | null;
    readonly statsUpdate: RefreshStatsUpdate;
  },
): Promise<void> {
  const freshness = await lockOffers(client, answers);
  const merge: Merge = {
    client,
    ...options,
    emptyDetailStreakOf: (id) => freshness.get(id)?.emptyDetailStreak ?? 0,
    isAbsent: (id) => {
      const known = freshness.get(id);
      return known !== undefined && isAbsent(known);
    },
  };
  const rounds = inRounds(
    answers,
    ({ offerId }) => offerId,
    ({ provenance }) => observationKey(provenance),
  );
  for (const round of rounds) {
    const fetched = await recordRound(client, round, freshness);
    for (const { offerId } of fetched) options.counters.seen.add(offerId);
    await advanceFreshness(client, fetched, freshness);
    learnFrom(options.statsUpdate, fetched, await mergeRound(merge, fetched), freshness);
  }
  noteUnusable(answers, freshness);
  await writeFreshness(client, freshness, { wasAskedFor: true, statsUpdate: options.statsUpdate });
}
