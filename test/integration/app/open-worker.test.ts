import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { openWorker, type OpenWorker } from '../../../src/app/open-worker.ts';
import { loadConfig } from '../../../src/config/environment.ts';
import { parseSyncFile } from '../../../src/config/parse-sync-file.ts';
import { AppError } from '../../../src/core/errors.ts';
import { CloseStack } from '../../../src/core/lifecycle.ts';
import { createLogger } from '../../../src/core/log.ts';
import { Secret } from '../../../src/core/secret.ts';
import { databaseErrors } from '../../../src/db/errors.ts';
import { openQueues } from '../../../src/jobs/queue-backend.ts';
import { closeQueueServer, openQueueServer } from '../../../src/jobs/queue-server.ts';
import { createRunStore } from '../../../src/runs/run-store.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { createProject } from '../../support/in-process.ts';
import { silentLog as log } from '../../support/open-ledger.ts';
import { startReceiver, type Receiver } from '../../support/receiver.ts';
import { until } from '../../support/until.ts';

let database: TestDatabase;
let receiver: Receiver;
let closing: CloseStack;
beforeAll(async () => {
  database = await createTestDatabase();
  receiver = await startReceiver('generic');
});
afterAll(async () => {
  await receiver.close();
  await database.drop();
});
beforeEach(() => {
  closing = new CloseStack();
});
afterEach(async () => {
  vi.useRealTimers();
  await closing.close(log);
  await database.pool.query('TRUNCATE sync.worker, sync.tracker, usage.api_hold');
});

const yaml = `
account: personal
feeds: [{ name: bags, categories: ["54"] }]
`;
const tracking = `${yaml}
trackers:
  - { name: cheap, feed: bags, price_down_percent: 5 }
`;

interface Options {
  readonly tick?: () => Promise<void>;
  readonly env?: Readonly<Record<string, string>>;
  readonly text?: string;
}

function open({ tick = () => Promise.resolve(), env = {}, text = yaml }: Options = {}): OpenWorker {
  const { pool } = database;
  const settings = {
    ...{ ALIBABA_API_URL: 'http://127.0.0.1:9/openapi', ALIBABA_APP_KEY: '4711471' },
    ...{ ALIBABA_APP_SECRET: 'aB3dE5gH7jK9', ...env },
  };
  const server = openQueueServer({
    ...{ redisUrl: null, databaseUrl: new Secret(database.url), maxConnections: 2, log },
  });
  closing.add('server of the queues', () => closeQueueServer(server));
  const queues = openQueues({ server, log, retryDelayMs: 10, onSettled: () => undefined });
  closing.add('queues', () => queues.close());
  return openWorker({
    ...{ pool, queues, tick, closing, log, command: undefined },
    config: loadConfig({ projectDir: createProject(), env: settings }),
    sync: parseSyncFile(text, 'test'),
    cut: new AbortController().signal,
    readActivity: () => ({ jobs: 3, recentCalls: 7, lastError: null }),
  });
}

async function readWorkers() {
  const { rows } = await database.pool.query<{
    jobs: number;
    failing_code: string | null;
    is_service: boolean;
    ended_at: Date | null;
  }>('SELECT jobs, failing_code, is_service, ended_at FROM sync.worker');
  return rows;
}

const listTrackers = async () =>
  (await database.pool.query<{ tracker: string }>('SELECT tracker FROM sync.tracker')).rows;

const working = { jobs: 3, failing_code: null, is_service: false, ended_at: null };

it('a tick says before its work that the process works', async () => {
  const seen: unknown[] = [];
  let isDone = false;
  const worker = open({
    tick: async () => {
      seen.push(...(await readWorkers()));
      isDone = true;
    },
  });
  await worker.tick();
  expect(isDone).toBe(true);
  expect(seen).toEqual([working]);
});

it('a process that ends says so', async () => {
  await open().tick();
  await closing.close(log);
  expect(await readWorkers()).toEqual([{ ...working, jobs: 0, ended_at: expect.any(Date) as Date }]);
});

it('a service says that it is one', async () => {
  const worker = open();
  worker.becomeService();
  await worker.tick();
  expect(await readWorkers()).toEqual([{ ...working, is_service: true }]);
});

