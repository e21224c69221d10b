/*
 * Whether the catalog stays fast when it is large: what a page costs to merge against a catalog of 10,000 offers, what
 * the tick takes to pick, every question of the cookbook, disk, and the upkeep of partitions.
 *
 *   npm run bench:scale                          1,000,000 offers with 16,000,000 price intervals
 *   npm run bench:scale -- --offers 10000000     needs 40 GB of disk, and hours
 */
import { parseArgs } from 'node:util';
import type { Pool } from 'pg';
import { dayMs } from '../src/core/duration.ts';
import { CloseStack } from '../src/core/lifecycle.ts';
import { createLogger } from '../src/core/log.ts';
import { migrate } from '../src/db/migrate.ts';
import { ensurePartitions } from '../src/db/partitions.ts';
import { chooseFetches } from '../src/refresh/choose-fetches.ts';
import { createPool } from '../src/db/pool.ts';
import { createRefreshQueue } from '../src/refresh/queue/refresh-queue.ts';
import { auditPrices } from '../src/health/doctor/price-audit.ts';
import { createRetentionStore } from '../src/maintenance/retention-store.ts';
import { totalHours } from '../src/ledger/total-hours.ts';
import { parseSyncFile } from '../src/config/parse-sync-file.ts';
import { createTicker } from './chaos/ticker.ts';
import { fillCatalog, grownTables } from './scale/fill-catalog.ts';
import { listScans } from './scale/list-scans.ts';
import { createMerger, type MergeTimes } from './scale/merge-pages.ts';
import { reportQuestions } from './scale/report-questions.ts';
import { openBenchDatabase } from './support/bench-database.ts';
import { fillUsage } from './support/fill-usage.ts';
import { percentile, spread, table } from './support/numbers.ts';
import { say } from './support/say.ts';

const { values: flags } = parseArgs({
  options: { offers: { type: 'string', default: '1000000' }, rounds: { type: 'string', default: '100' } },
});
const [offers, rounds] = [Number(flags.offers), Number(flags.rounds)];
const smallOffers = 10_000;
/** For the cookbook's question about calls: a week of full use, or as many as there are offers. */
const calls = Math.min(offers, 350_000);
const sync = parseSyncFile('account: business\nfeeds: [{ name: all, keywords: [w0] }]', 'the bench');

async function timed(work: () => Promise<unknown>): Promise<number> {
  const startedMs = performance.now();
  await work();
  return performance.now() - startedMs;
}

const log = createLogger({ level: 'error', pretty: false });
const closing = new CloseStack();
const ticker = createTicker(process.stderr);

async function fill(pool: Pool, to: number): Promise<void> {
  const ms = await timed(() =>
    fillCatalog(pool, {
      offers: to,
      onProgress: (made) => ticker.show(`${String(made)} offers made`),
    }),
  );
  ticker.done();
  say(`${to.toLocaleString('en')} offers, filled in ${(ms / 1000).toFixed(0)} s`);
}

/** The first some warm up connections, plans and pages. */
const warmUp = 20;

/** One merge here, one merge there: whatever else the machine does slows both. */
async function reportMerges(small: Pool, large: Pool): Promise<void> {
  const mergers = { small: await createMerger(small, smallOffers), large: await createMerger(large, offers) };
  const times: Record<keyof typeof mergers, MergeTimes[]> = { small: [], large: [] };
  const scans = await listScans(large, async () => {
    for (let round = 0; round < rounds + warmUp; round += 1) {
      for (const size of ['small', 'large'] as const) {
        const taken = await mergers[size].merge();
        if (round >= warmUp) times[size].push(taken);
      }
    }
  });
  const row = (what: string, part: keyof MergeTimes) => {
    const [a, b] = [times.small, times.large].map((all) => all.map((each) => each[part]));
    if (!a || !b) throw new Error('nothing was merged');
    return [what, spread(a, 1), spread(b, 1), (percentile(b, 0.5) / percentile(a, 0.5)).toFixed(2)];
  };
  say(
    table(
      ['ms: min, median, max', `${String(smallOffers)} offers`, `${String(offers)} offers`, 'ratio'],
      [row('merge a page of 50 rows', 'pageMs'), row('merge 25 details', 'detailsMs')],
    ),
  );
  say(`tables that merging read from end to end: ${scans.join(', ') || 'none'}`);
}

