import { afterAll, beforeAll, expect, it } from 'vitest';
import { createLogger } from '../../../src/core/log.ts';
import type { PageObservation, WindowState } from '../../../src/model/learning.ts';
import { createCatalogStore, type CatalogStore } from '../../../src/load/catalog-store.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import {
  addWindow,
  empty,
  found,
  learnNothing,
  minute,
  provenance,
  searchPage,
  searchRow,
} from '../../support/answers.ts';

let db: TestDatabase;
let store: CatalogStore;
let observations: PageObservation[] = [];
let lastId = 1000;
const newId = () => String(++lastId);

/** The next page, until a page is not full; a page out of turn moves nothing. */
function window(prior: WindowState, observation: PageObservation): WindowState {
  observations.push(observation);
  if (observation.page !== prior.nextPage) return prior;
  const rowsSeen = (observation.page === 1 ? 0 : prior.rowsSeen) + observation.rowsInAnswer;
  const moved = { ...prior, rowsSeen, totalRecords: observation.totalRecords };
  return observation.rowsInAnswer < observation.pageSize
    ? {
        ...moved,
        nextPage: 1,
        passStartedAt: null,
        completedAt: observation.observedAt,
        lastOutcome: 'complete',
      }
    : {
        ...moved,
        nextPage: observation.page + 1,
        passStartedAt: prior.passStartedAt ?? observation.observedAt,
      };
}

beforeAll(async () => {
  db = await createTestDatabase();
  const log = createLogger({ level: 'silent', pretty: false });
  store = createCatalogStore({
    pool: db.pool,
    learn: { ...learnNothing, window },
    log,
    read: () => null,
  });
});
afterAll(() => db.drop());

async function select(sql: string, ...values: unknown[]): Promise<Record<string, unknown>[]> {
  return (await db.pool.query<Record<string, unknown>>(sql, values)).rows;
}

const readWindow = async (id: string) =>
  (await select('SELECT * FROM sync.search_window WHERE window_id = $1', id))[0];

it('moves the cursor of a window page by page, and ends its lease', async () => {
  const id = await addWindow(db.pool, 'cursor');
  const [a, b, c] = [newId(), newId(), newId()];
  await store.load([
    searchPage(id, provenance(1), [searchRow(a), searchRow(b, { rank: 2 })], { totalRecords: 3 }),
  ]);
  expect(await readWindow(id)).toMatchObject({
    next_page: 2,
    rows_seen: 2,
    total_records: 3,
    pass_started_at: minute(1),
    completed_at: null,
    last_call_id: '2',
    leased_by: null,
    leased_until: null,
  });
  await store.load([searchPage(id, provenance(2), [searchRow(c)], { page: 2, totalRecords: 3 })]);
  expect(await readWindow(id)).toMatchObject({
    next_page: 1,
    rows_seen: 3,
    pass_started_at: null,
    completed_at: minute(2),
    last_outcome: 'complete',
  });
});

it('starts no new pass when the pages of a finished one are loaded again', async () => {
  const id = await addWindow(db.pool, 'again');
  const pages = [
    searchPage(id, provenance(1), [searchRow(newId()), searchRow(newId(), { rank: 2 })]),
    searchPage(id, provenance(2), [searchRow(newId())], { page: 2 }),
  ];
  for (const page of pages) await store.load([page]);
  const before = await readWindow(id);
  for (const page of pages) await store.load([page]);
  expect(await readWindow(id)).toEqual(before);
});

it('keeps the cursor when a page without rows is loaded again after a newer pass', async () => {
  const id = await addWindow(db.pool, 'empty');
  await store.load([searchPage(id, provenance(1), [])]);
  await store.load([searchPage(id, provenance(9), [])]);
  await store.load([searchPage(id, provenance(1), [])]);
  expect(await readWindow(id)).toMatchObject({ completed_at: minute(9) });
});

it('counts as new only what the pass has not listed yet', async () => {
  const id = await addWindow(db.pool, 'new ids');
  const [a, b, c] = [newId(), newId(), newId()];
  observations = [];
  const load = (time: number, page: number, ...ids: string[]) =>
    store.load([
      searchPage(
        id,
        provenance(time),
        ids.map((one, at) => searchRow(one, { rank: at + 1 })),
        { page },
      ),
    ]);
  await load(1, 1, a, b);
  await load(2, 2, b, c);
  await load(3, 3, c);
  await load(11, 1, a, a);
  expect(observations.map(({ newIdsInPass }) => newIdsInPass)).toEqual([2, 1, 0, 1]);
});

it('knows which offers a window lists, and since when', async () => {
  const id = await addWindow(db.pool, 'listed');
  const offer = newId();
  for (const time of [5, 2, 9]) await store.load([searchPage(id, provenance(time), [searchRow(offer)])]);
  expect(await select('SELECT * FROM sync.window_offer WHERE window_id = $1', id)).toEqual([
    { window_id: id, offer_id: offer, first_seen_at: minute(2), last_seen_at: minute(9) },
  ]);
});

it('loads the answer of one call for two windows, with the hits of both', async () => {
  const [one, other] = [await addWindow(db.pool, 'one'), await addWindow(db.pool, 'other')];
  const offer = newId();
  const report = await store.load([searchPage(one, provenance(1), [searchRow(offer)])]);
  expect(report).toMatchObject({ offersNew: 1, pricesOpened: 1 });
  await store.load([searchPage(other, provenance(1), [searchRow(offer)])]);
  expect(
    await select(
      `SELECT w.keyword, w.feed, h.page, h.rank FROM catalog.search_hit h JOIN sync.search_window w USING (window_id)
       WHERE h.offer_id = $1 ORDER BY w.keyword`,
      offer,
    ),
  ).toEqual(['one', 'other'].map((keyword) => ({ keyword, feed: 'cups', page: 1, rank: 1 })));
  expect(await select('SELECT FROM catalog.observation WHERE offer_id = $1', offer)).toHaveLength(1);
  expect(await readWindow(other)).toMatchObject({ completed_at: minute(1), leased_by: null });
});

