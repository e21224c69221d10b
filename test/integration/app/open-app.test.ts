import { setMaxListeners } from 'node:events';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { openApp, type App, type AppOptions } from '../../../src/app/open-app.ts';
import { stateFolder } from '../../../src/app/open-database.ts';
import { loadConfig } from '../../../src/config/environment.ts';
import { parseSyncFile } from '../../../src/config/parse-sync-file.ts';
import { createLogger } from '../../../src/core/log.ts';
import { Secret } from '../../../src/core/secret.ts';
import { createLedgerStore } from '../../../src/ledger/ledger-store.ts';
import { openSpool } from '../../../src/ledger/spool.ts';
import type { CallContext } from '../../../src/model/gateway.ts';
import type { Sandbox } from '../../../src/sandbox/create-sandbox.ts';
import { createTokenStore } from '../../../src/tokens/token-store.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { detail } from '../../support/gateway-inputs.ts';
import { createProject } from '../../support/in-process.ts';
import { requestFor, settlementFor, silentLog } from '../../support/open-ledger.ts';
import { startTestRedis, type TestRedis } from '../../support/redis.ts';
import { sandboxSettings, startTestSandbox } from '../../support/sandbox.ts';
import { until } from '../../support/until.ts';

let database: TestDatabase;
let sandbox: Sandbox;
let redis: TestRedis;
beforeAll(async () => {
  [database, sandbox, redis] = await Promise.all([
    createTestDatabase(),
    startTestSandbox(),
    startTestRedis(),
  ]);
});
afterAll(async () => {
  await redis.close();
  await sandbox.close();
  await database.drop();
});

const opened: App[] = [];
afterEach(async () => {
  for (const app of opened.splice(0)) await app.close();
  await database.pool.query('TRUNCATE sync.schedule, sync.run, sync.worker, usage.api_call, usage.in_flight');
});

const bags = 'account: personal\nfeeds: [{ name: bags, categories: ["54"] }]\n';

interface Changes extends Partial<Pick<AppOptions, 'hasPages' | 'shutdown' | 'log'>> {
  readonly env?: Readonly<Record<string, string>>;
  readonly text?: string;
  readonly projectDir?: string;
  readonly at?: TestDatabase;
}

const byHand: CallContext = { lane: 'manual', runId: null, jobId: null, windowId: null, freshForMs: 0 };

const never = new AbortController().signal;
// Each that is opened listens.
setMaxListeners(0, never);
const shutdown = { drain: never, stopNow: never, cut: never };

async function open({ env = {}, text = bags, projectDir, at = database, ...rest }: Changes = {}) {
  const app = await openApp({
    ...{ shutdown, log: silentLog, sync: parseSyncFile(text, 'test'), databaseUrl: new Secret(at.url) },
    config: loadConfig({
      projectDir: projectDir ?? createProject(),
      env: { ...sandboxSettings(sandbox), ...env },
    }),
    ...rest,
  });
  opened.push(app);
  return app;
}

/** Connections of this process that are open at this very moment. */
const countSockets = () => process.getActiveResourcesInfo().filter((name) => name === 'TCPSocketWrap').length;

/** The other side hears a moment later. A connection that is kept would end by itself: after 3 s to the sandbox, 10 s to Postgres. */
const closedTo = (before: number) => until(() => countSockets() <= before, { timeoutMs: 2000 });

/** Makes statements fail that make schemas and tables. */
const refuseTables = ({ pool }: TestDatabase) =>
  pool.query(`
    CREATE FUNCTION public.refuse_tables() RETURNS event_trigger LANGUAGE plpgsql AS
      $$ BEGIN RAISE insufficient_privilege; END $$;
    CREATE EVENT TRIGGER refuse_tables ON ddl_command_start
      WHEN tag IN ('CREATE SCHEMA', 'CREATE TABLE') EXECUTE FUNCTION public.refuse_tables()`);

describe('what can not be opened', () => {
  it('leaves no connection behind: a database that is not migrated', async () => {
    const empty = await createTestDatabase({ migrated: false });
    try {
      const before = countSockets();
      await expect(open({ at: empty })).rejects.toMatchObject({ code: 'DATABASE_NOT_MIGRATED' });
      await closedTo(before);
    } finally {
      await empty.drop();
    }
  });

  it('leaves no connection behind: a Redis that is away', { timeout: 30_000 }, async () => {
    const before = countSockets();
    const work = open({ env: { REDIS_URL: 'redis://127.0.0.1:9' } });
    await expect(work).rejects.toMatchObject({ code: 'REDIS_UNREACHABLE' });
    await closedTo(before);
  });

  it('is told at once: queues whose tables the login may not make', async () => {
    const own = await createTestDatabase();
    try {
      await refuseTables(own);
      await expect(open({ at: own })).rejects.toMatchObject({ code: 'DATABASE_REFUSED' });
    } finally {
      await own.drop();
    }
  });

  it('is told at once: limits that can not be stored', async () => {
    const own = await createTestDatabase();
    try {
      await own.pool.query('ALTER TABLE usage.quota_limit RENAME TO away');
      await expect(open({ at: own })).rejects.toThrow();
    } finally {
      await own.drop();
    }
  });
});

