/*
 * What it takes to choose calls in a large catalog: 420 of all offers and search pages that are due, without and with a watch
 * list of 2,000 offers whose ages are promised, and to write what 420 observations taught.
 *
 *   npm run bench:pick                           10,000,000 offers, 200,000 pages in 5,000 searches; 6 GB of disk
 *   npm run bench:pick -- --offers 1000000
 */
import { parseArgs } from 'node:util';
import type { Pool } from 'pg';
import { dayMs, hourMs } from '../src/core/duration.ts';
import { CloseStack } from '../src/core/lifecycle.ts';
import { createLogger } from '../src/core/log.ts';
import { chooseFetches, type ChosenFetches } from '../src/refresh/choose-fetches.ts';
import type { PromisedSet } from '../src/refresh/promised-ages.ts';
import { lockOffers, writeFreshness } from '../src/refresh/update/freshness-rows.ts';
import {
  beginStatsUpdate,
  saveStatsUpdate,
  updateRefreshStats,
} from '../src/refresh/update/refresh-stats.ts';
import { runInTransaction } from '../src/db/run-in-transaction.ts';
import { readSql } from '../src/refresh/read-sql.ts';
import { createLeaseStore } from '../src/refresh/queue/lease-store.ts';
import { createRefreshQueue } from '../src/refresh/queue/refresh-queue.ts';
import { learn } from '../src/refresh/learn.ts';
import { parseSyncFile } from '../src/config/parse-sync-file.ts';
import { createTicker } from './chaos/ticker.ts';
import { fillRefresh } from './scale/fill-catalog.ts';
import { listScans } from './scale/list-scans.ts';
import { openBenchDatabase } from './support/bench-database.ts';
import { spread, table } from './support/numbers.ts';
import { say } from './support/say.ts';

const { values: flags } = parseArgs({
  options: { offers: { type: 'string', default: '10000000' }, rounds: { type: 'string', default: '30' } },
});
const [offers, rounds] = [Number(flags.offers), Number(flags.rounds)];
const calls = 420;
const coldRounds = 5;
const offersASearch = 2000;
const sync = parseSyncFile('account: business\nfeeds: [{ name: all, keywords: [w0] }]', 'the bench');

async function timed<T>(work: () => Promise<T>): Promise<{ ms: number; result: T }> {
  const startedMs = performance.now();
  const result = await work();
  return { ms: performance.now() - startedMs, result };
}

const log = createLogger({ level: 'error', pretty: false });
const closing = new CloseStack();
const ticker = createTicker(process.stderr);

/** Searches of forty pages each, whose passes ended within the last days. */
async function fillSearches(pool: Pool): Promise<void> {
  await pool.query(
    `WITH made AS (
       INSERT INTO sync.search_window (feed, keyword, language, total_records, completed_at, last_outcome)
       SELECT 'all', 'w' || i, 'en', 2000, usage.ledger_now() - random() * interval '10 days', 'capped'
       FROM generate_series(1, $1::int) i RETURNING window_id
     )
     INSERT INTO sync.window_value (window_id, pages, soon_value, late_value, new_offers, exposure_days)
     SELECT window_id, 40, 2 * v, 60 * v, 5, 20 FROM made, LATERAL (SELECT random() + window_id * 0 AS v) x`,
    [Math.ceil(offers / offersASearch)],
  );
  await pool.query('ANALYZE sync.search_window, sync.window_value');
}

/** Offers of the watch list, in a set of feeds of its own, and the age that is promised for them: one in twenty is due. */
const watched = 2000;
const watchList = { feedSet: 2, maxAgeMs: 10 * hourMs, dueAgeMs: 9.5 * hourMs, everyMs: 9.5 * hourMs };

async function fillWatchList(pool: Pool): Promise<void> {
  await pool.query(`INSERT INTO sync.feed_set (feeds) VALUES ('{all,watch}')`);
  await pool.query(
    `UPDATE sync.refresh SET feed_set = $1, detail_at = usage.ledger_now() - random() * interval '10 hours'
     WHERE offer_id IN (SELECT offer_id FROM sync.refresh ORDER BY hashint8(offer_id) LIMIT $2)`,
    [watchList.feedSet, watched],
  );
  await pool.query('VACUUM (ANALYZE) sync.refresh');
}

interface Times {
  readonly choose: number[];
  readonly cold: number[];
  readonly promised: number[];
  readonly count: number[];
  readonly write: number[];
  details: number;
  pages: number;
}

async function chooseOnce(pool: Pool, promisedSets: readonly PromisedSet[] = []): Promise<ChosenFetches> {
  const windows = await createLeaseStore({ pool }).listDueWindows(['search'], {
    runId: '1',
    feeds: sync.feeds,
    freshForMs: sync.freshness.searchMs,
  });
  return chooseFetches(
    { refreshQueue: createRefreshQueue({ pool }), sync },
    {
      ...{ feeds: sync.feeds, now: new Date(), calls, windows, pagesFirst: 64, mayDetail: true },
      detailAgeMs: sync.freshness.detailMs,
      promisedSets,
    },
  );
}

