import { afterAll, beforeAll, expect, it } from 'vitest';
import { inTransaction } from '../../../src/db/in-transaction.ts';
import { createLoadCounters } from '../../../src/load/load-counters.ts';
import { mergeRows, type RowMerge } from '../../../src/load/merge-rows.ts';
import { listRows } from '../../../src/load/search-rows.ts';
import type { SearchRow } from '../../../src/model/records.ts';
import { empty, found, minute, provenance, searchPage, searchRow } from '../../support/answers.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { openLoadWorld, type LoadWorld } from '../../support/load-world.ts';

/* What the newest search row of an offer makes of it. */

let db: TestDatabase;
let world: LoadWorld;
let lastId = 100;
let lastCall = 10_000;
beforeAll(async () => {
  db = await createTestDatabase();
  world = await openLoadWorld(db.pool);
  await db.pool.query('UPDATE sync.planner SET recent_found = 1000, recent_empty = 0');
});
afterAll(() => db.drop());

const newId = () => String((lastId += 1));
const at = (minutes: number) => provenance(minutes, String((lastCall += 1)));

/** Merges a row; gives what became of its offer: whether it is new, changed, and of another date of modification. */
async function merge(offerId: string, minutes: number, row: Partial<SearchRow> = {}, callId?: string) {
  const counters = createLoadCounters();
  const from = callId === undefined ? at(minutes) : provenance(minutes, callId);
  const dates = await inTransaction(db.pool, (client) => {
    const context = { client } as RowMerge['context'];
    return mergeRows(
      { context, counters, freshness: new Map() },
      listRows([searchPage('1', from, [searchRow(offerId, row)])]),
    );
  });
  return [counters.added.has(offerId), counters.changed.has(offerId), dates.has(offerId)];
}

const [added, changed, moved, same] = [
  [true, false, false],
  [false, true, false],
  [false, true, true],
  [false, false, false],
];

const row = {
  ...{ categoryId: '78', subject: '碗', subjectTranslated: 'bowl', minOrderQuantity: 3 },
  ...{ mainImageUrl: 'https://cbu01.alicdn.com/2.jpg', isPatentProduct: true },
  ...{ sellerIdentities: ['tp_member'], offerIdentities: ['yx'] },
  ...{ sourceCreatedAt: '2024-01-02T03:04:05.000Z', sourceModifiedAt: '2024-02-02T03:04:05.000Z' },
} satisfies Partial<SearchRow>;

async function readOffer(offerId: string): Promise<Record<string, unknown>> {
  const { rows } = await db.pool.query<Record<string, unknown>>(
    'SELECT * FROM catalog.offer WHERE offer_id = $1',
    [offerId],
  );
  return rows[0] ?? {};
}

const changesOf = async (offerId: string) =>
  (
    await db.pool.query<{ change: unknown[] }>(
      `SELECT json_build_array(field, old, new) AS change FROM catalog.offer_change WHERE offer_id = $1
       ORDER BY change_id`,
      [offerId],
    )
  ).rows.map(({ change }) => change);

it('an offer of rows only is what the newest says, and each change of it is booked', async () => {
  const id = newId();
  expect(await merge(id, 1, row)).toEqual(added);
  expect(await changesOf(id)).toEqual([['state', null, 'listed']]);
  expect(await merge(id, 2, row)).toEqual(same);
  const other = {
    ...{ categoryId: '79', subject: '盘', subjectTranslated: 'dish', minOrderQuantity: 4 },
    ...{ mainImageUrl: 'https://cbu01.alicdn.com/3.jpg', isPatentProduct: false },
    ...{ sellerIdentities: ['x'], offerIdentities: ['y'], sourceCreatedAt: '2024-01-03T00:00:00.000Z' },
  };
  expect(await merge(id, 3, { ...row, ...other })).toEqual(changed);
  expect(await readOffer(id)).toMatchObject({
    ...{ category_id: '79', subject: '盘', subject_translated: 'dish', min_order_quantity: 4 },
    ...{ main_image_url: 'https://cbu01.alicdn.com/3.jpg', is_patent_product: false },
    ...{ seller_identities: ['x'], offer_identities: ['y'] },
    source_created_at: new Date('2024-01-03T00:00:00.000Z'),
  });
  expect(await changesOf(id)).toEqual([
    ['state', null, 'listed'],
    ['category_id', '78', '79'],
    ['is_patent_product', 'true', 'false'],
    ['main_image_url', 'https://cbu01.alicdn.com/2.jpg', 'https://cbu01.alicdn.com/3.jpg'],
    ['min_order_quantity', '3', '4'],
    ['subject', '碗', '盘'],
    ['subject_translated', 'bowl', 'dish'],
  ]);
});

