import { readSql } from './read-sql.ts';
import type { LoadContext, Replay } from './load-context.ts';
import { isNewer, type ObservationKey } from '../refresh/update/offer-freshness.ts';
import {
  isConfirmedBy,
  readPriceIntervals,
  type PriceInterval,
  type PriceSource,
} from './price-intervals.ts';
import { listSeries, type SeriesEntry } from './price-series.ts';
import { replayPrices, type ReplayedOffer, type ReplayRequest } from './replay-prices.ts';
import type { LateAnswer } from './merge-prices.ts';
import { applySql, runSql } from '../db/sql-file.ts';

const isFollowedByEmpty = (series: readonly SeriesEntry[], key: ObservationKey): boolean =>
  series.find((entry) => isNewer(entry.key, key))?.isFound === false;

/** Whether the history disagrees with an answer: if it shows exactly what the answer states, the answer changes nothing. */
function isContradicting(
  { key, prices }: LateAnswer,
  intervals: readonly PriceInterval[],
  series: readonly SeriesEntry[],
): boolean {
  return prices === null || !isConfirmedBy(intervals, key, prices) || isFollowedByEmpty(series, key);
}

/** The recorded answers with whose prices, or the ends of these, the history disagrees. */
export async function findContradicting<T extends LateAnswer>(
  { client }: LoadContext,
  source: PriceSource,
  late: readonly T[],
): Promise<T[]> {
  if (late.length === 0) return [];
  const ids = [...new Set(late.map(({ offerId }) => offerId))];
  const intervals = await readPriceIntervals(client, ids, source);
  const wrongEnds = await runSql<{ offer_id: string }>(client, readSql('find-wrong-ends'), [ids, source]);
  const wronglyEnded = new Set(wrongEnds.map(({ offer_id }) => offer_id));
  return late.filter(
    ({ offerId, key, prices }) =>
      wronglyEnded.has(offerId) ||
      (prices !== null && !isConfirmedBy(intervals.get(offerId) ?? [], key, prices)),
  );
}

async function markLate(
  { client }: LoadContext,
  source: PriceSource,
  replayed: readonly ReplayedOffer[],
): Promise<void> {
  const late = replayed.flatMap(({ offerId, unplaced }) => unplaced.map((key) => ({ offerId, key })));
  if (late.length === 0) return;
  await applySql(client, readSql('mark-late-observations'), [
    late.map(({ offerId }) => offerId),
    late.map(({ key }) => key.at),
    late.map(({ key }) => key.callId),
    source,
  ]);
}

function toRequests(late: readonly LateAnswer[], isWhole: boolean): Map<string, ReplayRequest> {
  const requests = new Map<string, ReplayRequest>();
  for (const { offerId, key } of late) {
    const known = requests.get(offerId)?.late ?? [];
    requests.set(offerId, { late: [...known, key], isWhole });
  }
  return requests;
}

/**
 * Puts late answers into the history of prices, as if they had been loaded in the order of their calls. An answer is marked as late, and
 * changes nothing, if a later answer that would have to be read is no longer stored.
 */
export async function mergeLatePrices(
  context: LoadContext,
  source: PriceSource,
  late: readonly LateAnswer[],
): Promise<ReplayedOffer[]> {
  if (late.length === 0) return [];
  const { client } = context;
  const ids = [...new Set(late.map(({ offerId }) => offerId))];
  const intervals = await readPriceIntervals(client, ids, source);
  const series =
    source === 'detail' ? await listSeries(client, ids, source) : new Map<string, SeriesEntry[]>();
  const contradicting = late.filter((one) =>
    isContradicting(one, intervals.get(one.offerId) ?? [], series.get(one.offerId) ?? []),
  );
  const replayed = await replayPrices({ ...context, source }, toRequests(contradicting, false));
  await markLate(context, source, replayed);
  return replayed;
}

/**
 * Makes the whole history of prices of offers what today's code reads in their stored answers, including `late` ones that were not in it.
 */
export async function remergePrices(
  context: LoadContext,
  { correction, wasReplayed }: Replay,
  {
    source,
    late,
    doubtful,
  }: {
    readonly source: PriceSource;
    readonly late: readonly LateAnswer[];
    readonly doubtful: readonly { readonly offerId: string }[];
  },
): Promise<ReplayedOffer[]> {
  const whole = new Map<string, ReplayRequest>(
    doubtful.map(({ offerId }) => [offerId, { late: [], isWhole: true }]),
  );
  const requests = new Map([...whole, ...toRequests(late, true)]);
  for (const id of await wasReplayed([...requests.keys()], source)) requests.delete(id);
  const replayed = await replayPrices({ ...context, source }, requests);
  await markLate(context, source, replayed);
  for (const { offerId, diff, isPartial } of replayed) {
    correction.replayed[source].add(offerId);
    if (isPartial) correction.partial.add(offerId);
    if (diff === null) continue;
    correction.offers.add(offerId);
    correction.prices.push({ offerId, diff });
  }
  return replayed;
}