/** After each start of the server: pages of tables and indexes are read into its memory again. */
async function measureCold(restart: () => Promise<Pool>): Promise<{ pool: Pool; cold: number[] }> {
  const cold: number[] = [];
  let pool = await restart();
  for (let round = 0; round < coldRounds; round += 1) {
    ticker.show(`cold round ${String(round + 1)} of ${String(coldRounds)}`);
    if (round > 0) pool = await restart();
    await pool.query('SELECT 1');
    cold.push((await timed(() => chooseOnce(pool))).ms);
  }
  return { pool, cold };
}

/** Chooses, and writes observations of what was chosen, so that every round finds others. */
async function measure(pool: Pool, cold: number[]): Promise<Times> {
  const times: Times = { choose: [], cold, promised: [], count: [], write: [], details: 0, pages: 0 };
  for (let round = 0; round <= rounds; round += 1) {
    ticker.show(`round ${String(round)} of ${String(rounds)}`);
    const chosen = await timed(() => chooseOnce(pool));
    const promised = await timed(() => chooseOnce(pool, [watchList]));
    const count = await timed(() =>
      createRefreshQueue({ pool }).countPromisedCalls([watchList], new Date(Date.now() + dayMs), 10_000),
    );
    if (promised.result.promised.length === 0) throw new Error('nothing of the watch list is due');
    const offerIds = chosen.result.picks.flatMap((pick) =>
      pick.kind === 'detail' ? [pick.offer.candidate.offerId] : [],
    );
    const { ms: write } = await timed(() => writeAsFetched(pool, offerIds));
    // The first one reads everything into memory.
    if (round === 0) continue;
    times.choose.push(chosen.ms);
    times.promised.push(promised.ms);
    times.count.push(count.ms);
    times.write.push(write);
    times.details = offerIds.length;
    times.pages = chosen.result.picks.length - times.details;
  }
  ticker.done();
  return times;
}

/** Details of which a tenth had changed, as a load has them. */
async function writeAsFetched(pool: Pool, offerIds: readonly string[]): Promise<void> {
  const observedAt = new Date();
  const seen = offerIds.map((offerId) => ({
    offerId,
    provenance: { callId: '1', rawId: '1', runId: null, observedAt },
  }));
  await runInTransaction(pool, async (client) => {
    const statsUpdate = await beginStatsUpdate(client, learn);
    const freshness = await lockOffers(client, seen);
    for (const [index, offerId] of offerIds.entries()) {
      const known = freshness.get(offerId);
      if (!known) continue;
      const isChanged = index % 10 === 0;
      const refreshStats = updateRefreshStats(statsUpdate, known, {
        kind: 'detail',
        at: observedAt,
        isChanged,
        isVisible: isChanged,
      });
      freshness.set(offerId, { ...known, detail: { at: observedAt, callId: '1' }, refreshStats });
    }
    await writeFreshness(client, freshness, { wasAskedFor: true, statsUpdate });
    await saveStatsUpdate(client, statsUpdate);
  });
}

async function explain(pool: Pool): Promise<void> {
  const { rows } = await pool.query<{ 'QUERY PLAN': string }>(
    `EXPLAIN (ANALYZE, BUFFERS, COSTS OFF, SUMMARY OFF) ${readSql('list-heads')}`,
    [[1, watchList.feedSet], sync.freshness.detailMs],
  );
  say(rows.map((row) => row['QUERY PLAN']).join('\n'));
}

try {
  const { pool: filling, restart } = await openBenchDatabase(closing, log);
  const filled = await timed(() =>
    fillRefresh(filling, offers, (made) => ticker.show(`${String(made)} offers made`)),
  );
  ticker.done();
  await fillSearches(filling);
  await fillWatchList(filling);
  say(`${offers.toLocaleString('en')} offers, filled in ${(filled.ms / 1000).toFixed(0)} s`);
  const { pool, cold } = await measureCold(restart);
  let times: Times = { choose: [], cold, promised: [], count: [], write: [], details: 0, pages: 0 };
  const scans = await listScans(pool, async () => {
    times = await measure(pool, cold);
  });
  const row = (what: string, aim: string, values: readonly number[]) => [what, aim, spread(values, 1)];
  say(
    table(
      [`${String(calls)} calls`, 'aim, median', 'ms: min, median, max'],
      [
        row('to choose them', offers > 1_000_000 ? '100' : '50', times.choose),
        row('the same, first of all after a start of Postgres', 'none', times.cold),
        row('the same, with a watch list', 'none', times.promised),
        row('to count what the watch list takes in a day', 'none', times.count),
        row('to write as many observations', '60', times.write),
      ],
    ),
  );
  say(`chosen in the last round: ${String(times.details)} details, ${String(times.pages)} pages`);
  say(`read from end to end: ${scans.join(', ') || 'none'}`);
  await explain(pool);
} finally {
  ticker.done();
  await closing.close(log);
}