describe('a process that works', () => {
  it('has the limits of its sync file and the tables of the queues from the start', async () => {
    const own = await createTestDatabase();
    try {
      const app = await open({ at: own });
      const { rows } = await own.pool.query<{ jobs: string | null; limits: number }>(
        `SELECT to_regclass('bullmq.job')::text AS jobs, (SELECT count(*)::int FROM usage.quota_limit) AS limits`,
      );
      expect(rows[0]?.jobs).toBe('bullmq.job');
      expect(rows[0]?.limits).toBeGreaterThan(0);
      expect(app.source).toBe('sandbox');
      await app.close();
    } finally {
      await own.drop();
    }
  });

  it.each([
    [true, 8],
    [false, 12],
  ])('beside pages (%s) has at most %i connections for its work', async (hasPages, max) => {
    expect((await open({ hasPages })).pool.options.max).toBe(max);
  });

  it('leaves no connection behind when it is closed', async () => {
    const before = countSockets();
    const app = await open();
    await app.gateway.readTime(byHand);
    expect(countSockets()).toBeGreaterThan(before);
    await app.close();
    expect(app.pool.totalCount).toBe(0);
    await closedTo(before);
  });

  it('leaves no connection to Redis behind', async ({ skip }) => {
    if (redis.url === null) return skip(redis.reason);
    const before = countSockets();
    const app = await open({ env: { REDIS_URL: redis.url } });
    expect(app.queueServer.backend).toBe('redis');
    await until(() => countSockets() > before);
    await app.close();
    await closedTo(before);
  });

  it('calls with the stored token where there is a key for it', async () => {
    const key = '0f'.repeat(32);
    const { appKey, accessToken } = sandbox;
    await createTokenStore({ pool: database.pool, key: new Secret(key), log: silentLog }).write(appKey, {
      ...{ accessToken: new Secret(accessToken), refreshToken: null },
      ...{ accessExpiresAt: null, refreshExpiresAt: null },
    });
    const ask = async (env: Readonly<Record<string, string>>) => {
      const app = await open({ env: { ALIBABA_ACCESS_TOKEN: '', ...env } });
      return app.gateway.call(detail, byHand);
    };
    expect(await ask({ TOKEN_KEY: key })).toMatchObject({ kind: 'answered' });
    await expect(ask({})).rejects.toMatchObject({ code: expect.stringMatching(/^AUTH_/) as string });
  });
});

/** One tick of a process: why it failed, or null. */
async function tickOnce(changes: Changes = {}, prepare: (app: App) => Promise<void> = async () => undefined) {
  const drain = new AbortController();
  // A tick that fails is written before it is tried again.
  const log = createLogger({ level: 'warn', pretty: false, stream: { write: () => drain.abort() } });
  const app = await open({ ...changes, log, shutdown: { ...shutdown, drain: drain.signal } });
  await prepare(app);
  return app.conduct(() => Promise.resolve(true));
}

