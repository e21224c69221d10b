import type { LoadableAnswer, LoadableOffer } from '../../model/catalog.ts';
import type { OfferDetail } from '../../model/records.ts';
import {
  offerState,
  toAttributeRows,
  toImageRows,
  toObservation,
  toOfferRow,
  toSkuRows,
} from '../../load/detail-rows.ts';
import {
  isAbsent,
  isOlder,
  observationKey,
  newest,
  type OfferFreshness,
} from '../../load/offer-freshness.ts';
import { correctSellers } from '../../load/merge-sellers.ts';
import { lockOffers, observationId, writeFreshness } from '../../load/freshness-rows.ts';
import { readSql } from '../read-sql.ts';
import { readSql as readLoadSql } from '../../load/read-sql.ts';
import { correctFreshness, type RecordedObservation } from './correct-freshness.ts';
import type { CorrectionDeps } from './correction.ts';
import { agreesWith, type PriceInterval } from './price-fold.ts';
import { readPriceIntervals, writePriceDiffs } from './price-intervals.ts';
import { readingOf, replayPrices, type ReplayedOffer } from './replay-prices.ts';

/** An answer that can be read today. */
interface ReadAnswer {
  readonly answer: LoadableOffer;
  /** Null: it is empty. */
  readonly detail: OfferDetail | null;
}

/** An offer with the newest answer that found it. */
interface Found {
  readonly answer: LoadableOffer;
  readonly detail: OfferDetail;
}

function toReadAnswers(answer: LoadableOffer): ReadAnswer[] {
  if (answer.record === null) return [];
  return [{ answer, detail: answer.record.kind === 'found' ? answer.record.detail : null }];
}

function foundIn({ answer, detail }: ReadAnswer): Found[] {
  return detail === null ? [] : [{ answer, detail }];
}

/** Whether the prices of the offer may be others than what today's reading of its answers makes of them. */
function isDoubtful(
  { answer, detail }: ReadAnswer,
  booked: RecordedObservation | undefined,
  intervals: readonly PriceInterval[],
): boolean {
  if (booked?.isFound !== (detail !== null)) return true;
  const reading = readingOf(answer, answer.offerId);
  if (reading.kind !== 'read') return false;
  // It may have found the offer after a newer, empty answer: then its prices hold from the time of that one.
  if (booked.isLate) return true;
  const { at, callId } = observationKey(answer.provenance);
  return !agreesWith(intervals, { at, callId, ...reading });
}

async function findDoubtful(
  { client }: CorrectionDeps,
  readAnswers: readonly ReadAnswer[],
  booked: ReadonlyMap<string, RecordedObservation>,
): Promise<Map<string, readonly PriceInterval[]>> {
  const ids = [...new Set(readAnswers.map(({ answer }) => answer.offerId))];
  const intervals = await readPriceIntervals(client, ids, 'detail');
  const doubtful = readAnswers.filter((one) => {
    const { offerId, provenance } = one.answer;
    const observation = booked.get(observationId(offerId, provenance.callId));
    return isDoubtful(one, observation, intervals.get(offerId) ?? []);
  });
  return new Map(doubtful.map(({ answer: { offerId } }) => [offerId, intervals.get(offerId) ?? []]));
}

/** The newest answer that found each offer, where it is in the batch or was read with the offer's others. */
function listNewestFound(
  readAnswers: readonly ReadAnswer[],
  replayed: readonly ReplayedOffer[],
  freshness: ReadonlyMap<string, OfferFreshness>,
): Found[] {
  const answers = [
    ...readAnswers.map(({ answer }) => answer),
    ...replayed.flatMap(({ newestFound }) => newestFound ?? []),
  ];
  const newestOf = new Map(
    answers
      .filter(({ offerId, provenance }) => freshness.get(offerId)?.found?.callId === provenance.callId)
      .map((answer) => [answer.offerId, answer]),
  );
  return [...newestOf.values()].flatMap((answer) => toReadAnswers(answer).flatMap(foundIn));
}

interface OfferCorrection {
  readonly offer_id: string;
  readonly changes: readonly {
    readonly field: string;
    readonly old: string | null;
    readonly new: string | null;
  }[];
}

/** Fields that say nothing to people. */
const unspoken = new Set(['content_hash', 'offer_id']);

async function correctOffers(
  { client, correction, normalizerVersion }: CorrectionDeps,
  found: readonly Found[],
  freshness: ReadonlyMap<string, OfferFreshness>,
): Promise<string[]> {
  const rows = found.map(({ answer: { offerId, provenance }, detail }) => {
    const known = freshness.get(offerId);
    const { sourceStatus } = detail.offer;
    const state = offerState(known?.emptyDetailStreak ?? 0, {
      sourceStatus,
      isAbsent: known !== undefined && isAbsent(known),
    });
    return toOfferRow(detail, state, provenance, normalizerVersion);
  });
  const written = await client.query<OfferCorrection>(readSql('correct-offers'), [JSON.stringify(rows)]);
  for (const { offer_id: id, changes } of written.rows) {
    correction.offers.add(id);
    const change = changes.find(({ field }) => !unspoken.has(field));
    if (change) correction.examples.push({ id, what: change.field, was: change.old, is: change.new });
  }
  return written.rows.map((row) => row.offer_id);
}

