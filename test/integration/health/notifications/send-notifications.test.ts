import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../../../src/core/clock.ts';
import { createLogger } from '../../../../src/core/log.ts';
import { Secret } from '../../../../src/core/secret.ts';
import { findRemedy } from '../../../../src/app/find-remedy.ts';
import { createDispatcher } from '../../../../src/health/notifications/create-dispatcher.ts';
import { sendNotifications, type SendDeps } from '../../../../src/health/notifications/send-notifications.ts';
import { createHealthStore } from '../../../../src/health/issues/health-store.ts';
import { createNotificationStore } from '../../../../src/health/notifications/notification-store.ts';
import { createTrackerStore } from '../../../../src/health/trackers/tracker-store.ts';
import { createQuotaStore } from '../../../../src/ledger/quota-store.ts';
import { createRunStore } from '../../../../src/runs/run-store.ts';
import { createNotifier } from '../../../../src/health/webhook/create-notifier.ts';
import { createTestDatabase, type TestDatabase } from '../../../support/database.ts';
import { noOutage } from '../../../support/no-outage.ts';
import { pathToken, queryToken, startReceiver, type Receiver } from '../../../support/receiver.ts';
import { toAll, toUrgent } from '../../../support/memory-notifications.ts';
import { until } from '../../../support/until.ts';

const minute = 60_000;
const day = 24 * 60 * minute;

let database: TestDatabase;
let receiver: Receiver;
let logged: string;
let aheadMs = 0;

beforeAll(async () => {
  database = await createTestDatabase();
  await createRunStore({ pool: database.pool }).claimSource('sandbox');
});
afterAll(() => database.drop());
beforeEach(async () => {
  logged = '';
  aheadMs = 0;
  receiver = await startReceiver('generic');
  await database.pool.query(
    'TRUNCATE usage.api_hold, sync.notification, sync.notification_delivery, sync.drift, sync.run, sync.worker',
  );
  await createQuotaStore({ pool: database.pool }).setLedgerOffset(0);
});
afterEach(async () => {
  expect(receiver.faults).toEqual([]);
  await receiver.close();
  const { rows } = await database.pool.query<{ row: string }>(
    `SELECT n::text AS row FROM sync.notification n UNION ALL SELECT d::text FROM sync.notification_delivery d`,
  );
  for (const secret of [pathToken, queryToken]) expect(logged + JSON.stringify(rows)).not.toContain(secret);
});

const openNotifier = ({ url }: Receiver) =>
  createNotifier({
    url: new Secret(url),
    ...{
      format: 'generic',
      dingTalkSecret: null,
      siteUrl: null,
      clock: systemClock,
      outageFile: noOutage,
      timeoutMs: 5000,
    },
  });

/** The dispatcher of one process. */
function open(pool: pg.Pool = database.pool): SendDeps {
  const stream = { write: (line: string) => void (logged += line) };
  return {
    ...{
      receivers: [toAll(openNotifier(receiver))],
      findRemedy,
      source: 'sandbox',
      log: createLogger({ level: 'trace', pretty: false, stream }),
    },
    issues: createHealthStore({ pool, appKey: '1', feeds: [] }),
    notifications: createNotificationStore(pool),
    changes: createTrackerStore(pool),
    trackers: [],
  };
}

async function pass(ms: number): Promise<void> {
  aheadMs += ms;
  await createQuotaStore({ pool: database.pool }).setLedgerOffset(aheadMs);
}

/** One check of a process, `ms` after the last one; returns what it sent. */
async function checkAfter(ms: number, { isLast = false } = {}): Promise<readonly string[]> {
  await pass(ms);
  const before = receiver.phases.length;
  await sendNotifications(open(), { isLast, signal: new AbortController().signal });
  return receiver.phases.slice(before);
}

const hold = (...apis: readonly string[]) =>
  database.pool.query(
    "INSERT INTO usage.api_hold (api, code, held_at) SELECT api, 'HELD_BY_HAND', now() FROM unnest($1::text[]) api",
    [apis],
  );
const resume = () => database.pool.query('TRUNCATE usage.api_hold');