describe('a tick', () => {
  const callOf = (name: string, sendWithinMs: number) =>
    createLedgerStore({ pool: database.pool, log: silentLog }).reserve(
      requestFor(name, { appKey: sandbox.appKey, sendWithinMs }),
    );
  const listStates = async () =>
    (
      await database.pool.query<{ state: string }>('SELECT state FROM usage.api_call ORDER BY call_id')
    ).rows.map(({ state }) => state);

  it('ends the calls that nobody sent, and adds past hours up', async () => {
    expect(
      await tickOnce({}, async () => {
        await callOf('lost', 0);
        await database.pool.query(
          `UPDATE usage.api_call SET granted_at = granted_at - interval '3 hours'; DELETE FROM usage.totalled_hour`,
        );
        // Its turn after the call of the test before may still be to come.
        await database.pool.query(
          `UPDATE usage.in_flight SET granted_at = granted_at - interval '3 hours', send_by = send_by - interval '3 hours'`,
        );
      }),
    ).toBeNull();
    expect(await listStates()).toEqual(['refunded']);
    const { rows } = await database.pool.query('SELECT FROM usage.totalled_hour');
    expect(rows.length).toBeGreaterThan(0);
  });

  it.each([
    ['sweep', 'interval'],
    ['total_hours', 'int'],
  ])('fails when usage.%s does', async (name, argument) => {
    await database.pool.query(`ALTER FUNCTION usage.${name}(${argument}) RENAME TO away`);
    try {
      await expect(tickOnce()).rejects.toMatchObject({ code: 'DATABASE_NOT_MIGRATED' });
    } finally {
      await database.pool.query(`ALTER FUNCTION usage.away(${argument}) RENAME TO ${name}`);
    }
  });

  it('stores the answers first that earlier processes had to keep', async () => {
    const projectDir = createProject();
    await (await open({ projectDir })).close();
    const answer = await callOf('kept', 5000);
    if (answer.kind !== 'granted') throw new Error(answer.kind);
    const { callId, observedAt } = answer;
    await createLedgerStore({ pool: database.pool, log: silentLog }).markSent(callId);
    const kept = { ...settlementFor(callId, { observedAt }), state: 'committed' } as const;
    expect(openSpool(join(stateFolder(projectDir), 'spool'), silentLog).keep(kept)).toBe(true);
    const stopped = new AbortController();
    stopped.abort();
    const stopping = { projectDir, shutdown: { ...shutdown, stopNow: stopped.signal } };
    await database.pool.query(`
      CREATE FUNCTION public.refuse_settle() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE deadlock_detected; END $$;
      CREATE TRIGGER refuse_settle BEFORE UPDATE ON usage.api_call
        FOR EACH ROW EXECUTE FUNCTION public.refuse_settle()`);
    try {
      await expect(open(stopping)).rejects.toMatchObject({ code: 'DATABASE_BUSY' });
    } finally {
      await database.pool.query(
        'DROP TRIGGER refuse_settle ON usage.api_call; DROP FUNCTION public.refuse_settle()',
      );
    }
    await open({ projectDir });
    expect(await listStates()).toEqual(['committed']);
  });

  it('says nothing of answers that earlier processes had to keep and that are refused again: the next start stores none', async () => {
    const projectDir = createProject();
    await (await open({ projectDir })).close();
    const answer = await callOf('refused', 5000);
    if (answer.kind !== 'granted') throw new Error(answer.kind);
    const { callId, observedAt } = answer;
    const kept = { ...settlementFor(callId, { observedAt }), state: 'committed' } as const;
    const folder = join(stateFolder(projectDir), 'spool');
    expect(openSpool(folder, silentLog).keep(kept)).toBe(true);
    await database.pool.query('ALTER TABLE raw.payload ADD CONSTRAINT none CHECK (false) NOT VALID');
    try {
      const app = await open({ projectDir });
      expect(readdirSync(folder)).toEqual(['set-aside']);
      expect(app.countUnsettled()).toEqual({ kept: 0, unknown: 0, code: null });
    } finally {
      await database.pool.query('ALTER TABLE raw.payload DROP CONSTRAINT none');
    }
  });
});

describe('schedules of the sync file', () => {
  const text = `${bags}schedules: [{ name: often, cron: "* * * * *", feeds: [bags] }]\n`;
  const makeDue = () =>
    database.pool.query("UPDATE sync.schedule SET counts_from = now() - interval '10 minutes'");
  const listTriggers = async () =>
    (await database.pool.query<{ trigger: string }>('SELECT trigger FROM sync.run')).rows;
  const isService = async () =>
    (await database.pool.query<{ is_service: boolean }>('SELECT is_service FROM sync.worker')).rows;

  it('start runs in a process that keeps them, which is a service', async () => {
    const failed = await tickOnce({ text }, async (app) => {
      await app.keepSchedules();
      await makeDue();
    });
    expect(failed).toBeNull();
    expect(await listTriggers()).toEqual([{ trigger: 'often' }]);
    expect(await isService()).toEqual([{ is_service: true }]);
  });

  it('start none in a process that ends with its run', async () => {
    const keeper = await open({ text });
    await keeper.keepSchedules();
    await makeDue();
    expect(await tickOnce({ text })).toBeNull();
    expect(await listTriggers()).toEqual([]);
    expect(await isService()).toEqual([{ is_service: false }]);
  });

  it('are refused where a command made another of the name', async () => {
    const app = await open({ text });
    await app.keepSchedules();
    await database.pool.query("UPDATE sync.schedule SET origin = 'cli'");
    await expect(app.keepSchedules()).rejects.toMatchObject({ code: 'SCHEDULE_NAME_TAKEN' });
  });
});
