import type { PoolClient } from 'pg';
import type { LoadableAnswer } from '../model/catalog.ts';
import type { ReadAnswers } from './load-context.ts';
import { readSql } from './read-sql.ts';
import { compareObservations, isNewer, type ObservationKey } from '../refresh/update/offer-freshness.ts';
import { diffPrices, readPriceIntervals, type PriceDiff, type PriceSource } from './price-intervals.ts';
import { listSeries, readingOf, type Reading, type SeriesEntry } from './price-series.ts';
import { mergePrices, type OfferPriceRows } from './merge-prices.ts';
import { applySql } from '../db/sql-file.ts';

/**
 * Stored answers in memory at once, besides those of the batch: 300 details are about 30 MB. At a tenth, offers with long histories cost
 * a round trip each.
 */
const answersAtOnce = 300;

export interface ReplayDeps {
  readonly client: PoolClient;
  readonly source: PriceSource;
  readonly readAnswers: ReadAnswers;
  /** Answers that were already read, by call. */
  readonly hand: ReadonlyMap<string, LoadableAnswer>;
}

export interface ReplayRequest {
  /** Recorded answers that the history of the offer does not contain yet. */
  readonly late: readonly ObservationKey[];
  /** True: replay from the oldest stored answer; false: from the oldest late one. */
  readonly isWhole: boolean;
}

export interface ReplayedOffer {
  readonly offerId: string;
  /** Null: its prices did not change, and nothing was written. */
  readonly diff: PriceDiff | null;
  /** True: the answers with which the replay should begin are not stored; what they made is left as it is. */
  readonly isPartial: boolean;
  /** Late answers that have no place, because a later answer that found the offer is not stored. */
  readonly unplaced: readonly ObservationKey[];
  /** All answers of the replay, with what today's code reads in them. */
  readonly answers: ReadonlyMap<string, LoadableAnswer>;
}

interface Statement extends OfferPriceRows {
  readonly key: ObservationKey;
}

interface OfferReplay {
  readonly offerId: string;
  /** The first answer that is merged again. */
  readonly from: ObservationKey;
  readonly statements: readonly Statement[];
}

const nothing: OfferPriceRows = { prices: [], unread: [] };

/** The statements of answers, in order. One empty answer proves nothing; the second in a row states that there are no prices. */
function listStatements(
  entries: readonly (readonly [ObservationKey, Reading])[],
  emptiesBefore: number,
): Statement[] {
  let empties = emptiesBefore;
  return entries.flatMap(([key, reading]): Statement[] => {
    if (reading.kind === 'found') {
      empties = 0;
      return [{ key, prices: reading.prices, unread: reading.unread }];
    }
    if (reading.kind !== 'empty') return [];
    empties += 1;
    return empties >= 2 ? [{ key, ...nothing }] : [];
  });
}

const earliest = (keys: readonly ObservationKey[]): ObservationKey | undefined =>
  keys.toSorted(compareObservations)[0];

/** The answers that a replay may need. */
function relevantEntries(series: readonly SeriesEntry[], { late, isWhole }: ReplayRequest) {
  const first = earliest(late);
  if (isWhole) return series;
  return first === undefined ? [] : series.filter(({ key }) => key.at >= first.at);
}

function prepareReplay(
  offerId: string,
  { series, request }: { readonly series: readonly SeriesEntry[]; readonly request: ReplayRequest },
  answers: ReadonlyMap<string, LoadableAnswer>,
): Omit<ReplayedOffer, 'diff' | 'answers'> & { readonly replay: OfferReplay | null } {
  const entries = relevantEntries(series, request).map((entry) => {
    return [entry.key, readingOf(answers.get(entry.key.callId), offerId, entry)] as const;
  });
  const lost = entries.findLast(([, { kind }]) => kind === 'lost')?.[0] ?? null;
  const isKept = (key: ObservationKey) => isNewer(key, lost);
  const unplaced = request.late.filter((key) => !isKept(key));
  const first = earliest(request.late.filter(isKept));
  // Includes all answers of the same instant: a price that is replaced at once has no interval.
  const replayed = entries.filter(
    ([key]) => isKept(key) && (request.isWhole || (first !== undefined && key.at >= first.at)),
  );
  const result = { offerId, isPartial: lost !== null, unplaced };
  const from = replayed[0]?.[0];
  if (from === undefined) return { ...result, replay: null };
  const before = series.filter(({ key }) => isNewer(from, key));
  const emptiesBefore = before.length - 1 - before.findLastIndex(({ isFound }) => isFound);
  return { ...result, replay: { offerId, from, statements: listStatements(replayed, emptiesBefore) } };
}