it('an issue is sent when it begins, once a day while it lasts, and when it is over', async () => {
  expect(await checkAfter(0)).toEqual([]);
  await hold('a');
  expect(await checkAfter(minute)).toEqual(['begun hold:a:HELD_BY_HAND']);
  expect(await checkAfter(minute)).toEqual([]);
  expect(await checkAfter(day)).toEqual(['lasting hold:a:HELD_BY_HAND']);
  await resume();
  expect(await checkAfter(minute)).toEqual([]);
  expect(await checkAfter(30 * minute)).toEqual(['over hold:a:HELD_BY_HAND']);
  expect(await checkAfter(day)).toEqual([]);
  expect(receiver.taken[0]).toMatchObject({
    source: 'sandbox',
    title: expect.stringMatching(/^catalog-sync \(SANDBOX, using mock data\): Calls of `?a/) as string,
    items: [
      {
        path: '/problems#holds',
        remedy: `${findRemedy('HELD_BY_HAND')?.remedy ?? ''} To resume them: \`catalog-sync quota resume a\`.`,
      },
    ],
  });
});

it('what comes up together is one message, with room for twenty', async () => {
  await hold('a');
  expect(await checkAfter(minute)).toHaveLength(1);
  await hold('b');
  expect(await checkAfter(minute / 2)).toEqual([]);
  await hold(...Array.from({ length: 22 }, (_, index) => `api${String(index)}`));
  expect(await checkAfter(minute / 2)).toHaveLength(20);
  expect(receiver.taken).toHaveLength(2);
  expect(receiver.taken[1]).toMatchObject({ more: 3 });
  expect(await checkAfter(minute)).toEqual([]);
});

it('one that comes and goes all the time is sent twice an hour at most', async () => {
  const notifiedState: string[] = [];
  for (let count = 0; count < 24; count += 1) {
    await (count % 2 === 0 ? hold('a') : resume());
    notifiedState.push(...(await checkAfter(5 * minute)));
  }
  expect(notifiedState.length).toBeGreaterThan(0);
  expect(notifiedState.length).toBeLessThanOrEqual(4);
});

it('during an outage it continues to try, more and more rarely, and then sends the state of that time', async () => {
  receiver.setTrouble((response) => response.writeHead(500).end());
  await hold('a', 'b');
  expect(await checkAfter(0)).toEqual([]);
  expect(receiver.requests).toBe(1);
  await checkAfter(25_000);
  expect(receiver.requests).toBe(1);
  await checkAfter(minute);
  expect(receiver.requests).toBe(2);
  for (let hour = 0; hour < 60; hour += 1) await checkAfter(60 * minute);
  expect(receiver.requests).toBeGreaterThan(45);
  await database.pool.query("DELETE FROM usage.api_hold WHERE api = 'b'");
  await hold('c');
  receiver.setTrouble(null);
  expect(await checkAfter(60 * minute)).toEqual(['begun hold:a:HELD_BY_HAND', 'begun hold:c:HELD_BY_HAND']);
  expect(await createNotificationStore(database.pool).readDelivery()).toMatchObject({
    attempts: 0,
    failingSince: null,
  });
  expect(logged).toContain('"code":"NOTIFY_UNAVAILABLE"');
});

it('an event is sent after an outage that it did not outlast', async () => {
  receiver.setTrouble((response) => response.destroy());
  await database.pool.query(
    `INSERT INTO sync.drift (operation, path, kind, seen, first_seen_at, last_seen_at, last_call_id)
     VALUES ('offer.detail', '$.a', 'unknown', 1, now(), now(), 1)`,
  );
  await checkAfter(minute);
  await checkAfter(2 * day);
  receiver.setTrouble(null);
  expect(await checkAfter(60 * minute)).toEqual([expect.stringMatching(/^happened drift:/)]);
});

it('a run of all feeds takes the place of one that had a feed more', async () => {
  for (const feeds of ['["bags", "hats"]', '["bags"]']) {
    await database.pool.query(
      `INSERT INTO sync.run (scope, trigger, source, status, feeds, cause, ended_at)
       VALUES ('all', 'test', 'sandbox', 'failed', $1, 'GATEWAY_TIMEOUT', clock_timestamp())`,
      [feeds],
    );
  }
  expect(await checkAfter(minute)).toEqual(['begun run:all:GATEWAY_TIMEOUT:later']);
});