async function reportPick(pool: Pool): Promise<void> {
  const refreshQueue = createRefreshQueue({ pool });
  const choice = {
    feeds: sync.feeds,
    now: new Date(),
    calls: 420,
    windows: [],
    pagesFirst: 64,
    mayDetail: true,
    detailAgeMs: sync.freshness.detailMs,
    promisedSets: [],
  };
  const times: number[] = [];
  for (let round = 0; round < 5; round += 1) {
    times.push(await timed(() => chooseFetches({ refreshQueue, sync }, choice)));
  }
  say(`to choose 420 offers that are due, ms: ${spread(times)}`);
}

async function reportAudit(pool: Pool): Promise<void> {
  const times: number[] = [];
  for (let round = 0; round < 5; round += 1) {
    times.push(
      await timed(async () => {
        const { overlapping } = await auditPrices(pool);
        if (overlapping.length > 0) throw new Error(`prices of ${String(overlapping[0])} overlap`);
      }),
    );
  }
  say(`doctor's audit of the prices of some 2,000 offers, ms: ${spread(times)}`);
}

async function reportDisk(pool: Pool): Promise<void> {
  const rows: string[][] = [];
  let all = 0;
  for (const name of grownTables) {
    const { rows: sizes } = await pool.query<{ heap: string; total: string }>(
      `SELECT sum(pg_table_size(oid)) AS heap, sum(pg_total_relation_size(oid)) AS total
       FROM pg_class
       WHERE oid = $1::regclass OR oid IN (SELECT relid FROM pg_partition_tree($1::regclass))`,
      [name],
    );
    const [heap, total] = [Number(sizes[0]?.heap), Number(sizes[0]?.total)].map(
      (bytes) => (bytes * 1e6) / offers / 1e6,
    );
    all += total ?? 0;
    rows.push([name, (heap ?? 0).toFixed(0), ((total ?? 0) - (heap ?? 0)).toFixed(0)]);
  }
  say(table(['MB for each million offers', 'rows', 'indexes'], rows));
  say(`in all: ${(all / 1000).toFixed(1)} GB`);
}

async function reportPartitions(pool: Pool): Promise<void> {
  const { rows } = await pool.query<{ now: Date }>('SELECT usage.ledger_now() AS now');
  const now = rows[0]?.now ?? new Date(0);
  const made = await timed(() => ensurePartitions(pool, new Date(now.getTime() + 366 * dayMs)));
  const found = await timed(() => ensurePartitions(pool, new Date(now.getTime() + 366 * dayMs)));
  const ages = { rawMs: 1e13, callsMs: 1e13, observationsMs: 1, searchHitsMs: 1 };
  let dropped: readonly string[] = [];
  const drop = await timed(async () => {
    ({ dropped } = await createRetentionStore({ pool }).dropExpired(now, ages));
  });
  say(
    `partitions: months of a quarter made in ${made.toFixed(0)} ms, looked at in ${found.toFixed(0)} ms; ${String(dropped.length)} full ones dropped in ${drop.toFixed(0)} ms`,
  );
}

try {
  const { pool, url } = await openBenchDatabase(closing, log);
  const smallUrl = new URL('/small', url).href;
  await pool.query('CREATE DATABASE small');
  await migrate({ connectionString: smallUrl, log });
  const small = createPool({ connectionString: smallUrl, max: 1, log });
  closing.add('small pool', () => small.end());

  await fill(small, smallOffers);
  await fill(pool, offers);
  await reportMerges(small, pool);
  await reportPick(pool);
  await reportAudit(pool);
  await fillUsage(pool, calls);
  for (let added = -1; added !== 0;) added = await totalHours(pool);
  await reportQuestions(pool, ticker);
  await reportDisk(pool);
  await reportPartitions(pool);
} finally {
  ticker.done();
  await closing.close(log);
}
