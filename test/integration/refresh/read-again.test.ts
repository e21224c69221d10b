import { afterAll, beforeAll, expect, it } from 'vitest';
import { createLogger } from '../../../src/core/log.ts';
import { createCatalogStore, type CatalogStore } from '../../../src/load/catalog-store.ts';
import { createLeaseStore } from '../../../src/refresh/queue/lease-store.ts';
import { learn } from '../../../src/refresh/learn.ts';
import { addWindow, minute, provenance, searchPage, searchRow } from '../../support/answers.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';

/* Lists that moved while they were read for the first time. */

let db: TestDatabase;
let store: CatalogStore;
let lastId = 7000;
let lastCall = 0;
const newId = () => String(++lastId);

beforeAll(async () => {
  db = await createTestDatabase();
  const log = createLogger({ level: 'silent', pretty: false });
  store = createCatalogStore({ pool: db.pool, learn, log, read: () => null });
});
afterAll(() => db.drop());

/** Loads a page of three rows of a list of five. */
async function load(windowId: string, minutes: number, page: number, offerIds: readonly string[]) {
  const rows = offerIds.map((id, index) => searchRow(id, { rank: index + 1 }));
  const call = provenance(minutes, String(++lastCall));
  await store.load([searchPage(windowId, call, rows, { page, totalRecords: 5, pageSize: 3 })]);
}

async function readWindow(id: string): Promise<Record<string, unknown> | undefined> {
  const { rows } = await db.pool.query<Record<string, unknown>>(
    'SELECT next_page, pass_started_at, completed_at, last_outcome, last_reach FROM sync.search_window WHERE window_id = $1',
    [id],
  );
  return rows[0];
}

it('a first pass that lacks a row, of which another came twice, reads its pages again until it has it', async () => {
  const leases = createLeaseStore({ pool: db.pool });
  const id = await addWindow(db.pool, 'moved');
  const [a, b, c, d, e] = [newId(), newId(), newId(), newId(), newId()];
  await load(id, 1, 1, [a, b, c]);
  expect(await leases.pageStaleFromMs(id)).toBeNull();
  await load(id, 2, 2, [c, d]);
  expect(await readWindow(id)).toMatchObject({
    ...{ next_page: 1, pass_started_at: minute(1), completed_at: null },
  });
  expect(await leases.searchRequest(id)).toMatchObject({ page: 1 });
  // What the pass read so far does not do: the newest of it is from minute 2.
  const staleFromMs = await leases.pageStaleFromMs(id);
  expect(Math.abs(Date.now() - minute(2).getTime() - Number(staleFromMs))).toBeLessThan(60_000);

  await load(id, 3, 1, [a, b, e]);
  expect(await readWindow(id)).toMatchObject({
    ...{ next_page: 1, pass_started_at: null, completed_at: minute(3) },
    ...{ last_outcome: 'unproven', last_reach: 5 },
  });
  expect(await leases.pageStaleFromMs(id)).toBeNull();
});

it('a pass that reads its pages again ends with them, and the next one reads them once', async () => {
  const id = await addWindow(db.pool, 'moves on');
  const [a, b, c, d] = [newId(), newId(), newId(), newId()];
  for (const start of [1, 3]) {
    await load(id, start, 1, [a, b, c]);
    await load(id, start + 1, 2, [c, d]);
  }
  expect(await readWindow(id)).toMatchObject({ next_page: 1, completed_at: minute(4), last_reach: 4 });
  await load(id, 5, 1, [a, b, c]);
  await load(id, 6, 2, [c, d]);
  expect(await readWindow(id)).toMatchObject({
    next_page: 1,
    pass_started_at: null,
    completed_at: minute(6),
  });
});