describe('while a pager takes nothing, the chat is sent, by whichever process,', () => {
  let pager: Receiver;
  beforeEach(async () => {
    pager = await startReceiver('generic');
    pager.setTrouble((response) => response.writeHead(410).end());
  });
  afterEach(() => pager.close());

  const checkByAnother = async (ms: number) => {
    await pass(ms);
    const before = receiver.phases.length;
    const receivers = [...open().receivers, toUrgent(openNotifier(pager))];
    await sendNotifications(
      { ...open(), receivers },
      { isLast: false, signal: new AbortController().signal },
    );
    return receiver.phases.slice(before).map((line) => line.replace(/:HELD_BY_HAND$/, ''));
  };

  it('each item once, also the reminder and the end of what is for both', async () => {
    await hold('a');
    await database.pool.query(
      "INSERT INTO usage.api_hold (api, code, held_at, held_until) VALUES ('b', 'HELD_BY_HAND', now(), now() + interval '9 days')",
    );
    expect(await checkByAnother(minute)).toEqual(['begun hold:a', 'begun hold:b']);
    expect(await checkByAnother(60 * minute)).toEqual([]);
    expect(await createNotificationStore(database.pool).readDelivery()).toMatchObject({ attempts: 2 });
    await database.pool.query("DELETE FROM usage.api_hold WHERE api = 'b'");
    expect(await checkByAnother(60 * minute)).toEqual(['over hold:b']);
    expect(await checkByAnother(day)).toEqual(['lasting hold:a']);
    await hold('c');
    await resume();
    expect(await checkByAnother(60 * minute)).toEqual(['over hold:a']);
    await hold('a');
    expect(await checkByAnother(60 * minute)).toEqual(['begun hold:a']);
    pager.setTrouble(null);
    expect(await checkByAnother(60 * minute)).toEqual([]);
    expect(pager.phases).toEqual(['begun hold:a:HELD_BY_HAND']);
    expect(await checkByAnother(60 * minute)).toEqual([]);
  });

  it('what comes after twenty issues that are for both', async () => {
    await hold(...Array.from({ length: 20 }, (_, index) => `api${String(index)}`));
    expect(await checkByAnother(minute)).toHaveLength(20);
    await hold('a');
    expect(await checkByAnother(60 * minute)).toEqual(['begun hold:a']);
  });
});

it('a chat that takes nothing keeps no end from the pager', async () => {
  const pager = await startReceiver('generic');
  receiver.setTrouble((response) => response.writeHead(410).end());
  const checkByAnother = async (ms: number) => {
    await pass(ms);
    const receivers = [...open().receivers, toUrgent(openNotifier(pager))];
    await sendNotifications(
      { ...open(), receivers },
      { isLast: false, signal: new AbortController().signal },
    );
  };
  await hold('a');
  await checkByAnother(minute);
  await resume();
  await checkByAnother(60 * minute);
  expect(pager.phases).toEqual(['begun hold:a:HELD_BY_HAND', 'over hold:a:HELD_BY_HAND']);
  await pager.close();
});

it('a pager is sent a run that comes to need a person, and that it needs none any more', async () => {
  const runAfter = async (ms: number, [status, cause]: readonly [string, string | null]) => {
    await database.pool.query(
      `INSERT INTO sync.run (scope, trigger, source, status, feeds, cause, last_error_code, errors, postponed, next_try_at, ended_at)
       VALUES ('all', 'test', 'sandbox', $1, '["bags"]', $2, 'GATEWAY_TIMEOUT', CASE $2 WHEN 'targets_failed' THEN 2 ELSE 0 END,
               1, now() + interval '9 days', clock_timestamp())`,
      [status, cause],
    );
    await pass(ms);
    const before = receiver.phases.length;
    const deps = { ...open(), receivers: [toUrgent(openNotifier(receiver))] };
    await sendNotifications(deps, { isLast: false, signal: new AbortController().signal });
    return receiver.phases.slice(before);
  };
  const postponed = ['partial_error', 'targets_postponed'] as const;
  expect(await runAfter(minute, postponed)).toEqual([]);
  expect(await runAfter(60 * minute, ['partial_error', 'targets_failed'])).toEqual([
    'begun run:all:GATEWAY_TIMEOUT',
  ]);
  expect(await runAfter(60 * minute, postponed)).toEqual(['over run:all:GATEWAY_TIMEOUT']);
  expect(await runAfter(60 * minute, ['succeeded', null])).toEqual([]);
});

