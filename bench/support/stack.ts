import { spawn } from 'node:child_process';
import { once, setMaxListeners } from 'node:events';
import { mkdirSync, rmSync } from 'node:fs';
import { createConnection } from 'node:net';
import { join } from 'node:path';
import type { Pool } from 'pg';
import { openApp, type App } from '../../src/app/open-app.ts';
import { startSandboxProcess } from '../../src/cli/demo/sandbox-process.ts';
import { sleep } from '../../src/core/clock.ts';
import { loadConfig } from '../../src/config/environment.ts';
import { dayMs } from '../../src/core/duration.ts';
import { CloseStack } from '../../src/core/lifecycle.ts';
import { createLogger } from '../../src/core/log.ts';
import { Secret } from '../../src/core/secret.ts';
import { runToEnd } from '../../src/runs/run-to-end.ts';
import { migrate } from '../../src/db/migrate.ts';
import { createPool } from '../../src/db/pool.ts';
import type { PostgresVersion } from '../../src/local/binaries.ts';
import { openEmbeddedPostgres } from '../../src/local/embedded-postgres.ts';
import { findFreePort } from '../../src/local/free-port.ts';
import type { Run } from '../../src/model/run.ts';
import { parseSyncFile } from '../../src/config/parse-sync-file.ts';

export type Backend = 'postgres' | 'redis';

export interface StackOptions {
  readonly backend: Backend;
  readonly offers: number;
  readonly categories: number;
  readonly isDrifting: boolean;
  /** Default: 1. */
  readonly seed?: number;
  /** Shares by name, as the sandbox's `--nature` takes them; default: its own. */
  readonly nature?: Readonly<Record<string, number>>;
  /** Nodes of a cycle in the category tree; default: none. */
  readonly categoryCycle?: number;
  /** The text of catalog-sync.yaml; default: everything there is. */
  readonly syncFile?: string;
  /** Default: that of the embedded Postgres. */
  readonly postgresVersion?: PostgresVersion;
}

/** The product, its database and its queue on one side, the sandbox as a process of its own on the other. */
export interface Stack {
  readonly app: App;
  readonly pool: Pool;
  /** Connection url, with its password: a secret. */
  readonly databaseUrl: string;
  readonly sandboxPid: number;
  /** When the sandbox's world began. */
  readonly startAt: Date;
  /** Runs a sync of feed `all` to its end, with so many calls at most. */
  sync(budgetCalls?: number): Promise<Run>;
  /** Moves the sandbox's clock and the ledger's together. */
  advanceDays(days: number): Promise<void>;
  /** GET of a control endpoint of the sandbox, or a POST when there is a body, as JSON. */
  ask(path: string, body?: object): Promise<unknown>;
  query<Row extends object>(sql: string, params?: readonly unknown[]): Promise<Row[]>;
  close(): Promise<void>;
}

const log = createLogger({ level: 'warn', pretty: false });
const never = new AbortController().signal;
setMaxListeners(0, never);

/** A sync file of everything the world holds: the whole tree. */
export const wholeWorld = `
account: business
feeds:
  - { name: all, categories: ["0"] }
quotas:
  per_second: 1000
  approved:
    category.children: { daily: 1000000 }
    search.keyword: { daily: 1000000 }
    offer.detail: { daily: 1000000 }
`;

async function startRedis(): Promise<{ url: string; stop: () => Promise<void> }> {
  const port = await findFreePort();
  const args = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'];
  const server = spawn('redis-server', args, { stdio: 'ignore' });
  const exited = once(server, 'exit');
  for (let isUp = false; !isUp;) {
    await sleep(50);
    isUp = await new Promise<boolean>((resolve) => {
      const socket = createConnection(port, '127.0.0.1', () => resolve(true)).once('error', () =>
        resolve(false),
      );
      socket.unref();
    });
  }
  const stop = async () => {
    server.kill();
    await exited;
  };
  return { url: `redis://127.0.0.1:${port}`, stop };
}

/** Starts everything from nothing; `close` stops it and removes its data. */
export async function openStack(options: StackOptions): Promise<Stack> {
  const closing = new CloseStack();
  const folder = join(import.meta.dirname, '../../.catalog-sync/bench', String(process.pid));
  mkdirSync(folder, { recursive: true });
  closing.add('folder', () => rmSync(folder, { recursive: true, force: true }));
  const database = await openEmbeddedPostgres({
    ...{ dataRoot: join(folder, 'postgres'), log },
    ...(options.postgresVersion ? { version: options.postgresVersion } : {}),
  });
  closing.add('database', () => database.release());
  await migrate({ connectionString: database.url, log });
  const redis = options.backend === 'redis' ? await startRedis() : null;
  if (redis) closing.add('redis', redis.stop);
  const startAt = new Date();
  const sandbox = await startSandboxProcess({ ...options, startAt, advancedMs: 0 });
  closing.add('sandbox', () => sandbox.stop());
  const env = { ...sandbox.environment, ...(redis ? { REDIS_URL: redis.url } : {}) };
  const app = await openApp({
    config: loadConfig({ projectDir: folder, env, readFiles: false }),
    sync: parseSyncFile(options.syncFile ?? wholeWorld, 'the bench'),
    databaseUrl: new Secret(database.url),
    log,
    shutdown: { drain: never, stopNow: never, cut: never },
  });
  closing.add('app', () => app.close());
  const pool = createPool({ connectionString: database.url, max: 3, log });
  closing.add('pool', () => pool.end());
  await app.runs.claimSource(app.source);
  const control = sandbox.environment['controlUrl'] ?? '';
  const ask: Stack['ask'] = async (path, body) => {
    const init = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) };
    return (await fetch(`${control}${path}`, init)).json();
  };
  let daysAhead = 0;
  return {
    app,
    pool,
    databaseUrl: database.url,
    sandboxPid: sandbox.pid,
    startAt,
    sync: async (budgetCalls) => {
      const outcome = await runToEnd({
        runs: app.runs,
        begin: () =>
          app.begin({
            scope: 'all',
            feedNames: ['all'],
            trigger: 'bench',
            source: app.source,
            budgetCalls: budgetCalls ?? null,
            deadlineMs: null,
          }),
        conduct: (isOver) => app.conduct(isOver),
        drain: never,
        onProgress: async () => undefined,
        countPostponed: () => app.leases.countPostponed([]),
      });
      if (outcome.kind === 'active') throw new Error('another run is active in a database of our own');
      return outcome.run;
    },
    advanceDays: async (days) => {
      daysAhead += days;
      await ask('/clock', { advanceMs: days * dayMs });
      await app.quota.setLedgerOffset(daysAhead * dayMs);
    },
    ask,
    query: async <Row extends object>(text: string, params: readonly unknown[] = []) => {
      const { rows } = await pool.query<Row>(text, [...params]);
      return rows;
    },
    close: () => closing.close(log),
  };
}
