import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { findRemedy } from '../../../../src/app/find-remedy.ts';
import { systemClock } from '../../../../src/core/clock.ts';
import { createLogger } from '../../../../src/core/log.ts';
import { Secret } from '../../../../src/core/secret.ts';
import { createHealthStore } from '../../../../src/health/issues/health-store.ts';
import { createNotificationStore } from '../../../../src/health/notifications/notification-store.ts';
import { sendNotifications } from '../../../../src/health/notifications/send-notifications.ts';
import { createTrackerStore } from '../../../../src/health/trackers/tracker-store.ts';
import { createNotifier } from '../../../../src/health/webhook/create-notifier.ts';
import { createQuotaStore } from '../../../../src/ledger/quota-store.ts';
import { createRunStore } from '../../../../src/runs/run-store.ts';
import type { Notifier, Receiver as ReceiverOf } from '../../../../src/model/notification.ts';
import { createTestDatabase, type TestDatabase } from '../../../support/database.ts';
import { toAll, toUrgent } from '../../../support/memory-notifications.ts';
import { startReceiver, type Receiver } from '../../../support/receiver.ts';

/* Events are sent to nobody but a receiver that a process had while they lasted. */

const minute = 60_000;
const day = 24 * 60 * minute;

let database: TestDatabase;
let chat: Receiver;
let pager: Receiver;
let aheadMs = 0;

beforeAll(async () => {
  database = await createTestDatabase();
  await createRunStore({ pool: database.pool }).claimSource('sandbox');
});
afterAll(() => database.drop());
beforeEach(async () => {
  aheadMs = 0;
  [chat, pager] = await Promise.all([startReceiver('generic'), startReceiver('generic')]);
  await database.pool.query(
    'TRUNCATE usage.api_hold, sync.notification, sync.notification_delivery, sync.drift',
  );
});
afterEach(() => Promise.all([chat.close(), pager.close()]));

/** One check of a process that has one receiver, `ms` after the last check; returns what it sent. */
async function check(ms: number, to: Receiver, receiverOf: (notifier: Notifier) => ReceiverOf) {
  aheadMs += ms;
  await createQuotaStore({ pool: database.pool }).setLedgerOffset(aheadMs);
  const before = to.phases.length;
  const notifier = createNotifier({
    ...{
      url: new Secret(to.url),
      format: 'generic',
      dingTalkSecret: null,
      siteUrl: null,
      clock: systemClock,
    },
    timeoutMs: 5000,
  });
  const { pool } = database;
  const deps = {
    ...({ receivers: [receiverOf(notifier)], findRemedy, source: 'sandbox', trackers: [] } as const),
    log: createLogger({ level: 'silent', pretty: false }),
    issues: createHealthStore({ pool, appKey: '1', feeds: [] }),
    notifications: createNotificationStore(pool),
    changes: createTrackerStore(pool),
  };
  await sendNotifications(deps, { isLast: false, signal: new AbortController().signal });
  return to.phases.slice(before);
}
const checkWithChat = (ms: number) => check(ms, chat, toAll);
const checkWithPager = (ms: number) => check(ms, pager, toUrgent);

const drift = (path: string) =>
  database.pool.query(
    `INSERT INTO sync.drift (operation, path, kind, seen, first_seen_at, last_seen_at, last_call_id)
     SELECT 'offer.detail', $1, 'unknown', 1, now, now, 1 FROM usage.ledger_now() now`,
    [path],
  );
const isDrift = [expect.stringMatching(/^happened drift:/)];
const isHold = ['begun hold:a:HELD_BY_HAND'];

it('a chat that is added to a pager gets what lasts, and no event from before', async () => {
  await drift('$.a');
  expect(await checkWithPager(minute)).toEqual([]);
  await database.pool.query(
    `INSERT INTO usage.api_hold (api, code, held_at) VALUES ('a', 'HELD_BY_HAND', now())`,
  );
  expect(await checkWithPager(2 * day)).toEqual(isHold);
  expect(await checkWithChat(60 * minute)).toEqual(isHold);
  await drift('$.b');
  expect(await checkWithChat(60 * minute)).toEqual(isDrift);
});

it('a process that has no chat keeps from it neither an event nor that it was sent', async () => {
  chat.setTrouble((response) => response.destroy());
  await drift('$.a');
  expect(await checkWithChat(minute)).toEqual([]);
  await checkWithPager(60 * minute);
  await checkWithPager(2 * day);
  chat.setTrouble(null);
  expect(await checkWithChat(60 * minute)).toEqual(isDrift);
  await checkWithPager(60 * minute);
  expect(await checkWithChat(60 * minute)).toEqual([]);
});