/** Rewinds prices to before the replays, and merges their answers again, one offer after the other. */
async function replayOffers({ client, source }: ReplayDeps, replays: readonly OfferReplay[]): Promise<void> {
  const isSearch = source === 'search';
  await applySql(client, readSql('rewind-prices'), [
    JSON.stringify(
      replays.map(({ offerId, from }) => ({ offer_id: offerId, at: from.at, call_id: from.callId })),
    ),
    isSearch,
  ]);
  const rounds = Math.max(...replays.map(({ statements }) => statements.length));
  for (let round = 0; round < rounds; round += 1) {
    const now = replays.flatMap(({ offerId, statements }) => {
      const statement = statements[round];
      return statement === undefined ? [] : [{ offerId, ...statement }];
    });
    await mergePrices(
      client,
      now.map(({ offerId, key }) => ({
        offer_id: offerId,
        call_id: key.callId,
        at: key.at,
        is_search: isSearch,
      })),
      { prices: now.flatMap(({ prices }) => prices), unread: now.flatMap(({ unread }) => unread) },
    );
  }
}

async function diffReplays(
  deps: ReplayDeps,
  replays: readonly OfferReplay[],
): Promise<Map<string, PriceDiff>> {
  if (replays.length === 0) return new Map();
  const { client, source } = deps;
  const ids = replays.map(({ offerId }) => offerId);
  const before = await readPriceIntervals(client, ids, source);
  await client.query('SAVEPOINT before_replay');
  await replayOffers(deps, replays);
  const after = await readPriceIntervals(client, ids, source);
  const diffs = new Map<string, PriceDiff>();
  for (const id of ids) {
    const diff = diffPrices(before.get(id) ?? [], after.get(id) ?? []);
    if (diff !== null) diffs.set(id, diff);
  }
  // Rolls back and replays only the offers that changed, so that rows of the others are not rewritten.
  if (diffs.size < replays.length) {
    await client.query('ROLLBACK TO before_replay');
    const changed = replays.filter(({ offerId }) => diffs.has(offerId));
    if (changed.length > 0) await replayOffers(deps, changed);
  }
  await client.query('RELEASE before_replay');
  return diffs;
}

/** Splits offers into portions whose answers fit into memory. */
function inPortions(sizes: ReadonlyMap<string, number>): string[][] {
  const portions: string[][] = [];
  let room = 0;
  for (const [offerId, size] of sizes) {
    if (portions.length === 0 || size > room) {
      portions.push([]);
      room = answersAtOnce;
    }
    portions.at(-1)?.push(offerId);
    room -= size;
  }
  return portions;
}

/**
 * Makes the prices of locked offers what their answers give in the order of their calls: rewinds them to a time, and merges every later
 * stored answer again. Writes only what changes.
 */
export async function replayPrices(
  deps: ReplayDeps,
  requests: ReadonlyMap<string, ReplayRequest>,
): Promise<ReplayedOffer[]> {
  const { client, source, hand } = deps;
  const allSeries = await listSeries(client, [...requests.keys()], source);
  const jobs = new Map(
    [...requests].map(([offerId, request]) => [offerId, { request, series: allSeries.get(offerId) ?? [] }]),
  );
  const callIdsOf = (offerId: string): string[] => {
    const job = jobs.get(offerId);
    return job ? relevantEntries(job.series, job.request).map(({ key }) => key.callId) : [];
  };
  const replayed: ReplayedOffer[] = [];
  for (const portion of inPortions(new Map([...jobs.keys()].map((id) => [id, callIdsOf(id).length])))) {
    const others = [...new Set(portion.flatMap(callIdsOf))].filter((id) => !hand.has(id));
    const answers = new Map([...hand, ...(await deps.readAnswers(others))]);
    const prepared = portion.flatMap((offerId) => {
      const job = jobs.get(offerId);
      return job ? [prepareReplay(offerId, job, answers)] : [];
    });
    const diffs = await diffReplays(
      deps,
      prepared.flatMap(({ replay }) => replay ?? []),
    );
    for (const { offerId, isPartial, unplaced } of prepared)
      replayed.push({ offerId, isPartial, unplaced, diff: diffs.get(offerId) ?? null, answers });
  }
  return replayed;
}