/** SKUs, and, of offers that were written, images and attributes. */
async function correctParts(
  { client, correction }: CorrectionDeps,
  found: readonly Found[],
  writtenIds: readonly string[],
): Promise<void> {
  const skus = await client.query<{ offer_id: string }>(readLoadSql('merge-skus'), [
    JSON.stringify(
      found.map(({ answer: { offerId, provenance }, detail }) => ({
        offer_id: offerId,
        is_complete: !detail.hasUnreadSkus,
        observed_at: provenance.observedAt,
        call_id: provenance.callId,
        previous_at: provenance.observedAt,
        previous_call_id: provenance.callId,
      })),
    ),
    JSON.stringify(
      found.flatMap(({ answer, detail }) => toSkuRows(detail, observationKey(answer.provenance), null)),
    ),
  ]);
  for (const row of skus.rows) correction.offers.add(row.offer_id);
  if (writtenIds.length === 0) return;
  const ids = new Set(writtenIds);
  const written = found.filter(({ answer }) => ids.has(answer.offerId)).map(({ detail }) => detail);
  const images = JSON.stringify(written.flatMap(toImageRows));
  await client.query(readLoadSql('replace-offer-images'), [writtenIds, images]);
  const attributes = JSON.stringify(written.flatMap(toAttributeRows));
  await client.query(readLoadSql('replace-offer-attributes'), [writtenIds, attributes]);
}

/** Offers of which today's reading makes the newest answers empty ones. */
async function correctStates(
  { client, correction }: CorrectionDeps,
  replayed: readonly ReplayedOffer[],
): Promise<void> {
  const rows = replayed.flatMap(({ offerId, freshness, newest: last, newestFound }) =>
    freshness.emptyDetailStreak === 0 || newestFound !== null || last === null
      ? []
      : [
          {
            offer_id: offerId,
            state: offerState(freshness.emptyDetailStreak, null),
            changed_at: last.provenance.observedAt,
            run_id: last.provenance.runId,
            call_id: last.provenance.callId,
          },
        ],
  );
  if (rows.length === 0) return;
  const written = await client.query<{ offer_id: string }>(readLoadSql('merge-offer-states'), [
    JSON.stringify(rows),
  ]);
  for (const row of written.rows) correction.offers.add(row.offer_id);
}

function takeOver(freshness: Map<string, OfferFreshness>, replayed: readonly ReplayedOffer[]): void {
  for (const { offerId, freshness: readAnswers, callIds } of replayed) {
    const known = freshness.get(offerId);
    // An observation that is not kept any more says more than those that are.
    if (!known || (known.found !== null && !callIds.has(known.found.callId))) continue;
    // An answer that nobody could read is a look all the same.
    const detail = readAnswers.newest === null ? known.detail : newest(readAnswers.newest, known.detail);
    freshness.set(offerId, {
      ...known,
      detail,
      found: readAnswers.found,
      emptyDetailStreak: readAnswers.emptyDetailStreak,
    });
  }
}

function sellerObservationsOf({ answer, detail: { offer, seller } }: Found) {
  const key = observationKey(answer.provenance);
  return [
    ...(seller === null ? [] : [{ sellerId: seller.sellerId, record: seller, key }]),
    ...(offer.sellerId === null ? [] : [{ sellerId: offer.sellerId, record: null, key }]),
  ];
}

/**
 * Makes the catalog what today's code reads in stored detail answers. An offer whose prices do not agree with an answer
 * has them told again from all of its answers that are kept; the others are left untouched. Locks offers, then sellers,
 * as a load does.
 */
export async function correctDetails(
  deps: CorrectionDeps,
  answers: readonly LoadableOffer[],
  hand: ReadonlyMap<string, LoadableAnswer>,
): Promise<void> {
  const readable = answers.flatMap(toReadAnswers);
  if (readable.length === 0) return;
  const { client } = deps;
  const freshness = await lockOffers(
    client,
    readable.map(({ answer }) => answer),
  );
  // Offers of erased sellers have no observations.
  const readAnswers = readable.filter(({ answer }) => freshness.has(answer.offerId));
  const booked = await correctFreshness(
    deps,
    readAnswers.map(({ answer, detail }) =>
      toObservation(
        answer,
        detail,
        isOlder(observationKey(answer.provenance), freshness.get(answer.offerId)?.detail ?? null),
      ),
    ),
  );
  const replayed = await replayPrices(deps, 'detail', await findDoubtful(deps, readAnswers, booked), hand);
  takeOver(freshness, replayed);
  const found = listNewestFound(readAnswers, replayed, freshness);
  // A seller's newest description may be an older answer of the offer.
  deps.correction.sellers += await correctSellers(
    client,
    [...readAnswers.flatMap(foundIn), ...found].flatMap(sellerObservationsOf),
  );
  await correctParts(deps, found, await correctOffers(deps, found, freshness));
  await correctStates(deps, replayed);
  await writePriceDiffs(client, new Map(replayed.map(({ offerId, diff }) => [offerId, diff])));
  await writeFreshness(client, freshness, { wasAskedFor: false, statsUpdate: deps.statsUpdate });
}
