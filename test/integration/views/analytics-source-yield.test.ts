import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { listDailySourceYield, readRunSourceYield, sumBySource } from '../../../src/ledger/source-yield.ts';
import { createCatalogStore } from '../../../src/load/catalog-store.ts';
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
  unusable,
} from '../../support/answers.ts';
import { openLedger, otherApi, silentLog, type OpenLedger } from '../../support/open-ledger.ts';
import { connectAbroad, insertCalls, pastCall } from './usage-calls.ts';

let at: OpenLedger;
beforeAll(async () => {
  at = await openLedger();
});
beforeEach(async () => {
  await at.reset();
  await at.db.pool.query('TRUNCATE sync.run CASCADE');
});
afterAll(() => at.db.drop());

async function select(sql: string): Promise<Record<string, unknown>[]> {
  const abroad = await connectAbroad(at.db.pool);
  try {
    return (await abroad.query<Record<string, unknown>>(sql)).rows;
  } finally {
    abroad.release(true);
  }
}

const search = { operation: 'search.keyword', api: otherApi } as const;
const on = (time: string) => `2026-10-01T${time}+08:00`;

/** Two runs, the second over midnight, and a call by hand. Yields: offers new, completed and changed, prices changed. */
async function addCalls(): Promise<void> {
  await at.db.pool.query(
    `INSERT INTO sync.run (run_id, scope, source, feeds, trigger, status, requested_at, started_at, ended_at, calls_used)
     OVERRIDING SYSTEM VALUE
     VALUES (1, 'all', 'live', '[]', 'cli', 'succeeded', $1, $1, $2, 9), (2, 'all', 'live', '[]', 'cli', 'succeeded', $3, $3, $4, 3),
            (3, 'all', 'live', '[]', 'cli', 'succeeded', $4, $4, $4, 0)`,
    [on('01:00:00'), on('02:00:00'), on('23:50:00'), '2026-10-02T00:20:00+08:00'],
  );
  const one = { runId: '1' } as const;
  const two = { runId: '2' } as const;
  await insertCalls(at.db.pool, [
    pastCall(on('01:00:00'), { ...one, ...search, refreshStats: [40, 0, 0, 0], stockChanged: 0 }),
    pastCall(on('01:01:00'), { ...one, ...search, refreshStats: [0, 0, 3, 2], stockChanged: 0 }),
    pastCall(on('01:02:00'), { ...one, operation: 'category.children' }),
    pastCall(on('01:03:00'), { ...one, promptedBy: 'first', refreshStats: [0, 1, 0, 0], stockChanged: 0 }),
    pastCall(on('01:04:00'), { ...one, promptedBy: 'row', refreshStats: [0, 0, 1, 4], stockChanged: 1 }),
    pastCall(on('01:05:00'), {
      ...one,
      promptedBy: 'modify_date',
      refreshStats: [0, 0, 0, 0],
      stockChanged: 1,
    }),
    pastCall(on('01:06:00'), { ...one, promptedBy: 'absence', refreshStats: [0, 0, 1, 0], stockChanged: 0 }),
    pastCall(on('01:07:00'), { ...one, promptedBy: 'value', refreshStats: [0, 0, 1, 1], stockChanged: 0 }),
    pastCall(on('01:08:00'), { ...one, promptedBy: 'value', refreshStats: [0, 0, 0, 0], stockChanged: 0 }),
    pastCall(on('01:09:00'), { ...one, promptedBy: 'value', refreshStats: [0, 0, 0, 0], stockChanged: 0 }),
    pastCall(on('01:10:00'), { ...one, outcome: 'gateway_error' }),
    pastCall(on('01:11:00'), { ...one, state: 'refunded', outcome: 'not_sent' }),
    pastCall(on('03:00:00'), {
      promptedBy: 'value',
      refreshStats: [0, 0, 1, 0],
      stockChanged: 0,
      lane: 'manual',
    }),
    pastCall(on('23:55:00'), { ...two, ...search, refreshStats: [0, 0, 1, 1], stockChanged: 0 }),
    pastCall('2026-10-02T00:05:00+08:00', { ...two, ...search, refreshStats: [0, 0, 0, 0], stockChanged: 0 }),
    pastCall('2026-10-02T00:10:00+08:00', {
      ...two,
      promptedBy: 'row',
      refreshStats: [0, 0, 1, 0],
      stockChanged: 0,
    }),
  ]);
}

