import type { LoadableOffer } from '../model/catalog.ts';
import type { OfferDetail } from '../model/records.ts';
import { readSql } from './read-sql.ts';
import { readStatuses, readStatusesBefore } from './read-statuses.ts';
import { offerState, toAttributeRows, toOfferRow, toPriceRows, toSkuRows } from './detail-rows.ts';
import type { LoadContext } from './load-context.ts';
import {
  isAbsent,
  isUnseen,
  type ObservationKey,
  type OfferFreshness,
} from '../refresh/update/offer-freshness.ts';
import type { LateAnswer } from './merge-prices.ts';
import type { SellerObservation } from './merge-sellers.ts';
import { countOffers, type LoadCounters, type WrittenOffer } from './load-counters.ts';
import { applySql, runSql } from '../db/sql-file.ts';

/** An answer with what was known of its offer just before it. */
export interface DetailObservation {
  readonly offerId: string;
  readonly answer: LoadableOffer;
  readonly key: ObservationKey;
  readonly prior: OfferFreshness;
  /** Null: the answer was valid and empty. */
  readonly detail: OfferDetail | null;
}

export interface FoundDetail extends DetailObservation {
  readonly detail: OfferDetail;
}

export const isFound = (observation: DetailObservation): observation is FoundDetail =>
  observation.detail !== null;

export const toLateAnswer = ({ offerId, key, detail }: DetailObservation): LateAnswer => ({
  offerId,
  key,
  prices: detail === null ? null : toPriceRows(detail),
});

export interface DetailMerge {
  readonly context: LoadContext;
  readonly counters: LoadCounters;
  /** Updated with every answer. */
  readonly freshness: Map<string, OfferFreshness>;
}

const emptyDetailStreakOf = ({ freshness }: DetailMerge, offerId: string): number =>
  freshness.get(offerId)?.emptyDetailStreak ?? 0;

export const isGone = (merge: DetailMerge, { offerId }: DetailObservation): boolean =>
  emptyDetailStreakOf(merge, offerId) >= 2;

interface FieldChange {
  readonly field: string;
  readonly old: string | null;
  readonly new: string | null;
}

interface WrittenDetail extends WrittenOffer {
  readonly is_content_changed: boolean;
  /** An older version of the code had read the row: differences may be values that it did not read. */
  readonly is_reread: boolean;
  readonly changes: readonly FieldChange[] | null;
}

/** Internal fields, which are of no use to people. */
const internalFields = new Set(['content_hash', 'offer_id']);

function noteCorrected({ replay }: LoadContext, written: readonly WrittenDetail[]): void {
  if (replay === null) return;
  for (const { offer_id: id, changes } of written) {
    const change = (changes ?? []).find(({ field }) => !internalFields.has(field));
    if (change) replay.correction.examples.push({ id, what: change.field, was: change.old, is: change.new });
  }
}

/**
 * Details with the status of their offers, if their own cannot be read; for details that are read again, the status of an earlier answer,
 * if it is stored.
 */
async function keepStatuses(
  context: LoadContext,
  found: readonly FoundDetail[],
  isAgain: boolean,
): Promise<readonly FoundDetail[]> {
  const unread = found.filter(({ detail }) => detail.isStatusUnread);
  if (unread.length === 0) return found;
  const ids = unread.map(({ offerId }) => offerId);
  const before = isAgain ? await readStatusesBefore(context, unread) : [];
  const kept = new Map([...(await readStatuses(context, ids)), ...before]);
  return found.map((one) => {
    if (!one.detail.isStatusUnread) return one;
    const sourceStatus = kept.get(one.offerId) ?? null;
    return { ...one, detail: { ...one.detail, offer: { ...one.detail.offer, sourceStatus } } };
  });
}

function toCurrentRow(merge: DetailMerge, { offerId, detail, answer }: FoundDetail) {
  const known = merge.freshness.get(offerId);
  const { sourceStatus } = detail.offer;
  const status = { sourceStatus, isAbsent: known !== undefined && isAbsent(known) };
  const state = offerState(emptyDetailStreakOf(merge, offerId), status);
  return toOfferRow(detail, state, answer.provenance, merge.context.normalizerVersion);
}

