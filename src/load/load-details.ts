import type { PoolClient } from 'pg';
import type { LoadableOffer } from '../model/catalog.ts';
import type { DetailPrompt } from '../model/learning.ts';
import { toObservation, toPriceRows, toUnreadPriceRows } from './detail-rows.ts';
import { doubtDetails } from './doubt-details.ts';
import type { LoadContext } from './load-context.ts';
import {
  inRounds,
  isNewer,
  isOlder,
  observationKey,
  newest,
  type ObservationKey,
  type OfferFreshness,
  isUnseen,
} from '../refresh/update/offer-freshness.ts';
import {
  isFound,
  isGone,
  mergeEmpty,
  mergeNewest,
  toLateAnswer,
  toSellerObservations,
  type DetailObservation,
  type DetailMerge,
} from './merge-details.ts';
import { mergeLatePrices } from './merge-late-prices.ts';
import { mergeSellers } from './merge-sellers.ts';
import { countEmptyDetails, insertObservations, observationId } from './observation-rows.ts';
import { lockOffers, writeFreshness } from '../refresh/update/freshness-rows.ts';
import { placeSellers } from './place-sellers.ts';
import { placeSkus } from './place-skus.ts';
import { placeStates } from './place-states.ts';
import { listWithoutStatus } from './place-statuses.ts';
import { replayDetails } from './replay-details.ts';
import { countPrices, countReplayed, type LoadCounters } from './load-counters.ts';
import { mergePrices } from './merge-prices.ts';
import { updateRefreshStats, type RefreshStatsUpdate } from '../refresh/update/refresh-stats.ts';
import { sightShop } from '../refresh/update/shop-sightings.ts';

/** Updates the freshness of the round's offers: the newest observation, the newest that found the offer, and the empty ones since. */
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

/** Offers of a round that changed, and those of which a price changed. */
interface Moved {
  readonly offers: ReadonlySet<string>;
  readonly prices: ReadonlySet<string>;
}

/** Merges the prices of answers that are newer than all others of their offers. */
async function mergeNewestPrices(
  { context, counters }: DetailMerge,
  freshness: readonly DetailObservation[],
): Promise<Set<string>> {
  const details = freshness.filter(isFound).map(({ detail }) => detail);
  const changes = await mergePrices(
    context.client,
    freshness.map(({ offerId, key }) => ({
      offer_id: offerId,
      call_id: key.callId,
      at: key.at,
      is_search: false,
    })),
    { prices: details.flatMap(toPriceRows), unread: details.flatMap(toUnreadPriceRows) },
  );
  countPrices(counters, changes);
  return new Set(changes.map((row) => row.offer_id));
}

/** Merges a round of answers that were not loaded before, except the prices of those that are late (`isLate`). */
async function mergeRound(
  merge: DetailMerge,
  round: readonly DetailObservation[],
  isLate: (observation: DetailObservation) => boolean,
): Promise<Moved> {
  const { context, counters } = merge;
  const found = round.filter(isFound);
  const current = found.filter(({ key, prior }) => isNewer(key, prior.found));
  const empty = round.filter(
    (observation) => !isFound(observation) && isNewer(observation.key, observation.prior.found),
  );
  await mergeSellers(context, found.flatMap(toSellerObservations));
  const written = await mergeNewest(merge, current, { isAgain: false });
  await placeSellers(context, found);
  await placeSkus(
    context,
    found.filter(({ key, prior }) => !isNewer(key, prior.found)),
  );
  for (const { offerId, prior } of empty) if (isUnseen(prior)) counters.completed.add(offerId);
  const vanished = await mergeEmpty(
    merge,
    empty.map(({ offerId, key, answer }) => ({ offerId, key, runId: answer.provenance.runId })),
  );
  const prices = await mergeNewestPrices(
    merge,
    [...current, ...empty.filter((observation) => isGone(merge, observation))].filter(
      (observation) => !isLate(observation),
    ),
  );
  // A value that this version of the code reads, and an older one did not, is no change of the offer.
  const isMoved = (offerId: string) => !written.reread.has(offerId);
  const moved = new Set([...prices].filter(isMoved));
  return { offers: new Set([...written.ids.filter(isMoved), ...vanished, ...moved]), prices: moved };
}

interface BookedRound {
  readonly fresh: readonly DetailObservation[];
  /** Loaded before. */
  readonly again: readonly DetailObservation[];
}

/** Records the usable answers of a round. */
async function recordRound(
  client: PoolClient,
  round: readonly LoadableOffer[],
  freshness: ReadonlyMap<string, OfferFreshness>,
): Promise<BookedRound> {
  const fetched = round.flatMap((answer): DetailObservation[] => {
    const { offerId, record, provenance } = answer;
    const prior = freshness.get(offerId);
    if (!prior || record === null) return [];
    const detail = record.kind === 'found' ? record.detail : null;
    return [{ offerId, answer, key: observationKey(provenance), prior, detail }];
  });
  const booked = await insertObservations(
    client,
    fetched.map(({ answer, detail }) => toObservation(answer, detail)),
  );
  const isFresh = ({ offerId, key }: DetailObservation) => booked.has(observationId(offerId, key.callId));
  return { fresh: fetched.filter(isFresh), again: fetched.filter((observation) => !isFresh(observation)) };
}