it('lists a new offer, and leaves one to its details once they are known', async () => {
  const id = await addWindow(db.pool, 'details');
  const offer = newId();
  const modified = '2026-01-01T00:00:00.000Z';
  const read = async () =>
    (
      await select('SELECT state, subject, source_modified_at FROM catalog.offer WHERE offer_id = $1', offer)
    )[0];
  await store.load([searchPage(id, provenance(1), [searchRow(offer, { subject: 'of search' })])]);
  expect(await read()).toEqual({ state: 'listed', subject: 'of search', source_modified_at: null });
  await store.load([found(offer, provenance(2), { offer: { subject: 'of detail' } })]);
  await store.load([
    searchPage(id, provenance(3), [searchRow(offer, { subject: 'new', sourceModifiedAt: modified })]),
  ]);
  expect(await read()).toEqual({
    state: 'listed',
    subject: 'of detail',
    source_modified_at: new Date(modified),
  });
  await store.load([empty(offer, provenance(4))]);
  await store.load([searchPage(id, provenance(5), [searchRow(offer)])]);
  expect(await read()).toMatchObject({ state: 'missing' });
  const changes = await select('SELECT field, old, new FROM catalog.offer_change WHERE offer_id = $1', offer);
  expect(changes).toEqual([
    { field: 'state', old: null, new: 'listed' },
    { field: 'state', old: 'listed', new: 'missing' },
  ]);
});

it('keeps what a row leaves out, as rows of a shop do', async () => {
  const id = await addWindow(db.pool, 'fewer fields');
  const offer = newId();
  const whole = {
    ...{ categoryId: '78', minOrderQuantity: 3, mainImageUrl: 'https://cbu01.alicdn.com/1.jpg' },
    ...{ sourceCreatedAt: '2025-01-01T00:00:00.000Z', sourceModifiedAt: '2026-01-01T00:00:00.000Z' },
  };
  const bare = Object.fromEntries(Object.keys(whole).map((field) => [field, null]));
  const read = () =>
    select(
      `SELECT category_id, min_order_quantity, main_image_url, source_created_at, source_modified_at
       FROM catalog.offer WHERE offer_id = $1`,
      offer,
    );
  const load = (time: number, row: object) =>
    store.load([searchPage(id, provenance(time), [searchRow(offer, row)])]);
  await load(1, whole);
  const before = await read();
  expect(before).toMatchObject([{ category_id: '78', min_order_quantity: 3 }]);
  for (const [time, row] of [
    [2, bare],
    [3, whole],
    [4, { ...bare, subject: '碗' }],
  ] as const)
    await load(time, row);
  expect(await read()).toEqual(before);
  expect(await select('SELECT field, new FROM catalog.offer_change WHERE offer_id = $1', offer)).toEqual([
    { field: 'state', new: 'listed' },
    { field: 'subject', new: '碗' },
  ]);
});

it('keeps the price a search row shows beside those of the details', async () => {
  const id = await addWindow(db.pool, 'price');
  const offer = newId();
  const shows = (time: number, priceCny: string | null) =>
    store.load([searchPage(id, provenance(time), [searchRow(offer, { priceCny })])]);
  await shows(1, '9.9');
  await store.load([found(offer, provenance(2))]);
  await shows(3, '8');
  await shows(4, null);
  expect(
    await select(
      `SELECT trim_scale(amount_cny) AS amount, valid_from, valid_to FROM catalog.price_history
       WHERE offer_id = $1 AND kind = 'search' ORDER BY valid_from`,
      offer,
    ),
  ).toEqual([
    { amount: '9.9', valid_from: minute(1), valid_to: minute(3) },
    { amount: '8', valid_from: minute(3), valid_to: minute(4) },
  ]);
  expect(await select('SELECT FROM catalog.price WHERE offer_id = $1', offer)).toEqual([]);
});

it('leaves the lease of an offer alone when a search page lists it', async () => {
  const id = await addWindow(db.pool, 'leases');
  const offer = newId();
  await db.pool.query('INSERT INTO sync.refresh (offer_id, first_seen_at, leased_by) VALUES ($1, $2, 8)', [
    offer,
    minute(0),
  ]);
  await store.load([searchPage(id, provenance(1), [searchRow(offer)])]);
  expect(await select('SELECT leased_by, summary_at FROM sync.refresh WHERE offer_id = $1', offer)).toEqual([
    { leased_by: '8', summary_at: minute(1) },
  ]);
});

it('ends the pass at a page of which nothing was usable', async () => {
  const id = await addWindow(db.pool, 'unusable');
  await store.load([{ ...searchPage(id, provenance(1), []), record: null }]);
  expect(await readWindow(id)).toMatchObject({ next_page: 1, completed_at: minute(1), leased_by: null });
});

it('counts an offer as new once, and leaves to its details whether it has changed', async () => {
  const id = await addWindow(db.pool, 'report');
  const offer = newId();
  const shows = (time: number, changes: object) =>
    store.load([searchPage(id, provenance(time), [searchRow(offer, changes)])]);
  expect(await shows(1, {})).toMatchObject({ offersNew: 1, offersChanged: 0, offersUnchanged: 0 });
  expect(await shows(2, { priceCny: '1', subject: 'x' })).toMatchObject({
    offersNew: 0,
    offersChanged: 0,
    offersUnchanged: 0,
    pricesOpened: 1,
    pricesClosed: 1,
  });
});
