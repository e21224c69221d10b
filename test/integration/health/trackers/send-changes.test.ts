import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { findRemedy } from '../../../../src/app/find-remedy.ts';
import { systemClock } from '../../../../src/core/clock.ts';
import { createLogger } from '../../../../src/core/log.ts';
import { Secret } from '../../../../src/core/secret.ts';
import { createHealthStore } from '../../../../src/health/issues/health-store.ts';
import { createDispatcher } from '../../../../src/health/notifications/create-dispatcher.ts';
import { createNotificationStore } from '../../../../src/health/notifications/notification-store.ts';
import { sendNotifications, type SendDeps } from '../../../../src/health/notifications/send-notifications.ts';
import { createTrackerStore } from '../../../../src/health/trackers/tracker-store.ts';
import { createNotifier } from '../../../../src/health/webhook/create-notifier.ts';
import { createQuotaStore } from '../../../../src/ledger/quota-store.ts';
import type { Tracker } from '../../../../src/model/tracker.ts';
import { createRunStore } from '../../../../src/runs/run-store.ts';
import { createTestDatabase, type TestDatabase } from '../../../support/database.ts';
import { toAll } from '../../../support/memory-notifications.ts';
import { noOutage } from '../../../support/no-outage.ts';
import { startReceiver, type GenericMessage, type Receiver } from '../../../support/receiver.ts';
import {
  detailOf,
  openStoredAnswers,
  plainOffer,
  type StoredAnswers,
} from '../../../support/stored-answers.ts';

const hour = 3_600_000;
const start = Date.UTC(2026, 2, 10, 12);

let db: TestDatabase;
let at: StoredAnswers;
let receiver: Receiver;
let aheadMs = 0;
let clockMinutes = 0;
let id = 100;

const trackers: readonly Tracker[] = [
  {
    ...{ name: 'cups', feed: null, offers: Array.from({ length: 80 }, (_, index) => String(101 + index)) },
    ...{ priceDownPercent: 5, priceUpPercent: 5, priceBelowCny: null, events: ['out_of_stock'] },
  },
];

beforeAll(async () => {
  db = await createTestDatabase();
  at = openStoredAnswers(db.pool);
  await createRunStore({ pool: db.pool }).claimSource('sandbox');
});
afterAll(() => db.drop());
beforeEach(async () => {
  id += 1;
  aheadMs = 0;
  receiver = await startReceiver('generic');
  await db.pool.query(
    'TRUNCATE sync.tracker, sync.tracked_change, sync.notification, sync.notification_delivery',
  );
  await pass(0);
  await createTrackerStore(db.pool).register(trackers);
});
afterEach(async () => {
  expect(receiver.faults).toEqual([]);
  await receiver.close();
});

function open(options: Partial<SendDeps> = {}): SendDeps {
  const notifier = createNotifier({
    url: new Secret(receiver.url),
    ...{ format: 'generic', dingTalkSecret: null, clock: systemClock, outageFile: noOutage, timeoutMs: 5000 },
    siteUrl: 'https://ops.example.com',
  });
  return {
    ...{ receivers: [toAll(notifier)], findRemedy, source: 'sandbox', trackers },
    log: createLogger({ level: 'silent', pretty: false }),
    issues: createHealthStore({ pool: db.pool, appKey: '1', feeds: [] }),
    notifications: createNotificationStore(db.pool),
    changes: createTrackerStore(db.pool),
    ...options,
  };
}

async function pass(ms: number): Promise<void> {
  aheadMs += ms;
  await createQuotaStore({ pool: db.pool }).setLedgerOffset(aheadMs);
}

const price = (amount: string, offerId = String(id)) =>
  at.answer((clockMinutes += 1), detailOf(offerId), plainOffer(offerId, { 1: amount }));

const itemsOf = (message: unknown) => (message as GenericMessage).items;

/** One check, `ms` after the last one; the changes that it sent, as `10 9`. */
async function checkAfter(ms: number): Promise<readonly string[]> {
  await pass(ms);
  const before = receiver.taken.length;
  await sendNotifications(open(), { isLast: false, signal: new AbortController().signal });
  return receiver.taken
    .slice(before)
    .flatMap(itemsOf)
    .map(({ change }) => `${change?.old ?? ''} ${change?.new ?? ''}`);
}

