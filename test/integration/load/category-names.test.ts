import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { createLogger } from '../../../src/core/log.ts';
import { createCatalogStore, type CatalogStore } from '../../../src/load/catalog-store.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { categories, learnNothing, node, provenance } from '../../support/answers.ts';

let db: TestDatabase;
let store: CatalogStore;

beforeAll(async () => {
  db = await createTestDatabase();
  const log = createLogger({ level: 'silent', pretty: false });
  store = createCatalogStore({ pool: db.pool, learn: learnNothing, log, read: () => null });
});
beforeEach(() => db.pool.query('TRUNCATE catalog.category, sync.category_visit CASCADE'));
afterAll(() => db.drop());

async function readNames(): Promise<Record<string, string>> {
  const { rows } = await db.pool.query<{ id: string; zh: string; translated: string }>(
    'SELECT category_id AS id, path_zh AS zh, path_translated AS translated FROM analytics.dim_category',
  );
  return Object.fromEntries(rows.map(({ id, zh, translated }) => [id, `${zh} | ${translated}`]));
}

/** The tree as answers state it, one after the other: 12 hangs below 1 at first, then below 2, which gets another name. */
const answers = [
  () =>
    categories('0', provenance(1), null, [
      node('1', { parentId: '0', nameZh: '家居', nameTranslated: 'Home' }),
    ]),
  () => categories('0', provenance(2), null, [node('2', { parentId: '0', nameZh: '服装' })]),
  () =>
    categories('1', provenance(3), node('1', { parentId: '0' }), [
      node('11', { parentId: '1', nameZh: '杯' }),
    ]),
  () =>
    categories('1', provenance(4), node('1', { parentId: '0' }), [
      node('12', { parentId: '1', nameZh: '碗' }),
    ]),
  () =>
    categories('12', provenance(5), node('12'), [node('121', { parentId: '12', nameTranslated: 'Bowls' })]),
  () => categories('2', provenance(6), node('2', { nameZh: '服饰', nameTranslated: 'Wear' }), []),
  () => categories('2', provenance(7), node('2'), [node('12', { parentId: '2' })]),
];

const names = {
  1: '家居 | Home',
  2: '服饰 | Wear',
  11: '家居 > 杯 | Home > 杯',
  12: '服饰 > 碗 | Wear > 碗',
  121: '服饰 > 碗 > 121 | Wear > 碗 > Bowls',
};

it('a category has its names from the root down, in whatever order its answers come', async () => {
  await fc.assert(
    fc.asyncProperty(fc.shuffledSubarray(answers, { minLength: answers.length }), async (shuffled) => {
      await db.pool.query('TRUNCATE catalog.category, sync.category_visit CASCADE');
      for (const answer of shuffled) await store.load([answer()]);
      expect(await readNames()).toEqual(names);
    }),
    { numRuns: 20 },
  );
});

it('an answer that changes no name writes no name', async () => {
  for (const answer of answers) await store.load([answer()]);
  const readVersions = async () =>
    (
      await db.pool.query<{ xmin: string }>(
        `SELECT category_id, xmin FROM catalog.category WHERE category_id IN (11, 12, 121) ORDER BY 1`,
      )
    ).rows;
  const before = await readVersions();
  await store.load([categories('0', provenance(9), null, [node('2', { parentId: '0', nameZh: '服饰' })])]);
  expect(await readVersions()).toEqual(before);
  await store.load([categories('0', provenance(10), null, [node('2', { parentId: '0', nameZh: '衣' })])]);
  expect((await readNames())['121']).toBe('衣 > 碗 > 121 | Wear > 碗 > Bowls');
});