test('what calls found changed is counted for each day, run and source', async () => {
  await addCalls();
  const rows = await select(
    `SELECT day::text, run_id::int AS run, source, calls, offers_new + offers_completed AS added, offers_changed AS changed,
            prices_changed AS prices, stock_changed AS stock, changes, changes_per_100_calls::text AS rate
     FROM analytics.fct_source_yield ORDER BY day, run_id, source`,
  );
  const sums = ['added', 'changed', 'prices', 'stock', 'changes'] as const;
  const row = (
    [day, run, source]: readonly [string, number | null, string],
    calls: number,
    found: readonly number[],
    rate: string,
  ) => ({
    ...{ day, run, source, calls, rate },
    ...Object.fromEntries(sums.map((name, index) => [name, found[index]])),
  });
  expect(rows).toEqual([
    row(['2026-10-01', 1, 'detail_first'], 1, [1, 0, 0, 0, 0], '0.00'),
    // A price and the stock of one offer, the stock of a second, and a third that is missing.
    row(['2026-10-01', 1, 'detail_prompted'], 3, [0, 2, 4, 2, 3], '100.00'),
    row(['2026-10-01', 1, 'detail_unread'], 1, [0, 0, 0, 0, 0], '0.00'),
    row(['2026-10-01', 1, 'detail_value'], 3, [0, 1, 1, 0, 1], '33.33'),
    row(['2026-10-01', 1, 'search'], 2, [40, 3, 2, 0, 3], '150.00'),
    row(['2026-10-01', 2, 'search'], 1, [0, 1, 1, 0, 1], '100.00'),
    row(['2026-10-01', null, 'detail_value'], 1, [0, 1, 0, 0, 1], '100.00'),
    row(['2026-10-02', 2, 'detail_prompted'], 1, [0, 1, 0, 0, 1], '100.00'),
    row(['2026-10-02', 2, 'search'], 1, [0, 0, 0, 0, 0], '0.00'),
  ]);
});

test('a run over midnight is one, the newest with calls stands for none, and days end with the run', async () => {
  await addCalls();
  const pool = at.db.pool;
  const short = (rows: readonly { source: string; calls: number; changes: number }[]) =>
    rows.map(({ source, calls, changes }) => [source, calls, changes]);
  const second = [
    ['search', 2, 1],
    ['detail_prompted', 1, 1],
  ];
  expect(short(await readRunSourceYield(pool, '2'))).toEqual(second);
  const newest = await readRunSourceYield(pool, null);
  expect(short(newest)).toEqual(second);
  expect(newest[0]?.runId).toBe('2');
  expect(await readRunSourceYield(pool, '3')).toEqual([]);
  const firstDay = await listDailySourceYield(pool, 7, '1');
  expect(new Set(firstDay.map(({ day }) => day))).toEqual(new Set(['2026-10-01']));
  expect(short(sumBySource(firstDay))).toEqual([
    ['search', 3, 4],
    ['detail_prompted', 3, 3],
    ['detail_value', 4, 2],
    ['detail_first', 1, 0],
    ['detail_unread', 1, 0],
  ]);
  expect(short(await listDailySourceYield(pool, 1, '2'))).toEqual([
    ['detail_prompted', 1, 1],
    ['search', 1, 0],
  ]);
});

test('a load books why each detail was asked for, and whether its offer was sold out or is in stock again', async () => {
  const { pool } = at.db;
  const catalog = createCatalogStore({ pool, learn: learnNothing, log: silentLog, read: () => null });
  const windowId = await addWindow(pool, 'prompts');
  const load = async (...answers: Parameters<typeof catalog.load>[0]) => {
    await storeRaw(pool, answers);
    for (const { provenance: from } of answers)
      await insertCalls(pool, [pastCall(from.observedAt, { callId: from.callId })]);
    await catalog.load(answers);
  };
  const stocked = (minutes: number, stock: number | null, yuan = '9.9') =>
    found('701', provenance(minutes), { prices: [price(yuan)], offer: { stock } });
  await load(searchPage(windowId, provenance(1), [searchRow('701')]));
  await load(stocked(2, 100));
  await load(searchPage(windowId, provenance(3), [searchRow('701', { priceCny: '8' })]));
  await load(stocked(4, 0, '8'));
  await load(stocked(5, 0, '8'));
  await load(stocked(6, null, '8'));
  await load(stocked(7, 3, '8'));
  await load(stocked(8, 0, '8'));
  await load(unusable('701', provenance(9)));
  await load(empty('702', provenance(10)));
  await pool.query(`UPDATE sync.refresh SET leased_by = 1, leased_for = 'max_age' WHERE offer_id = 701`);
  await load(stocked(11, 0, '8'));
  // What was left there by a lease that has ended says nothing.
  await load(stocked(12, 0, '8'));
  const rows = await select(
    'SELECT granted_at, prompted_by, stock_changed FROM usage.api_call ORDER BY granted_at',
  );
  const booked = (minutes: number, promptedBy: string | null, stock: number) => ({
    granted_at: minute(minutes),
    ...{ prompted_by: promptedBy, stock_changed: stock },
  });
  expect(rows).toEqual([
    booked(1, null, 0),
    booked(2, 'first', 0),
    booked(3, null, 0),
    booked(4, 'row', 1),
    booked(5, 'value', 0),
    // It did not say, so nobody knows what the next one is compared with.
    booked(6, 'value', 0),
    booked(7, 'value', 0),
    booked(8, 'value', 1),
    booked(9, 'value', 0),
    booked(10, 'first', 0),
    booked(11, 'max_age', 0),
    booked(12, 'value', 0),
  ]);
});
