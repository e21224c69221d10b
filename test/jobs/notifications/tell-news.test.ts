import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { systemClock } from '../../../src/core/clock.ts';
import { createLogger } from '../../../src/core/log.ts';
import { Secret } from '../../../src/core/secret.ts';
import { findRemedy } from '../../../src/find-remedy.ts';
import { createTeller } from '../../../src/jobs/notifications/create-teller.ts';
import { tellNews, type TellDeps } from '../../../src/jobs/notifications/tell-news.ts';
import { createConcernStore } from '../../../src/load/stores/concern-store.ts';
import { createNotificationStore } from '../../../src/load/stores/notification-store.ts';
import { createQuotaStore } from '../../../src/load/stores/quota-store.ts';
import { createRunStore } from '../../../src/load/stores/run-store.ts';
import { createNotifier } from '../../../src/notify/create-notifier.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { pathToken, queryToken, startReceiver, type Receiver } from '../../support/receiver.ts';
import { until } from '../../support/until.ts';

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
    'TRUNCATE usage.api_hold, sync.notification, sync.notification_delivery, sync.drift',
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

/** What one process tells with. */
function open(pool: pg.Pool = database.pool): TellDeps {
  const notifier = createNotifier({
    url: new Secret(receiver.url),
    ...{ format: 'generic', dingTalkSecret: null, siteUrl: null, clock: systemClock, timeoutMs: 5000 },
  });
  const stream = { write: (line: string) => void (logged += line) };
  return {
    ...{
      notifier,
      findRemedy,
      source: 'sandbox',
      log: createLogger({ level: 'trace', pretty: false, stream }),
    },
    concerns: createConcernStore({ pool, appKey: '1' }),
    notifications: createNotificationStore(pool),
  };
}

async function pass(ms: number): Promise<void> {
  aheadMs += ms;
  await createQuotaStore({ pool: database.pool }).setLedgerOffset(aheadMs);
}

/** A look of a process, `ms` after the last one; gives what was told by it. */
async function lookAfter(ms: number, { isLast = false } = {}): Promise<readonly string[]> {
  await pass(ms);
  const before = receiver.news.length;
  await tellNews(open(), { isLast, signal: new AbortController().signal });
  return receiver.news.slice(before);
}

const hold = (...apis: readonly string[]) =>
  database.pool.query(
    "INSERT INTO usage.api_hold (api, code, held_at) SELECT api, 'HELD_BY_HAND', now() FROM unnest($1::text[]) api",
    [apis],
  );
const resume = () => database.pool.query('TRUNCATE usage.api_hold');

