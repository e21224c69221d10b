import type { LoadableAnswer, LoadableOffer } from '../../model/catalog.ts';
import { toPriceRows, toUnreadPriceRows } from '../../load/detail-rows.ts';
import * as searchRows from '../../load/search-rows.ts';
import { readSql } from '../read-sql.ts';
import type { CorrectionDeps } from './correction.ts';
import type { PriceDiff, PriceInterval } from './price-fold.ts';
import type { PriceSource } from './price-intervals.ts';
import {
  rebuildPriceIntervals,
  type Reading,
  type ReplayAnswer,
  type ReplayFreshness,
} from './rebuild-price-intervals.ts';

/**
 * Stored answers in memory at once, beside those of the batch: 300 details are about 30 MB. At a tenth, offers with long
 * histories cost a round trip each.
 */
const answersAtOnce = 300;

/** What an answer tells of an offer's prices. */
export function readingOf(answer: LoadableAnswer | undefined, offerId: string): Reading {
  if (answer === undefined) return { kind: 'lost' };
  if (answer.record === null) return { kind: 'unusable' };
  if (answer.kind === 'detail') {
    if (answer.record.kind === 'gone') return { kind: 'empty' };
    const { detail } = answer.record;
    return { kind: 'read', prices: toPriceRows(detail), unread: toUnreadPriceRows(detail) };
  }
  const row =
    answer.kind === 'search' ? answer.record.rows.find((one) => one.offerId === offerId) : undefined;
  if (row === undefined) return { kind: 'unusable' };
  const observation = { offerId, row };
  return {
    kind: 'read',
    prices: searchRows.toPriceRows(observation),
    unread: searchRows.toUnreadPriceRows(observation),
  };
}

interface AnswerRow {
  readonly offer_id: string;
  readonly observed_at: Date;
  readonly call_id: string;
  readonly is_found: boolean;
  readonly raw_id: string | null;
}

async function listAnswers(
  { client }: CorrectionDeps,
  offerIds: readonly string[],
  source: PriceSource,
): Promise<Map<string, AnswerRow[]>> {
  const { rows } = await client.query<AnswerRow>(readSql('list-replay-answers'), [offerIds, source]);
  const byOffer = new Map<string, AnswerRow[]>(offerIds.map((id) => [id, []]));
  for (const row of rows) byOffer.get(row.offer_id)?.push(row);
  return byOffer;
}

/** Offers in portions of which the answers fit into memory. */
function inPortions(byOffer: ReadonlyMap<string, readonly AnswerRow[]>): string[][] {
  const portions: string[][] = [];
  let room = 0;
  for (const [offerId, rows] of byOffer) {
    if (rows.length > room) {
      portions.push([]);
      room = answersAtOnce;
    }
    portions.at(-1)?.push(offerId);
    room -= rows.length;
  }
  return portions;
}

/** An offer whose answers were told again. */
export interface ReplayedOffer {
  readonly offerId: string;
  readonly freshness: ReplayFreshness;
  readonly diff: PriceDiff;
  /** The newest detail answer; null: it is not kept. */
  readonly newest: LoadableOffer | null;
  /** The newest one that found it; null: none did, or it is not kept. */
  readonly newestFound: LoadableOffer | null;
  /** Of all answers that were told. */
  readonly callIds: ReadonlySet<string>;
}

function replayOne(
  offerId: string,
  rows: readonly AnswerRow[],
  intervals: readonly PriceInterval[],
  answers: ReadonlyMap<string, LoadableAnswer>,
) {
  const answerOf = (row: AnswerRow) => (row.raw_id === null ? undefined : answers.get(row.raw_id));
  const readAnswers = rows.map((row): ReplayAnswer => ({
    key: { at: row.observed_at, callId: row.call_id },
    wasFound: row.is_found,
    reading: readingOf(answerOf(row), offerId),
  }));
  const again = rebuildPriceIntervals(readAnswers, intervals);
  const detailOf = (callId: string | undefined) => {
    const row = rows.find((one) => one.call_id === callId);
    const answer = row && answerOf(row);
    return answer?.kind === 'detail' ? answer : null;
  };
  return {
    ...again,
    offerId,
    newest: detailOf(again.freshness.newest?.callId),
    newestFound: detailOf(again.freshness.found?.callId),
    callIds: new Set(rows.map((row) => row.call_id)),
  };
}

/**
 * Tells the prices of locked offers again from all of their answers that are kept. Writes nothing yet, but counts.
 *
 * @param hand answers that are read already, by raw id
 */
export async function replayPrices(
  deps: CorrectionDeps,
  source: PriceSource,
  offers: ReadonlyMap<string, readonly PriceInterval[]>,
  hand: ReadonlyMap<string, LoadableAnswer>,
): Promise<ReplayedOffer[]> {
  const done = await deps.wasReplayed([...offers.keys()]);
  const ids = [...offers.keys()].filter((id) => !done.has(id));
  if (ids.length === 0) return [];
  const byOffer = await listAnswers(deps, ids, source);
  const replayed: ReplayedOffer[] = [];
  for (const portion of inPortions(byOffer)) {
    const rawIds = portion.flatMap((id) => (byOffer.get(id) ?? []).flatMap((row) => row.raw_id ?? []));
    const others = [...new Set(rawIds)].filter((id) => !hand.has(id));
    const answers = new Map([...hand, ...(await deps.readAnswers(others))]);
    for (const offerId of portion) {
      const one = replayOne(offerId, byOffer.get(offerId) ?? [], offers.get(offerId) ?? [], answers);
      replayed.push(one);
      if (one.isPartial) deps.correction.partial.add(offerId);
    }
  }
  for (const one of replayed) countReplayed(deps, one);
  return replayed;
}

const formatPrice = ({ kind, skuId, minQuantity }: PriceInterval): string =>
  [
    `${kind} price`,
    ...(skuId === '0' ? [] : [`of SKU ${skuId}`]),
    ...(minQuantity > 1 ? [`from ${String(minQuantity)}`] : []),
  ].join(' ');

function countReplayed(
  { correction }: CorrectionDeps,
  { offerId, diff: { added, removed, changed } }: ReplayedOffer,
) {
  correction.replayed.add(offerId);
  if (added.length + removed.length + changed.length === 0) return;
  correction.offers.add(offerId);
  correction.pricesAdded += added.length;
  correction.pricesRemoved += removed.length;
  correction.pricesChanged += changed.length;
  const pairs = [
    ...changed,
    ...removed.map((from) => ({ from, to: undefined })),
    ...added.map((to) => ({ from: undefined, to })),
  ];
  const [pair] = pairs;
  const price = pair?.to ?? pair?.from;
  if (!pair || !price) return;
  correction.examples.push({
    id: offerId,
    what: formatPrice(price),
    was: formatInterval(pair.from),
    is: formatInterval(pair.to),
  });
}

function formatInterval(interval: PriceInterval | undefined): string | null {
  if (interval === undefined) return null;
  const day = (at: Date) => at.toISOString().slice(0, 10);
  const end = interval.validTo === null ? '' : ` to ${day(interval.validTo)}`;
  return `${interval.amountCny} since ${day(interval.validFrom)}${end}`;
}
