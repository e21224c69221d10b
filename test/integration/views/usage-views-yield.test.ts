import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { createCatalogStore, type CatalogStore } from '../../../src/load/catalog-store.ts';
import {
  addWindow,
  empty,
  found,
  learnNothing,
  minute,
  price,
  provenance,
  searchPage,
  searchRow,
  storeRaw,
} from '../../support/answers.ts';
import { openLedger, otherApi, silentLog, type OpenLedger } from '../../support/open-ledger.ts';
import { connectAbroad, insertCalls, pastCall, type PastCall } from './usage-calls.ts';

let at: OpenLedger;
let catalog: CatalogStore;
beforeAll(async () => {
  at = await openLedger();
  catalog = createCatalogStore({
    pool: at.db.pool,
    learn: learnNothing,
    log: silentLog,
    read: () => null,
  });
});
beforeEach(() => at.reset());
afterAll(() => at.db.drop());

async function select(sql: string): Promise<Record<string, unknown>[]> {
  const abroad = await connectAbroad(at.db.pool);
  try {
    return (await abroad.query<Record<string, unknown>>(sql)).rows;
  } finally {
    abroad.release(true);
  }
}

const on = (time: string) => `2026-10-01T${time}+08:00`;

it('sorts the calls of a day by what they brought or were wasted on', async () => {
  const windowId = await addWindow(at.db.pool);
  const search = { operation: 'search.keyword', api: otherApi, windowId } as const;
  await insertCalls(at.db.pool, [
    pastCall('2026-09-30T23:50:00+08:00', { ...search, question: 'cups', refreshStats: [9, 0, 0, 0] }),
    pastCall(on('00:10:00'), { ...search, question: 'cups', refreshStats: [0, 0, 0, 0] }),
    pastCall(on('01:20:00'), { ...search, question: 'cups', refreshStats: [2, 0, 1, 0] }),
    pastCall(on('02:00:00'), { ...search, refreshStats: [0, 0, 0, 0] }),
    pastCall(on('02:01:00'), { ...search, refreshStats: null }),
    pastCall(on('03:00:00'), { outcome: 'business_error' }),
    pastCall(on('03:01:00'), { outcome: 'gateway_error' }),
    pastCall(on('03:02:00'), { outcome: 'transport_error', httpStatus: 200 }),
    pastCall(on('03:03:00'), { outcome: 'invalid_answer' }),
    pastCall(on('03:04:00'), { state: 'unknown', outcome: 'transport_error' }),
    pastCall(on('03:05:00'), { state: 'unknown', outcome: null }),
    pastCall(on('03:06:00'), { state: 'refunded', outcome: 'not_sent' }),
    pastCall(on('03:07:00'), { isExempt: true }),
    pastCall(on('04:00:00'), { question: 'same', refreshStats: [0, 3, 0, 0] }),
    pastCall(on('04:30:00'), { question: 'same', refreshStats: [0, 0, 2, 5] }),
    pastCall(on('05:00:00'), { question: 'failed', outcome: 'business_error' }),
    pastCall(on('05:01:00'), { question: 'failed', refreshStats: [0, 0, 1, 1] }),
    pastCall(on('23:59:00'), { state: 'reserved', outcome: null }),
  ]);
  expect(await select(`SELECT * FROM usage.yield WHERE day = '2026-10-01' ORDER BY operation`)).toMatchObject(
    [
      {
        ...{ operation: 'offer.detail', feed: null, calls: 11, wasted: 7 },
        ...{ offers_new: 0, offers_completed: 3, offers_changed: 3, prices_changed: 6 },
        ...{ business_error: 2, gateway_error: 1, transport_error: 1, invalid_answer: 1, unknown: 2 },
        ...{ repeated: 0, no_yield: 0 },
        ...{ calls_per_new_offer: null, calls_per_changed_offer: '3.67', calls_per_changed_price: '1.83' },
      },
      {
        ...{ operation: 'search.keyword', feed: 'cups', calls: 4, wasted: 2 },
        ...{ offers_new: 2, offers_completed: 0, offers_changed: 1, prices_changed: 0 },
        ...{ business_error: 0, unknown: 0, repeated: 1, no_yield: 1 },
        ...{ calls_per_new_offer: '2.00', calls_per_changed_offer: '4.00', calls_per_changed_price: null },
      },
    ],
  );
});