it('a concern is told when it begins, once a day while it lasts, and when it is over', async () => {
  expect(await lookAfter(0)).toEqual([]);
  await hold('a');
  expect(await lookAfter(minute)).toEqual(['begun hold:a:HELD_BY_HAND']);
  expect(await lookAfter(minute)).toEqual([]);
  expect(await lookAfter(day)).toEqual(['lasting hold:a:HELD_BY_HAND']);
  await resume();
  expect(await lookAfter(minute)).toEqual([]);
  expect(await lookAfter(30 * minute)).toEqual(['over hold:a:HELD_BY_HAND']);
  expect(await lookAfter(day)).toEqual([]);
  expect(receiver.taken[0]).toMatchObject({
    source: 'sandbox',
    title: expect.stringMatching(/^catalog-sync \(SANDBOX, using mock data\): Calls of `?a/) as string,
    items: [{ path: '/problems#holds', remedy: findRemedy('HELD_BY_HAND')?.remedy }],
  });
});

it('what comes up together is one message, with room for twenty', async () => {
  await hold('a');
  expect(await lookAfter(minute)).toHaveLength(1);
  await hold('b');
  expect(await lookAfter(minute / 2)).toEqual([]);
  await hold(...Array.from({ length: 22 }, (_, index) => `api${String(index)}`));
  expect(await lookAfter(minute / 2)).toHaveLength(20);
  expect(receiver.taken).toHaveLength(2);
  expect(receiver.taken[1]).toMatchObject({ more: 3 });
  expect(await lookAfter(minute)).toEqual([]);
});

it('one that comes and goes all the time is told of twice an hour at most', async () => {
  const told: string[] = [];
  for (let count = 0; count < 24; count += 1) {
    await (count % 2 === 0 ? hold('a') : resume());
    told.push(...(await lookAfter(5 * minute)));
  }
  expect(told.length).toBeGreaterThan(0);
  expect(told.length).toBeLessThanOrEqual(4);
});

it('through an outage it goes on trying, ever more seldom, and then tells what is so by then', async () => {
  receiver.setTrouble((response) => response.writeHead(500).end());
  await hold('a', 'b');
  expect(await lookAfter(0)).toEqual([]);
  expect(receiver.requests).toBe(1);
  await lookAfter(25_000);
  expect(receiver.requests).toBe(1);
  await lookAfter(minute);
  expect(receiver.requests).toBe(2);
  for (let hour = 0; hour < 60; hour += 1) await lookAfter(60 * minute);
  expect(receiver.requests).toBeGreaterThan(45);
  await database.pool.query("DELETE FROM usage.api_hold WHERE api = 'b'");
  await hold('c');
  receiver.setTrouble(null);
  expect(await lookAfter(60 * minute)).toEqual(['begun hold:a:HELD_BY_HAND', 'begun hold:c:HELD_BY_HAND']);
  expect(await createNotificationStore(database.pool).readDelivery()).toMatchObject({
    attempts: 0,
    failingSince: null,
  });
  expect(logged).toContain('"code":"NOTIFY_UNAVAILABLE"');
});

it('an event is told after an outage that it did not outlast', async () => {
  receiver.setTrouble((response) => response.destroy());
  await database.pool.query(
    `INSERT INTO sync.drift (operation, path, kind, seen, first_seen_at, last_seen_at, last_raw_id)
     VALUES ('offer.detail', '$.a', 'unknown', 1, now(), now(), 1)`,
  );
  await lookAfter(minute);
  await lookAfter(2 * day);
  receiver.setTrouble(null);
  expect(await lookAfter(60 * minute)).toEqual([expect.stringMatching(/^happened drift:/)]);
});

it('a receiver that asks for time is given it, by a process that ends as well', async () => {
  receiver.setTrouble((response) => response.writeHead(429, { 'retry-after': '600' }).end());
  await hold('a');
  await lookAfter(0);
  receiver.setTrouble(null);
  expect(await lookAfter(9 * minute, { isLast: true })).toEqual([]);
  expect(await lookAfter(minute)).toHaveLength(1);
});

it('a process that ends tries at once, whenever the last attempt was', async () => {
  receiver.setTrouble((response) => response.writeHead(500).end());
  await hold('a');
  await lookAfter(0);
  receiver.setTrouble(null);
  expect(await lookAfter(1000, { isLast: true })).toHaveLength(1);
  await hold('b');
  expect(await lookAfter(1000, { isLast: true })).toEqual(['begun hold:b:HELD_BY_HAND']);
});

it('a clock that is set back keeps nobody from telling', async () => {
  await hold('a');
  receiver.setTrouble((response) => response.writeHead(429, { 'retry-after': '3000' }).end());
  await lookAfter(10 * day);
  receiver.setTrouble(null);
  expect(await lookAfter(-10 * day)).toHaveLength(1);
});

it('while one process sends, no other does', async () => {
  await hold('a');
  const held: (() => void)[] = [];
  receiver.setTrouble((response) => void held.push(() => response.end()));
  const options = { isLast: true, signal: new AbortController().signal };
  const first = tellNews(open(), options);
  await until(() => held.length === 1);
  expect(await tellNews(open(), options)).toBe(false);
  for (const release of held) release();
  expect(await first).toBe(true);
  expect(await tellNews(open(), options)).toBe(true);
  expect(receiver.requests).toBe(1);
});

it('processes that end at once send one message', async () => {
  await hold('a');
  const pools = [1, 2, 3].map(() => new pg.Pool({ connectionString: database.url, max: 3 }));
  const tellers = pools.map((pool) => createTeller({ ...open(pool), clock: systemClock }));
  await Promise.all(tellers.map((teller) => teller.finish()));
  await Promise.all(tellers.map((teller) => teller.close()));
  await Promise.all(pools.map((pool) => pool.end()));
  expect(receiver.news).toEqual(['begun hold:a:HELD_BY_HAND']);
});

it('a receiver that says nothing holds up no tick, and no end for long', async () => {
  await hold('a');
  receiver.setTrouble(() => undefined);
  const teller = createTeller({ ...open(), clock: systemClock, finishMs: 200 });
  teller.nudge();
  await until(() => receiver.requests === 1);
  const begunAt = performance.now();
  await teller.finish();
  expect(performance.now() - begunAt).toBeLessThan(3000);
  await teller.close();
  expect(await createNotificationStore(database.pool).readDelivery()).toMatchObject({ attempts: 0 });
});
