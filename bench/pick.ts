/*
 * What it takes to choose calls in a large catalog: 420 of all offers and search pages that are due, and to write what 420
 * looks taught.
 *
 *   npm run bench:pick                           10,000,000 offers, 200,000 pages in 5,000 searches; 6 GB of disk
 *   npm run bench:pick -- --offers 1000000
 */
import { parseArgs } from 'node:util';
import type { Pool } from 'pg';
import { CloseStack } from '../src/core/lifecycle.ts';
import { createLogger } from '../src/core/log.ts';
import { chooseFetches } from '../src/refresh/choose-fetches.ts';
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

interface Times {
  readonly choose: number[];
  readonly write: number[];
  details: number;
  pages: number;
}

/** Chooses, and writes looks at what was chosen, so that every round finds others. */
async function measure(pool: Pool): Promise<Times> {
  const refreshQueue = createRefreshQueue({ pool });
  const leases = createLeaseStore({ pool });
  const times: Times = { choose: [], write: [], details: 0, pages: 0 };
  for (let round = 0; round <= rounds; round += 1) {
    ticker.show(`round ${String(round)} of ${String(rounds)}`);
    const chosen = await timed(async () => {
      const age = sync.freshness.searchMs;
      const windows = await leases.listDueWindows(['search'], {
        runId: '1',
        feeds: sync.feeds,
        freshForMs: age,
      });
      return chooseFetches(
        { refreshQueue, sync },
        {
          ...{ feeds: sync.feeds, now: new Date(), calls, windows, pagesFirst: 64, mayDetail: true },
          detailAgeMs: sync.freshness.detailMs,
          promisedSets: [],
        },
      );
    });
    const offerIds = chosen.result.picks.flatMap((pick) =>
      pick.kind === 'detail' ? [pick.offer.candidate.offerId] : [],
    );
    const { ms: write } = await timed(() => writeAsFetched(pool, offerIds));
    // The first one reads everything into memory.
    if (round === 0) continue;
    times.choose.push(chosen.ms);
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
    `EXPLAIN (ANALYZE, BUFFERS, COSTS OFF, SUMMARY OFF) ${readSql('list-refresh-candidates')}`,
    [[1], sync.freshness.detailMs, 4, null],
  );
  say(rows.map((row) => row['QUERY PLAN']).join('\n'));
}

try {
  const { pool } = await openBenchDatabase(closing, log);
  const filled = await timed(() =>
    fillRefresh(pool, offers, (made) => ticker.show(`${String(made)} offers made`)),
  );
  ticker.done();
  await fillSearches(pool);
  say(`${offers.toLocaleString('en')} offers, filled in ${(filled.ms / 1000).toFixed(0)} s`);
  let times: Times = { choose: [], write: [], details: 0, pages: 0 };
  const scans = await listScans(pool, async () => {
    times = await measure(pool);
  });
  const row = (what: string, aim: string, values: readonly number[]) => [what, aim, spread(values, 1)];
  say(
    table(
      [`${String(calls)} calls`, 'aim, median', 'ms: min, median, max'],
      [row('to choose them', '50', times.choose), row('to write as many observations', '60', times.write)],
    ),
  );
  say(`chosen in the last round: ${String(times.details)} details, ${String(times.pages)} pages`);
  say(`read from end to end: ${scans.join(', ') || 'none'}`);
  await explain(pool);
} finally {
  ticker.done();
  await closing.close(log);
}
