import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { createProject } from '../../support/in-process.ts';
import { builtProgram } from '../../support/built-program.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import {
  pathToken,
  queryToken,
  startReceiver,
  type GenericMessage,
  type Receiver,
} from '../../support/receiver.ts';
import { until } from '../../support/until.ts';

const bin = await builtProgram();
const syncFile = 'account: business\nfeeds:\n  - { name: bags, categories: ["54"] }\n';

let database: TestDatabase;
let receiver: Receiver;
let written = '';
const running = new Set<ChildProcess>();

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());
beforeEach(async () => {
  written = '';
  receiver = await startReceiver('generic');
  await database.pool.query('TRUNCATE usage.api_hold, sync.notification, sync.notification_delivery');
  await database.pool.query(
    "INSERT INTO usage.api_hold (api, code, held_at) VALUES ('a', 'HELD_BY_HAND', now()), ('b', 'HELD_BY_HAND', now())",
  );
});
afterEach(async () => {
  for (const child of running) await stop(child);
  expect(receiver.faults).toEqual([]);
  await receiver.close();
  for (const secret of [pathToken, queryToken]) expect(written).not.toContain(secret);
});

/** `catalog-sync worker`, which finds no run to work on and so makes no call. */
function startWorker(): ChildProcess {
  const child = spawn(process.execPath, [bin, 'worker', '--log-level', 'trace'], {
    cwd: createProject({ 'catalog-sync.yaml': syncFile }),
    env: {
      PATH: process.env['PATH'],
      DATABASE_URL: database.url,
      ALIBABA_API_URL: 'http://127.0.0.1:9/openapi',
      ALIBABA_APP_KEY: '1000000',
      ALIBABA_APP_SECRET: 'sandbox-secret',
      NOTIFY_WEBHOOK_URL: receiver.url,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (text: Buffer) => (written += text.toString()));
  running.add(child);
  return child;
}

async function stop(child: ChildProcess, signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
  running.delete(child);
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill(signal);
  await ended;
}

const waiting = async (select: string): Promise<unknown[]> => {
  const { rows } = await database.pool.query<object>(
    `${select} FROM pg_stat_activity
     WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE '%UPDATE sync.notification %'`,
  );
  return rows;
};

const countReady = () => written.split('"msg":"worker ready"').length - 1;

it('two workers send one message about two issues', async () => {
  const workers = [startWorker(), startWorker()];
  await until(() => countReady() === 2 && receiver.taken.length > 0);
  for (const worker of workers) await stop(worker);
  expect(receiver.phases).toEqual(['begun hold:a:HELD_BY_HAND', 'begun hold:b:HELD_BY_HAND']);
  expect(receiver.taken).toHaveLength(1);
  expect(written).toContain('notification delivered');
});

it('a worker that is killed before it has noted the answer leaves the message to be sent again, with the same ids', async () => {
  const bodies: string[] = [];
  const client = await database.pool.connect();
  try {
    receiver.setTrouble((response, _request, body) => {
      bodies.push(body);
      // From here on nothing can be noted: the worker has its answer, and waits.
      void client.query('BEGIN; SELECT FROM sync.notification FOR UPDATE').then(() => response.end('{}'));
    });
    const worker = startWorker();
    await until(async () => (await waiting('SELECT')).length > 0);
    await stop(worker, 'SIGKILL');
    // Postgres would execute the statement before it notices that the client is gone.
    await waiting('SELECT pg_terminate_backend(pid)');
    await client.query('ROLLBACK');
  } finally {
    client.release(true);
  }
  receiver.setTrouble(null);
  await database.pool.query(
    "UPDATE sync.notification_delivery SET checked_at = checked_at - interval '1 minute'",
  );
  startWorker();
  await until(() => receiver.taken.length > 0);
  const idsOf = ({ items }: GenericMessage) => items.map(({ id }) => id);
  const [first] = bodies.map((body) => idsOf(JSON.parse(body) as GenericMessage));
  expect(first).toHaveLength(2);
  expect(idsOf(receiver.taken[0] as GenericMessage)).toEqual(first);
});