it.each(Object.keys(row) as (keyof typeof row)[])(
  'a row with another %s alone changes its offer',
  async (field) => {
    const id = newId();
    await merge(id, 1, { ...row, [field]: null });
    const isDate = field === 'sourceModifiedAt';
    expect(await merge(id, 2, row)).toEqual(changed);
    expect(await merge(id, 3, isDate ? { ...row, [field]: '2024-02-03T00:00:00.000Z' } : row)).toEqual(
      isDate ? moved : same,
    );
  },
);

it('what a row leaves out of the marks of an offer and its seller stays', async () => {
  const id = newId();
  await merge(id, 1, row);
  const without = { ...row, isPatentProduct: null, sellerIdentities: null, offerIdentities: null };
  expect(await merge(id, 2, without)).toEqual(same);
  expect(await merge(id, 3, { ...without, subject: 'x' })).toEqual(changed);
  expect(await readOffer(id)).toMatchObject({
    is_patent_product: true,
    seller_identities: ['tp_member'],
    offer_identities: ['yx'],
  });
  // One that was not told before is no change of the offer.
  const other = newId();
  await merge(other, 1, without);
  await merge(other, 2, row);
  expect(await changesOf(other)).toEqual([['state', null, 'listed']]);
});

it('of an offer with details a row brings no more than what only rows say', async () => {
  const id = newId();
  await world.load(found(id, at(1)));
  const before = await readOffer(id);
  const booked = await changesOf(id);
  expect(await merge(id, 2, row)).toEqual(changed);
  const { changed_at: changedAt, call_id: callId, ...after } = await readOffer(id);
  expect(after).toEqual({
    ...Object.fromEntries(Object.entries(before).filter(([key]) => !['changed_at', 'call_id'].includes(key))),
    is_patent_product: true,
    seller_identities: ['tp_member'],
    offer_identities: ['yx'],
    source_modified_at: new Date(row.sourceModifiedAt),
  });
  expect([changedAt, callId]).toEqual([minute(2), String(lastCall)]);
  expect(await changesOf(id)).toEqual(booked);
  expect(await merge(id, 3, { ...row, subject: 'x', categoryId: '1', mainImageUrl: 'y' })).toEqual(same);
  expect(await merge(id, 4, { ...row, isPatentProduct: false, subject: 'x' })).toEqual(changed);
  expect(await changesOf(id)).toEqual([...booked, ['is_patent_product', 'true', 'false']]);
});

it('a row that is older than what changed an offer last leaves it that call, and one of the same time does not', async () => {
  const id = newId();
  const detail = at(5);
  await db.pool.query(
    `INSERT INTO sync.run (run_id, scope, trigger, source, status, feeds, started_at) OVERRIDING SYSTEM VALUE
     SELECT n, 'all', 'x', 'sandbox', 'succeeded', '[]', now() FROM generate_series(1, 2) n`,
  );
  await world.load(found(id, { ...detail, runId: '1' }));
  await merge(id, 3, row);
  expect(await readOffer(id)).toMatchObject({ changed_at: minute(5), call_id: detail.callId, run_id: '1' });
  await merge(id, 5, { ...row, sourceModifiedAt: '2026-02-01T00:00:00.000Z' }, '77');
  expect(await readOffer(id)).toMatchObject({ changed_at: minute(5), call_id: '77', run_id: null });
});

it('an offer that was missing is listed again, and one that is gone or off sale is not', async () => {
  const [missing, gone, delisted] = [newId(), newId(), newId()];
  await world.load(found(missing, at(1)), found(gone, at(1)));
  await world.load(found(delisted, at(1), { offer: { sourceStatus: 'member expired' } }));
  await world.load(empty(missing, at(2)), empty(gone, at(2)), empty(gone, at(3)));
  expect(await merge(missing, 4)).toEqual(changed);
  expect(await merge(gone, 4)).toEqual(same);
  expect(await merge(delisted, 4)).toEqual(same);
  for (const id of [gone, delisted]) await merge(id, 5, row);
  expect((await readOffer(missing))['state']).toBe('listed');
  expect((await readOffer(gone))['state']).toBe('gone');
  expect((await readOffer(delisted))['state']).toBe('delisted');
  expect((await changesOf(missing)).at(-1)).toEqual(['state', 'missing', 'listed']);
  expect((await changesOf(gone)).at(-1)).toEqual(['state', 'missing', 'gone']);
  expect(await changesOf(delisted)).toEqual([['state', null, 'delisted']]);
});