it('a change is sent once, with old, new, the times it lies between, and both pages of its offer', async () => {
  await price('10');
  expect(await checkAfter(hour)).toEqual([]);
  await price('9');
  expect(await checkAfter(hour)).toEqual(['10 9']);
  expect(await checkAfter(hour)).toEqual([]);
  const timeOf = (minutes: number) => new Date(start + minutes * 60_000).toISOString();
  expect(itemsOf(receiver.taken[0])).toMatchObject([
    {
      ...{ phase: 'happened', severity: 'note', issue: null, since: timeOf(clockMinutes) },
      summary: expect.stringMatching(
        /^`cups`: offer \d+ 杯子: price fell from ¥10 to ¥9, -10\.0 %, between 2026-03-10 20:\d\d and 2026-03-10 20:\d\d\. https:/,
      ) as string,
      url: `https://ops.example.com/products/${String(id)}`,
      change: {
        ...{ tracker: 'cups', condition: 'price_down', offer_id: String(id), sku_id: '0', min_quantity: 1 },
        ...{ old: '10', new: '9', not_before: timeOf(clockMinutes - 1), seen_at: timeOf(clockMinutes) },
        offer_url: `https://detail.1688.com/offer/${String(id)}.html`,
      },
    },
  ]);
});

it('a change that the receiver did not take is sent again with the same id, also one that it took unheard', async () => {
  await price('10');
  await price('9');
  const bodies: string[] = [];
  receiver.setTrouble((response, _, body) => {
    bodies.push(body);
    response.destroy();
  });
  expect(await checkAfter(hour)).toEqual([]);
  receiver.setTrouble(null);
  expect(await checkAfter(hour)).toEqual(['10 9']);
  const ids = [...bodies.map((body) => JSON.parse(body) as unknown), ...receiver.taken].map(
    (message) => itemsOf(message)[0]?.id,
  );
  expect(ids).toHaveLength(2);
  expect(new Set(ids).size).toBe(1);
});

it('a price that comes and goes is sent twice in 24 hours at most, and then the newest of what waited', async () => {
  await price('10');
  const sent: string[] = [];
  for (let change = 0; change < 9; change += 1) {
    await price(change % 2 === 0 ? '9' : '10');
    sent.push(...(await checkAfter(hour)));
  }
  expect(sent).toEqual(['10 9', '9 10']);
  expect(await checkAfter(14 * hour)).toEqual([]);
  expect(await checkAfter(2 * hour)).toEqual(['10 9']);
  expect(await checkAfter(72 * hour)).toEqual([]);
  const rows = await createTrackerStore(db.pool).list({ tracker: null, limit: 99 });
  expect(
    rows.map(({ sentAt, skippedAt }) => [sentAt, skippedAt].filter((time) => time !== null).length),
  ).toEqual(rows.map(() => 1));
  expect(rows.filter(({ sentAt }) => sentAt !== null)).toHaveLength(3);
});

it('its stock is not held up by its price', async () => {
  for (const amount of ['10', '9', '10', '9']) {
    await price(amount);
    await checkAfter(hour);
  }
  const productSaleInfo = {
    quoteType: 0,
    amountOnSale: 0,
    priceRangeList: [{ startQuantity: 1, price: '9' }],
  };
  await at.answer((clockMinutes += 1), detailOf(String(id)), plainOffer(String(id), {}, { productSaleInfo }));
  expect(await checkAfter(hour)).toEqual(['5 0']);
});

it('a process that ends sends all that waits, twenty a message', async () => {
  const offers = trackers[0]?.offers.slice(-60) ?? [];
  for (const amount of ['10', '9']) {
    for (const offerId of offers)
      await at.store((clockMinutes += 1), detailOf(offerId), plainOffer(offerId, { 1: amount }));
    await at.load();
  }
  const dispatcher = createDispatcher({ ...open(), clock: systemClock, outageFile: noOutage });
  await dispatcher.finish();
  await dispatcher.close();
  expect(
    receiver.taken.map((message) => [itemsOf(message).length, (message as GenericMessage).more]),
  ).toEqual([
    [20, 40],
    [20, 20],
    [20, 0],
  ]);
  const ends = receiver.taken.map((message) => (message as { text: string }).text.split('\n').slice(20)[0]);
  expect(ends).toEqual([
    'And 40 more changes: the next messages have them, and the page /trackers.',
    'And 20 more changes: the next messages have them, and the page /trackers.',
    'Times are those of Shanghai.',
  ]);
  const sent = receiver.taken.flatMap(itemsOf).map(({ change }) => change?.offer_id ?? '');
  expect(sent.toSorted()).toEqual(offers.toSorted());
});

it('without a receiver a change is listed, and one that is set later does not get it', async () => {
  await price('10');
  await price('9');
  const silent = createDispatcher({ ...open({ receivers: [] }), clock: systemClock, outageFile: noOutage });
  await silent.finish();
  await silent.close();
  expect(await createTrackerStore(db.pool).list({ tracker: 'cups', limit: 9 })).toMatchObject([
    { old: '10', new: '9', sentAt: null, skippedAt: expect.any(Date) as Date },
  ]);
  expect(await checkAfter(hour)).toEqual([]);
});