it('a tick that fails is passed on, and told until one succeeds', async () => {
  vi.useFakeTimers({ toFake: ['Date'] });
  let error: AppError | null = null;
  const worker = open({ tick: () => (error === null ? Promise.resolve() : Promise.reject(error)) });
  /** What is said at the next heartbeat. */
  const sayAfter = async (end: AppError | null) => {
    error = end;
    vi.setSystemTime(Date.now() + 6000);
    await worker.tick().catch((thrown: unknown) => expect(thrown).toBe(end));
    vi.setSystemTime(Date.now() + 6000);
    error = null;
    await worker.tick();
    return (await readWorkers()).map((row) => row.failing_code);
  };
  const busy = new AppError(databaseErrors.DATABASE_BUSY, 'busy');
  expect(await sayAfter(busy)).toEqual(['DATABASE_BUSY']);
  expect(await sayAfter(null)).toEqual([null]);
  error = busy;
  await expect(worker.tick()).rejects.toBe(busy);
});

it('trackers are registered before anything is loaded, and once', async () => {
  const seen: unknown[] = [];
  const worker = open({
    text: tracking,
    tick: async () => void seen.push(await listTrackers()),
  });
  await worker.tick();
  expect(seen).toEqual([[{ tracker: 'cheap' }]]);
  await database.pool.query('TRUNCATE sync.tracker');
  await worker.tick();
  expect(seen).toEqual([[{ tracker: 'cheap' }], []]);
});

it('without trackers nothing is registered', async () => {
  const own = await database.pool.connect();
  try {
    // A statement over the table would wait for ever.
    await own.query('BEGIN; LOCK TABLE sync.tracker IN ACCESS EXCLUSIVE MODE');
    await open().tick();
  } finally {
    await own.query('ROLLBACK');
    own.release();
  }
});

it('notifications are sent after a tick, and when the process ends', async () => {
  const hold = (api: string) =>
    database.pool.query(
      "INSERT INTO usage.api_hold (api, code, held_at) VALUES ($1, 'HELD_BY_HAND', now())",
      [api],
    );
  const worker = open({ env: { NOTIFY_WEBHOOK_URL: receiver.url } });
  await hold('a');
  await worker.tick();
  await until(() => receiver.phases.length === 1);
  await hold('b');
  await worker.sendNotifications();
  expect(receiver.phases).toEqual(['begun hold:a:HELD_BY_HAND', 'begun hold:b:HELD_BY_HAND']);
});

it('a notification that is under way ends with the process', async () => {
  receiver.setTrouble(() => undefined);
  const before = receiver.requests;
  await database.pool.query('TRUNCATE sync.notification, sync.notification_delivery');
  await database.pool.query(
    "INSERT INTO usage.api_hold (api, code, held_at) VALUES ('c', 'HELD_BY_HAND', now())",
  );
  const worker = open({ env: { NOTIFY_WEBHOOK_URL: receiver.url } });
  await worker.tick();
  await until(() => receiver.requests === before + 1);
  await closing.close(log);
  // Who sends has the lock of all senders, until Postgres notices that it left; one that waits for its receiver has it for 10 s.
  const readLocks = () =>
    database.pool.query(
      "SELECT FROM pg_locks WHERE relation = 'sync.notification_lock'::regclass AND pid <> pg_backend_pid()",
    );
  await until(async () => (await readLocks()).rows.length === 0, { timeoutMs: 2000 });
  receiver.setTrouble(null);
});

it('a process without a receiver and without trackers has nothing to send, and ends well', async () => {
  const worker = open();
  await worker.tick();
  await worker.sendNotifications();
  let said = '';
  const stream = { write: (line: string) => void (said += line) };
  await closing.close(createLogger({ level: 'warn', pretty: false, stream }));
  expect(said).toBe('');
});

it('a live database that another app took over is not worked on', async () => {
  const own = await createTestDatabase();
  const main = database;
  try {
    database = own;
    const env = { ALIBABA_API_URL: 'https://gw.example/openapi' };
    await createRunStore({ pool: own.pool, appKey: '4711472' }).claimSource('live');
    let isTicked = false;
    const worker = open({
      env,
      tick: () => {
        isTicked = true;
        return Promise.resolve();
      },
    });
    await expect(worker.tick()).rejects.toMatchObject({ code: 'DATABASE_OTHER_APP' });
    expect(isTicked).toBe(false);
    expect(await readWorkers()).toEqual([]);
  } finally {
    await closing.close(log);
    database = main;
    await own.drop();
  }
});