it('a process of a container, whose number is always 1, is sent each day that it is killed', async () => {
  const lost = async (hoursAgo: number) => {
    await database.pool.query(
      `INSERT INTO sync.worker (worker_id, host, pid, started_at, heartbeat_at)
       SELECT gen_random_uuid(), 'box', 1, at - interval '1 hour', at FROM (SELECT now() - $1 * interval '1 hour' AS at) t`,
      [hoursAgo],
    );
    return (await checkAfter(minute)).map((line) => line.replace(/:\d{4}-\d\d-\d\d$/, ''));
  };
  expect(await lost(60)).toEqual(['happened worker-lost:box:1']);
  expect(await lost(0)).toEqual([]);
  await database.pool.query('DELETE FROM sync.worker WHERE heartbeat_at > $1', [new Date(Date.now() - day)]);
  expect(await lost(30)).toEqual(['happened worker-lost:box:1']);
});

it('a receiver that asks for time is given it, by a process that ends as well', async () => {
  receiver.setTrouble((response) => response.writeHead(429, { 'retry-after': '600' }).end());
  await hold('a');
  await checkAfter(0);
  receiver.setTrouble(null);
  expect(await checkAfter(9 * minute, { isLast: true })).toEqual([]);
  expect(await checkAfter(minute)).toHaveLength(1);
});

it('a process that ends tries at once, whenever the last attempt was', async () => {
  receiver.setTrouble((response) => response.writeHead(500).end());
  await hold('a');
  await checkAfter(0);
  receiver.setTrouble(null);
  expect(await checkAfter(1000, { isLast: true })).toHaveLength(1);
  await hold('b');
  expect(await checkAfter(1000, { isLast: true })).toEqual(['begun hold:b:HELD_BY_HAND']);
});

it('a clock that is set back prevents no notification', async () => {
  await hold('a');
  receiver.setTrouble((response) => response.writeHead(429, { 'retry-after': '3000' }).end());
  await checkAfter(10 * day);
  receiver.setTrouble(null);
  expect(await checkAfter(-10 * day)).toHaveLength(1);
});

it('while one process sends, no other does', async () => {
  await hold('a');
  const held: (() => void)[] = [];
  receiver.setTrouble((response) => void held.push(() => response.end()));
  const options = { isLast: true, signal: new AbortController().signal };
  const first = sendNotifications(open(), options);
  await until(() => held.length === 1);
  expect(await sendNotifications(open(), options)).toBe(false);
  for (const release of held) release();
  expect(await first).toBe(true);
  expect(await sendNotifications(open(), options)).toBe(true);
  expect(receiver.requests).toBe(1);
});

it('processes that end at once send one message', async () => {
  await hold('a');
  const pools = [1, 2, 3].map(() => new pg.Pool({ connectionString: database.url, max: 3 }));
  for (const each of pools) each.on('error', () => undefined);
  const tellers = pools.map((pool) =>
    createDispatcher({ ...open(pool), clock: systemClock, outageFile: noOutage }),
  );
  await Promise.all(tellers.map((dispatcher) => dispatcher.finish()));
  await Promise.all(tellers.map((dispatcher) => dispatcher.close()));
  await Promise.all(pools.map((pool) => pool.end()));
  expect(receiver.phases).toEqual(['begun hold:a:HELD_BY_HAND']);
});

it('a receiver that says nothing holds up no tick, and no end for long', async () => {
  await hold('a');
  receiver.setTrouble(() => undefined);
  const dispatcher = createDispatcher({ ...open(), clock: systemClock, outageFile: noOutage, finishMs: 200 });
  dispatcher.wake();
  await until(() => receiver.requests === 1);
  const begunAt = performance.now();
  await dispatcher.finish();
  expect(performance.now() - begunAt).toBeLessThan(3000);
  await dispatcher.close();
  expect(await createNotificationStore(database.pool).readDelivery()).toMatchObject({ attempts: 0 });
});
