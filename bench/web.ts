/*
 * How long the server takes for each of the ops pages, over a catalog of 20,000 offers and 100,000 calls: aim, less than
 * 100 ms.
 *
 *   npm run bench:web
 *   npm run bench:web -- --offers 1000000 --calls 300000          takes half an hour to fill, and 7 GB
 *   npm run bench:web -- --offers 1000000 --filled postgres://…   what such a database shows that is filled already
 */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Command } from 'commander';
import type { Pool } from 'pg';
import { systemClock } from '../src/core/clock.ts';
import { exitCodes } from '../src/core/exit-codes.ts';
import type { Environment } from '../src/config/environment.ts';
import { CloseStack } from '../src/core/lifecycle.ts';
import { Secret } from '../src/core/secret.ts';
import { createLogger } from '../src/core/log.ts';
import { migrate } from '../src/db/migrate.ts';
import { createPool } from '../src/db/pool.ts';
import { totalHours } from '../src/ledger/total-hours.ts';
import { openEmbeddedPostgres } from '../src/local/embedded-postgres.ts';
import { openSession } from '../src/app/session.ts';
import { connectionLimits } from '../src/db/connection-limits.ts';
import { createWebDeps } from '../src/app/web/create-web-deps.ts';
import { parseSyncFile } from '../src/config/parse-sync-file.ts';
import { closeQueueServer, openQueueServer } from '../src/jobs/queue-server.ts';
import { startWebServer } from '../src/web/start-web-server.ts';
import { fillCatalog, firstOfferId } from './scale/fill-catalog.ts';
import { fillUsage } from './support/fill-usage.ts';
import { spread, table } from './support/numbers.ts';
import { say } from './support/say.ts';

const { values: flags } = parseArgs({
  options: {
    offers: { type: 'string', default: '20000' },
    calls: { type: 'string', default: '100000' },
    filled: { type: 'string' },
  },
});
const [offers, calls] = [Number(flags.offers), Number(flags.calls)];
const rounds = 15;
const syncFile = 'account: business\nfeeds: [{ name: all, keywords: [w0] }]\n';

const middle = String(firstOfferId + BigInt(Math.floor(offers / 2)));
const paths = [
  '/',
  '/runs',
  '/runs/1',
  '/usage',
  '/usage?by=day',
  '/usage?by=month',
  '/products',
  `/products?below=${middle}`,
  '/products?q=%E8%93%9D%E7%89%99',
  '/products?q=nothing+like+this',
  '/products?category=5',
  '/products?category=1044944',
  '/products?category=1042957&q=%E8%93%9D%E7%89%99',
  '/products?min=50&max=51',
  '/products?min=99&max=100',
  '/products?min=200',
  '/products?min=10',
  '/products?seller=BBB7',
  '/products?seller=%E6%94%B6%E7%BA%B3%E7%9B%92',
  `/products/${middle}`,
  '/problems',
  '/api-status',
  '/metrics',
];

/** What a verb works with, in a project folder without a person. */
function openBenchSession(projectDir: string, env: Environment) {
  const command = new Command().setOptionValue('project', projectDir);
  const streams = { stdout: process.stdout, stderr: process.stderr, stdin: process.stdin, signals: process };
  const isTty = { stdin: false, stdout: false, stderr: false };
  const world = {
    ...streams,
    isTty,
    env,
    clock: systemClock,
    cwd: projectDir,
    command: 'catalog-sync',
    startedAtMs: performance.now(),
    exitCode: exitCodes.succeeded,
  };
  return openSession(command, world, { logs: 'service' });
}

async function measure(origin: string): Promise<string[][]> {
  const rows: string[][] = [];
  for (const path of paths) {
    const times: number[] = [];
    for (let round = 0; round <= rounds; round += 1) {
      const startedMs = performance.now();
      const response = await fetch(origin + path, { headers: { accept: 'text/html' } });
      await response.text();
      if (!response.ok) throw new Error(`${path} answered ${String(response.status)}`);
      // The first one pays for what the database reads from disk.
      if (round > 0) times.push(performance.now() - startedMs);
    }
    rows.push([`\`${decodeURIComponent(path)}\``, spread(times)]);
  }
  return rows;
}

const closing = new CloseStack();
const project = join(import.meta.dirname, '../.catalog-sync/bench', String(process.pid));
mkdirSync(project, { recursive: true });
const log = createLogger({ level: 'error', pretty: false });
async function openEmpty(): Promise<string> {
  const postgres = await openEmbeddedPostgres({ dataRoot: join(project, 'postgres'), log });
  closing.add('postgres', () => postgres.release());
  return postgres.url;
}

async function fill(pool: Pool): Promise<void> {
  // First, for its offers are those of the first windows.
  await fillCatalog(pool, { offers, onProgress: () => undefined });
  await fillUsage(pool, calls);
  for (let added = -1; added !== 0;) added = await totalHours(pool);
  await pool.query(
    `INSERT INTO sync.run (scope, trigger, source, status, feeds, started_at, ended_at)
     SELECT 'all', 'cli', 'sandbox', 'succeeded', '["all"]', usage.ledger_now() - interval '1 day', usage.ledger_now()
     FROM generate_series(1, 500)`,
  );
}

try {
  closing.add('data', async () => rmSync(project, { recursive: true, force: true }));
  writeFileSync(join(project, 'catalog-sync.yaml'), syncFile);
  const url = flags.filled ?? (await openEmpty());
  const env = {
    ALIBABA_API_URL: 'http://127.0.0.1:9/openapi',
    // Whose calls `fillUsage` makes up.
    ALIBABA_APP_KEY: 'bench',
    ALIBABA_APP_SECRET: 'secret-00',
    DATABASE_URL: url,
    LOG_LEVEL: 'error',
  };
  const session = openBenchSession(project, env);
  await migrate({ connectionString: url, log });
  const { pages: max, queuesToSee: maxConnections } = connectionLimits;
  const pool = createPool({ connectionString: url, max, log });
  closing.add('pool', () => pool.end());
  if (flags.filled === undefined) await fill(pool);
  const sync = parseSyncFile(syncFile, 'the bench');
  const drain = new AbortController().signal;
  const queueServer = openQueueServer({
    redisUrl: null,
    databaseUrl: new Secret(url),
    maxConnections,
    log,
  });
  closing.add('server of the queues', () => closeQueueServer(queueServer));
  const server = await startWebServer(createWebDeps({ session, pool, queueServer, sync, env, drain }), 0);
  closing.add('server', () => server.close());
  say(`${offers.toLocaleString('en')} offers, ${calls.toLocaleString('en')} calls`);
  say(table(['page', 'min, median, max, ms'], await measure(`http://localhost:${String(server.port)}`)));
} finally {
  await closing.close(log);
}