/** Learns from the answers that are newer than every other detail of their offers. */
function learnFrom(
  { statsUpdate, counters }: { readonly statsUpdate: RefreshStatsUpdate; readonly counters: LoadCounters },
  round: readonly DetailObservation[],
  moved: Moved,
  freshness: Map<string, OfferFreshness>,
): void {
  for (const { offerId, key, prior, detail } of round) {
    const known = freshness.get(offerId);
    if (!known || !isNewer(key, prior.detail)) continue;
    const isChanged = moved.offers.has(offerId);
    const isVisible = moved.prices.has(offerId);
    // Earlier answers were unusable: there is nothing to compare with.
    const before = prior.found === null ? { ...prior, detail: null } : prior;
    const stock = detail?.offer.stock ?? null;
    const isInStock = stock === null ? null : stock > 0;
    const wasInStock = prior.refreshStats.figures.isInStock;
    if (wasInStock !== null && isInStock !== null && wasInStock !== isInStock)
      counters.stockMoved.add(offerId);
    const observation = { kind: 'detail', at: key.at, isChanged, isVisible } as const;
    // Prices of a gone offer end, which shows nothing of its shop.
    if (detail !== null) sightShop(statsUpdate, { offerId, before }, observation);
    const shown = { isFound: detail !== null, isInStock };
    const refreshStats = updateRefreshStats(statsUpdate, before, observation, shown);
    freshness.set(offerId, { ...known, refreshStats });
  }
}

/** Records unusable answers as observations too: asking again right away would not help. */
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

/** Why a detail was fetched, by what was known of its offer when the call was granted. */
function promptOf(
  { found, emptyDetailStreak, leasedFor, refreshStats: { stale } }: OfferFreshness,
  observedAt: Date,
): DetailPrompt {
  if (isUnseen({ found, emptyDetailStreak })) return 'first';
  return stale !== null && stale.since <= observedAt ? stale.by : (leasedFor ?? 'value');
}

function notePrompts(
  round: readonly LoadableOffer[],
  freshness: ReadonlyMap<string, OfferFreshness>,
  { prompts }: LoadCounters,
): void {
  for (const { offerId, provenance } of round) {
    const known = freshness.get(offerId);
    if (known) prompts.set(provenance.rawId, promptOf(known, provenance.observedAt));
  }
}

/** Whether newer answers about the offer were loaded before. */
const isOvertaken = ({ key, prior }: DetailObservation): boolean => isOlder(key, prior.detail);

/** Whether newer answers, or rows that list the offer, were loaded before. */
const isShownLater = (observation: DetailObservation): boolean =>
  isOvertaken(observation) || isOlder(observation.key, observation.prior.summary);

/**
 * Loads detail answers, in any order. The newest answer that found an offer is its current state. Empty answers since then make it
 * missing, then gone, which ends its prices. Prices become as if all answers had been loaded in the order of their calls.
 *
 * @returns the answers, as far as they were believed
 */
export async function loadDetails(
  context: LoadContext,
  given: readonly LoadableOffer[],
  counters: LoadCounters,
): Promise<LoadableOffer[]> {
  const { client, statsUpdate, replay } = context;
  const freshness = await lockOffers(client, given);
  const answers = await doubtDetails(context, given, freshness);
  const merge: DetailMerge = { context, counters, freshness };
  const late: DetailObservation[] = [];
  const shownLater: DetailObservation[] = [];
  const again: DetailObservation[] = [];
  const rounds = inRounds(
    answers,
    ({ offerId }) => offerId,
    ({ provenance }) => observationKey(provenance),
  );
  for (const round of rounds) {
    notePrompts(round, freshness, counters);
    const booked = await recordRound(client, round, freshness);
    for (const { offerId } of booked.fresh) counters.seen.add(offerId);
    await advanceFreshness(client, booked.fresh, freshness);
    // A replay merges whole histories, and reports how they differ.
    const isLate = (observation: DetailObservation) => replay !== null || isOvertaken(observation);
    const moved = await mergeRound(merge, booked.fresh, isLate);
    if (replay === null) learnFrom({ statsUpdate, counters }, booked.fresh, moved, freshness);
    late.push(...booked.fresh.filter(isLate));
    shownLater.push(...booked.fresh.filter(isShownLater));
    again.push(...booked.again);
  }
  if (replay === null) {
    countReplayed(counters, await mergeLatePrices(context, 'detail', late.map(toLateAnswer)));
    await mergeNewest(merge, await listWithoutStatus(merge, late), { isAgain: true });
    noteUnusable(answers, freshness);
  } else await replayDetails(merge, replay, { late, again });
  await placeStates(context, shownLater);
  await writeFreshness(client, freshness, { wasAskedFor: replay === null, statsUpdate });
  return answers;
}
