import type { PoolClient } from 'pg';
import type { LoadableOffer } from '../../model/catalog.ts';
import type { OfferDetail } from '../../model/records.ts';
import { readSql } from '../sql-file.ts';
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
  foldTime,
  inRounds,
  isAbsent,
  isNewer,
  lookKey,
  newest,
  type LookKey,
  type OfferLooks,
} from './looks.ts';
import { mergeSellers, type SellerLook } from './merge-sellers.ts';
import { countEmptyLooks, insertObservations, lockOffers, lookId, writeLooks } from './offer-looks.ts';
import { mergePrices, tallyOffers, type Tally, type WrittenOffer } from './tally.ts';
import { teach, type Teaching } from './teaching.ts';

/** An answer with what was known of its offer just before it. */
interface DetailLook {
  readonly offerId: string;
  readonly answer: LoadableOffer;
  readonly key: LookKey;
  readonly prior: OfferLooks;
  /** Null: the answer was good and empty. */
  readonly detail: OfferDetail | null;
}

interface FoundLook extends DetailLook {
  readonly detail: OfferDetail;
}

const isFound = (look: DetailLook): look is FoundLook => look.detail !== null;

/** Moves the looks of the round's offers on: the newest look, the newest that found it, the empty ones since. */
async function advanceLooks(
  client: PoolClient,
  round: readonly DetailLook[],
  looks: Map<string, OfferLooks>,
): Promise<void> {
  const overtaken = new Map<string, LookKey>();
  for (const look of round) {
    const { prior, key, offerId } = look;
    const isNewestFound = isFound(look) && isNewer(key, prior.found);
    if (isNewestFound && !isNewer(key, prior.detail)) overtaken.set(offerId, key);
    const isEmptySinceFound = !isFound(look) && isNewer(key, prior.found);
    looks.set(offerId, {
      ...prior,
      detail: newest(key, prior.detail),
      found: isNewestFound ? key : prior.found,
      emptyLooks: isNewestFound ? 0 : prior.emptyLooks + (isEmptySinceFound ? 1 : 0),
    });
  }
  for (const [offerId, emptyLooks] of await countEmptyLooks(client, overtaken)) {
    const known = looks.get(offerId);
    if (known) looks.set(offerId, { ...known, emptyLooks });
  }
}

interface Merge {
  readonly client: PoolClient;
  readonly tally: Tally;
  readonly normalizerVersion: number | null;
  readonly emptyLooksOf: (offerId: string) => number;
  readonly isAbsent: (offerId: string) => boolean;
}

interface WrittenDetail extends WrittenOffer {
  readonly is_content_changed: boolean;
}