async function mergeAttributes(
  { client }: LoadContext,
  found: readonly FoundDetail[],
  ids: ReadonlySet<string>,
): Promise<void> {
  if (ids.size === 0) return;
  const details = found.filter(({ offerId }) => ids.has(offerId)).map(({ detail }) => detail);
  const attributes = JSON.stringify(details.flatMap(toAttributeRows));
  await applySql(client, readSql('replace-offer-attributes'), [[...ids], attributes]);
}

async function mergeSkus({ client }: LoadContext, found: readonly FoundDetail[]): Promise<void> {
  const answers = found.map(({ offerId, detail, key }) => ({
    offer_id: offerId,
    is_complete: !detail.hasUnreadSkus,
    observed_at: key.at,
    call_id: key.callId,
  }));
  const skus = found.flatMap(({ detail, key }) => toSkuRows(detail, key));
  await applySql(client, readSql('merge-skus'), [JSON.stringify(answers), JSON.stringify(skus)]);
}

/** Offers that a merge wrote. */
export interface WrittenDetails {
  readonly ids: readonly string[];
  /** Those that an older version of the code had read. */
  readonly reread: ReadonlySet<string>;
}

/**
 * Makes answers, the newest that found their offers, the current state of these.
 *
 * @param isAgain they were loaded before
 */
export async function mergeNewest(
  merge: DetailMerge,
  found: readonly FoundDetail[],
  { isAgain }: { readonly isAgain: boolean },
): Promise<WrittenDetails> {
  if (found.length === 0) return { ids: [], reread: new Set() };
  const { context, counters } = merge;
  const rows = (await keepStatuses(context, found, isAgain)).map((one) => toCurrentRow(merge, one));
  const written = await runSql<WrittenDetail>(context.client, readSql('merge-offer-details'), [
    JSON.stringify(rows),
    isAgain,
  ]);
  countOffers(counters, written);
  noteCorrected(context, written);
  for (const { offerId, prior } of found) if (isUnseen(prior)) counters.completed.add(offerId);
  const changed = written.filter((row) => row.is_content_changed).map((row) => row.offer_id);
  await mergeAttributes(context, found, new Set(changed));
  // For answers that are read again, their place in the history decides what is current.
  if (!isAgain) await mergeSkus(context, found);
  const reread = written.filter((row) => row.is_reread).map((row) => row.offer_id);
  return { ids: written.map((row) => row.offer_id), reread: new Set(reread) };
}

/** An offer that its newest answers did not find. */
export interface EmptyDetail {
  readonly offerId: string;
  readonly key: ObservationKey;
  readonly runId: string | null;
}

/** Writes the state of offers whose newest answers were empty. Returns the offers that it wrote. */
export async function mergeEmpty(merge: DetailMerge, empty: readonly EmptyDetail[]): Promise<string[]> {
  if (empty.length === 0) return [];
  const rows = empty.map(({ offerId, key, runId }) => ({
    offer_id: offerId,
    state: offerState(emptyDetailStreakOf(merge, offerId), null),
    changed_at: key.at,
    run_id: runId,
    call_id: key.callId,
  }));
  const written = await runSql<WrittenOffer>(merge.context.client, readSql('merge-offer-states'), [
    JSON.stringify(rows),
  ]);
  // An empty answer shows no offer, not even a new one.
  countOffers(
    merge.counters,
    written.filter((row) => !row.is_new),
  );
  return written.map((row) => row.offer_id);
}

/** The seller that a detail describes, and the one that its offer refers to, which must exist. */
export function toSellerObservations({ detail: { offer, seller }, key }: FoundDetail): SellerObservation[] {
  return [
    ...(seller === null ? [] : [{ sellerId: seller.sellerId, record: seller, key }]),
    ...(offer.sellerId === null ? [] : [{ sellerId: offer.sellerId, record: null, key }]),
  ];
}
