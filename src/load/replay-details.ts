import type { LoadableOffer } from '../model/catalog.ts';
import { readSql } from './read-sql.ts';
import { toObservation } from './detail-rows.ts';
import type { LoadContext, Replay } from './load-context.ts';
import { observationKey, newest, type ObservationKey } from '../refresh/update/offer-freshness.ts';
import {
  isFound,
  mergeEmpty,
  mergeNewest,
  toLateAnswer,
  toSellerObservations,
  type DetailObservation,
  type DetailMerge,
} from './merge-details.ts';
import { findContradicting, remergePrices } from './merge-late-prices.ts';
import { mergeSellers } from './merge-sellers.ts';
import { countEmptyDetails, observationId } from './observation-rows.ts';
import { placeSellers } from './place-sellers.ts';
import { placeSkus } from './place-skus.ts';
import { listWithoutStatus } from './place-statuses.ts';
import { correctObservations } from './replay-observations.ts';
import type { ReplayedOffer } from './replay-prices.ts';
import { runSql } from '../db/sql-file.ts';

/** Before every call. */
const never: ObservationKey = { at: new Date(0), callId: '0' };

async function readNewestFound(
  { client }: LoadContext,
  offerIds: readonly string[],
): Promise<Map<string, ObservationKey>> {
  const rows = await runSql<{ offer_id: string; observed_at: Date; call_id: string }>(
    client,
    readSql('find-newest-found'),
    [offerIds],
  );
  return new Map(rows.map((row) => [row.offer_id, { at: row.observed_at, callId: row.call_id }]));
}

/** Determines again which answer of each offer is the newest that found it, and how many have been empty since. */
async function recountEmpties(
  { context, freshness }: DetailMerge,
  refound: readonly DetailObservation[],
): Promise<void> {
  const ids = [...new Set(refound.map(({ offerId }) => offerId))];
  if (ids.length === 0) return;
  const refuted = new Set(
    refound.filter((observation) => !isFound(observation)).map(({ key }) => key.callId),
  );
  const booked = await readNewestFound(context, ids);
  const found = new Map<string, ObservationKey | null>();
  for (const id of ids) {
    const known = freshness.get(id)?.found ?? null;
    // An answer that is no longer stored is not refuted.
    const kept = known !== null && refuted.has(known.callId) ? null : known;
    const key = booked.get(id);
    found.set(id, key === undefined ? kept : newest(key, kept));
  }
  const since = new Map([...found].map(([id, key]) => [id, key ?? never]));
  const empties = await countEmptyDetails(context.client, since);
  for (const [id, key] of found) {
    const known = freshness.get(id);
    if (known) freshness.set(id, { ...known, found: key, emptyDetailStreak: empties.get(id) ?? 0 });
  }
}

/** Of the answers that are read, those that are the newest to have found their offers. */
function listCurrent({ freshness }: DetailMerge, read: readonly DetailObservation[]): DetailObservation[] {
  const current = read.filter(({ offerId, key }) => freshness.get(offerId)?.found?.callId === key.callId);
  return [...new Map(current.map((observation) => [observation.offerId, observation])).values()];
}

function toDetailObservation({ freshness }: DetailMerge, answer: LoadableOffer): DetailObservation[] {
  const { offerId, record, provenance } = answer;
  const prior = freshness.get(offerId);
  if (!prior || record?.kind !== 'found') return [];
  return [{ offerId, answer, key: observationKey(provenance), prior, detail: record.detail }];
}

/** Answers that were read to merge the prices of their offers again. */
function listReplayed(merge: DetailMerge, replayed: readonly ReplayedOffer[]): DetailObservation[] {
  return replayed.flatMap(({ offerId, answers }) =>
    [...answers.values()].flatMap((answer) =>
      answer.kind === 'detail' && answer.offerId === offerId ? toDetailObservation(merge, answer) : [],
    ),
  );
}

/** Merges offers whose newest answers are empty as read today, if no answer that found them is read. */
async function mergeVanished(
  merge: DetailMerge,
  refound: readonly DetailObservation[],
  current: readonly DetailObservation[],
): Promise<void> {
  const written = new Set(current.map(({ offerId }) => offerId));
  const vanished = refound.flatMap(({ offerId, answer }) => {
    const known = merge.freshness.get(offerId);
    if (written.has(offerId) || !known || known.emptyDetailStreak === 0 || known.detail === null) return [];
    return [[offerId, { offerId, key: known.detail, runId: answer.provenance.runId }] as const];
  });
  await mergeEmpty(merge, [...new Map(vanished).values()]);
}

/**
 * Corrects offers to what today's code reads in detail answers that were loaded before (`again`), and puts those that were not (`late`)
 * into the history. If the prices of an offer disagree with an answer, they are merged again from all of its stored answers; other offers
 * are left untouched.
 */
export async function replayDetails(
  merge: DetailMerge,
  replay: Replay,
  {
    late,
    again,
  }: { readonly late: readonly DetailObservation[]; readonly again: readonly DetailObservation[] },
): Promise<void> {
  const { context } = merge;
  const booked = await correctObservations(
    context,
    replay,
    again.map(({ answer, detail }) => toObservation(answer, detail)),
  );
  const bookedOf = ({ offerId, key }: DetailObservation) => booked.get(observationId(offerId, key.callId));
  const refound = again.filter((observation) => bookedOf(observation)?.isFound !== isFound(observation));
  await recountEmpties(merge, refound);
  const placed = again.filter((observation) => bookedOf(observation)?.isLate !== true);
  const contradicting = await findContradicting(context, 'detail', placed.map(toLateAnswer));
  const replayed = await remergePrices(context, replay, {
    source: 'detail',
    late: late.map(toLateAnswer),
    doubtful: [...refound, ...contradicting],
  });
  const withoutStatus = await listWithoutStatus(merge, [...late, ...again]);
  const read = [...again, ...listReplayed(merge, replayed), ...withoutStatus];
  const current = listCurrent(merge, read).filter(isFound);
  // A seller's newest description may be an older answer of the offer.
  await mergeSellers(context, [...again.filter(isFound), ...current].flatMap(toSellerObservations));
  await mergeNewest(merge, current, { isAgain: true });
  const [found, refuted] = [again.filter(isFound), refound.filter((observation) => !isFound(observation))];
  await placeSellers(context, found);
  await placeSkus(context, found, refuted);
  await mergeVanished(merge, refound, current);
}