/** Answers that are the newest to have found their offers: they are its current state now. */
async function mergeNewest(merge: Merge, found: readonly FoundLook[]): Promise<string[]> {
  if (found.length === 0) return [];
  const { client, tally } = merge;
  const rows = found.map(({ offerId, detail, answer }) => {
    const { sourceStatus } = detail.offer;
    const state = offerState(merge.emptyLooksOf(offerId), {
      sourceStatus,
      isAbsent: merge.isAbsent(offerId),
    });
    return toOfferRow(detail, state, answer.provenance, merge.normalizerVersion);
  });
  const written = await client.query<WrittenDetail>(readSql('merge-offer-details'), [JSON.stringify(rows)]);
  tallyOffers(tally, written.rows);
  for (const { offerId, prior } of found) if (prior.found === null) tally.completed.add(offerId);
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
async function mergeLate(client: PoolClient, late: readonly FoundLook[]): Promise<void> {
  const skus = late.flatMap(({ detail, key }) => toSkuRows(detail, key, key));
  if (skus.length > 0) await client.query(readSql('merge-late-skus'), [JSON.stringify(skus)]);
}

async function mergeEmpty(merge: Merge, empty: readonly DetailLook[]): Promise<string[]> {
  if (empty.length === 0) return [];
  for (const { offerId, prior } of empty) if (prior.detail === null) merge.tally.completed.add(offerId);
  const rows = empty.map(({ offerId, key, answer }) => ({
    offer_id: offerId,
    state: offerState(merge.emptyLooksOf(offerId), null),
    changed_at: key.at,
    run_id: answer.provenance.runId,
    call_id: key.callId,
  }));
  const written = await merge.client.query<WrittenOffer>(readSql('merge-offer-states'), [
    JSON.stringify(rows),
  ]);
  tallyOffers(merge.tally, written.rows);
  return written.rows.map((row) => row.offer_id);
}

/** The seller it describes, and the one its offer refers to, which must exist. */
function toSellerLooks({ detail: { offer, seller }, key }: FoundLook): SellerLook[] {
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

async function mergeRound(merge: Merge, round: readonly DetailLook[]): Promise<Moved> {
  const { client, tally, emptyLooksOf } = merge;
  const found = round.filter(isFound);
  const current = found.filter(({ key, prior }) => isNewer(key, prior.found));
  const empty = round.filter((look) => !isFound(look) && isNewer(look.key, look.prior.found));
  await mergeSellers(client, found.flatMap(toSellerLooks));
  const written = await mergeNewest(merge, current);
  await mergeLate(
    client,
    found.filter(({ key, prior }) => !isNewer(key, prior.found)),
  );
  const vanished = await mergeEmpty(merge, empty);
  const isGone = ({ offerId }: DetailLook) => emptyLooksOf(offerId) >= 2;
  const priced = current.filter((look) => !isGone(look)).map(({ detail }) => detail);
  const prices = await mergePrices(
    client,
    [...current, ...empty.filter(isGone)].map(({ offerId, key, prior }) => ({
      offer_id: offerId,
      call_id: key.callId,
      at: foldTime(key, prior.detail),
      is_search: false,
    })),
    { prices: priced.flatMap(toPriceRows), unread: priced.flatMap(toUnreadPriceRows) },
    tally,
  );
  return { offers: new Set([...written, ...vanished, ...prices]), prices };
}

/** The usable answers of a round that were not loaded before. */
async function bookRound(
  client: PoolClient,
  round: readonly LoadableOffer[],
  looks: ReadonlyMap<string, OfferLooks>,
): Promise<DetailLook[]> {
  const lookedAt = round.flatMap((answer): DetailLook[] => {
    const { offerId, record, provenance } = answer;
    const prior = looks.get(offerId);
    if (!prior || record === null) return [];
    const detail = record.kind === 'found' ? record.detail : null;
    return [{ offerId, answer, key: lookKey(provenance), prior, detail }];
  });
  const fresh = await insertObservations(
    client,
    lookedAt.map(({ offerId, answer, key, prior, detail }) =>
      toObservation({ offerId, provenance: answer.provenance }, detail, !isNewer(key, prior.detail)),
    ),
  );
  return lookedAt.filter(({ offerId, key }) => fresh.has(lookId(offerId, key.callId)));
}

/** Learns from the answers that are newer than every other detail of their offers. */
function learnFrom(
  teaching: Teaching,
  round: readonly DetailLook[],
  moved: Moved,
  looks: Map<string, OfferLooks>,
): void {
  for (const { offerId, key, prior } of round) {
    const known = looks.get(offerId);
    if (!known || !isNewer(key, prior.detail)) continue;
    const isChanged = moved.offers.has(offerId);
    const isVisible = moved.prices.has(offerId);
    // Nothing was read in the ones before: there is nothing to compare with.
    const before = prior.found === null ? { ...prior, detail: null } : prior;
    const taught = teach(teaching, before, { kind: 'detail', at: key.at, isChanged, isVisible });
    looks.set(offerId, { ...known, taught });
  }
}

/** An answer of which nothing was usable is a look all the same: asking again at once would not help. */
function noteUnusable(answers: readonly LoadableOffer[], looks: Map<string, OfferLooks>): void {
  for (const { offerId, record, provenance } of answers) {
    const known = looks.get(offerId);
    if (record !== null || !known) continue;
    const { stale } = known.taught;
    const isAnswered = stale !== null && stale.since <= provenance.observedAt;
    looks.set(offerId, {
      ...known,
      detail: newest(lookKey(provenance), known.detail),
      taught: { ...known.taught, stale: isAnswered ? null : stale },
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
    readonly tally: Tally;
    readonly normalizerVersion: number | null;
    readonly teaching: Teaching;
  },
): Promise<void> {
  const looks = await lockOffers(client, answers);
  const merge: Merge = {
    client,
    ...options,
    emptyLooksOf: (id) => looks.get(id)?.emptyLooks ?? 0,
    isAbsent: (id) => {
      const known = looks.get(id);
      return known !== undefined && isAbsent(known);
    },
  };
  const rounds = inRounds(
    answers,
    ({ offerId }) => offerId,
    ({ provenance }) => lookKey(provenance),
  );
  for (const round of rounds) {
    const lookedAt = await bookRound(client, round, looks);
    for (const { offerId } of lookedAt) options.tally.seen.add(offerId);
    await advanceLooks(client, lookedAt, looks);
    learnFrom(options.teaching, lookedAt, await mergeRound(merge, lookedAt), looks);
  }
  noteUnusable(answers, looks);
  await writeLooks(client, looks, { wasAskedFor: true, teaching: options.teaching });
}