async function causes(calls: readonly PastCall[]): Promise<unknown> {
  await at.reset();
  await insertCalls(at.db.pool, calls);
  const [row] = await select('SELECT calls, wasted, "unknown", repeated, no_yield FROM usage.yield');
  return row;
}
const none = [0, 0, 0, 0] as const;

it('a call repeats one that was answered less than an hour before only where nothing came of it', async () => {
  const first = pastCall(on('04:00:00'), { question: 'same', refreshStats: [1, 0, 0, 0] });
  const later = (changes: Partial<PastCall>) =>
    causes([first, pastCall(on('04:40:30'), { question: 'same', ...changes })]);
  const fine = { calls: 2, wasted: 0, unknown: 0, repeated: 0, no_yield: 0 };
  expect(await later({ refreshStats: [0, 0, 1, 1] })).toEqual(fine);
  expect(await later({ refreshStats: none, stockChanged: 1 })).toEqual(fine);
  expect(await later({ refreshStats: none, stockChanged: 0 })).toEqual({ ...fine, wasted: 1, repeated: 1 });
  // A category shows no offers.
  expect(await later({ refreshStats: null })).toEqual({ ...fine, wasted: 1, repeated: 1 });
});

it('a detail that showed an offer sold out or in stock again is not wasted', async () => {
  const one = { calls: 1, wasted: 0, unknown: 0, repeated: 0, no_yield: 0 };
  const detail = (stockChanged: number | null) =>
    causes([pastCall(on('04:00:00'), { refreshStats: none, stockChanged })]);
  expect(await detail(1)).toEqual(one);
  expect(await detail(0)).toEqual({ ...one, wasted: 1, no_yield: 1 });
  expect(await detail(null)).toEqual({ ...one, wasted: 1, no_yield: 1 });
});

it('a call in flight repeats none whose end nobody knows', async () => {
  expect(
    await causes([
      pastCall(on('04:00:00'), { question: 'same', state: 'unknown', outcome: null }),
      pastCall(on('04:10:00'), { question: 'same', state: 'reserved', outcome: null }),
    ]),
  ).toEqual({ calls: 2, wasted: 1, unknown: 1, repeated: 0, no_yield: 0 });
});

it('books what each answer showed, each offer once', async () => {
  const windowId = await addWindow(at.db.pool, 'books');
  const load = async (...answers: Parameters<typeof catalog.load>[0]) => {
    await storeRaw(at.db.pool, answers);
    for (const { provenance: from } of answers) {
      await insertCalls(at.db.pool, [pastCall(from.observedAt, { callId: from.callId })]);
    }
    await catalog.load(answers);
  };
  await load(
    searchPage(windowId, provenance(1), [searchRow('501'), searchRow('502', { rank: 2 })]),
    searchPage(windowId, provenance(2), [searchRow('502'), searchRow('503', { rank: 2 })]),
  );
  await load(found('501', provenance(3), { prices: [price('9')] }), found('504', provenance(4)));
  await load(found('501', provenance(5), { prices: [price('8')] }), found('504', provenance(6)));
  await load(searchPage(windowId, provenance(7), [searchRow('501'), searchRow('502', { priceCny: '7' })]));
  await load(empty('503', provenance(8)));
  const rows = await select(
    `SELECT granted_at, offers_new, offers_completed, offers_changed, prices_changed FROM usage.api_call ORDER BY granted_at`,
  );
  const booked = (minutes: number, [isNew, completed, changed, prices]: readonly number[]) => ({
    granted_at: minute(minutes),
    ...{ offers_new: isNew, offers_completed: completed, offers_changed: changed, prices_changed: prices },
  });
  expect(rows).toEqual([
    booked(1, [2, 0, 0, 0]),
    booked(2, [1, 0, 0, 0]),
    booked(3, [0, 1, 0, 0]),
    booked(4, [1, 0, 0, 0]),
    booked(5, [0, 0, 1, 1]),
    booked(6, [0, 0, 0, 0]),
    booked(7, [0, 0, 1, 1]),
    booked(8, [0, 1, 0, 0]),
  ]);
});
