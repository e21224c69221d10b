import { afterAll, beforeAll, expect, it } from 'vitest';
import { createLogger } from '../../../src/core/log.ts';
import { createCatalogStore, type CatalogStore } from '../../../src/load/catalog-store.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { believeEmptyDetails, empty, found, learnNothing, provenance } from '../../support/answers.ts';

/* Which empty details say something about the gateway, and which only about their offer. */

const eight = [0, 1, 2, 3, 4, 5, 6, 7] as const;

let db: TestDatabase;
let store: CatalogStore;

beforeAll(async () => {
  db = await createTestDatabase();
  const log = createLogger({ level: 'silent', pretty: false });
  store = createCatalogStore({ pool: db.pool, learn: learnNothing, log, read: () => null });
});
afterAll(() => db.drop());

/** States of the offers of a test, whose ids begin at `first`. */
async function countStates(first: number): Promise<Record<string, number>> {
  const { rows } = await db.pool.query<{ state: string; offers: number }>(
    'SELECT state, count(*)::int AS offers FROM catalog.offer WHERE offer_id >= $1 GROUP BY state',
    [first],
  );
  return Object.fromEntries(rows.map(({ state, offers }) => [state, offers]));
}

/** One answer each, in order of time. */
async function load(first: number, answer: typeof found | typeof empty, at: number): Promise<void> {
  for (const index of eight) await store.load([answer(String(first + index), provenance(at + index))]);
}

const forgetMost = () => db.pool.query('UPDATE sync.planner SET recent_found = 4, recent_empty = 0');

it('an offer that only a watch list named, and that is not there, is completed and not new', async () => {
  expect(await store.load([empty('50', provenance(0))])).toMatchObject({ offersNew: 0, offersCompleted: 1 });
  expect(await store.load([found('50', provenance(1))])).toMatchObject({ offersNew: 0, offersChanged: 1 });
});

it('many offers that were found before and are empty one after the other are not believed', async () => {
  await load(100, found, 0);
  await forgetMost();
  await load(100, empty, 100);
  await load(100, empty, 200);
  expect(await countStates(100)).toEqual({ missing: 5, listed: 3 });
});

it('a second empty detail of an offer says nothing about the gateway, and is believed', async () => {
  await load(200, found, 300);
  await believeEmptyDetails(db.pool);
  await load(200, empty, 400);
  expect(await countStates(200)).toEqual({ missing: 8 });
  await forgetMost();
  await load(200, empty, 500);
  expect(await countStates(200)).toEqual({ gone: 8 });
});

it('an empty detail of long ago fades from what is known of the gateway, and holds no load up', async () => {
  const many = Array.from({ length: 40 }, (_, index) => index);
  // After 2,000 details that found their offers, as a real has it; the next forty take it below what a real can be.
  await db.pool.query(`UPDATE sync.planner SET recent_found = 20, recent_empty = '1.4e-45'`);
  await store.load(many.map((index) => found(String(600 + index), provenance(600 + index))));
  expect(await countStates(600)).toEqual({ listed: 40 });
  const { rows } = await db.pool.query('SELECT recent_found, recent_empty FROM sync.planner');
  expect(rows).toEqual([
    { recent_found: expect.closeTo(40 + 20 * 0.95 ** 40, 3) as number, recent_empty: 0 },
  ]);
});
