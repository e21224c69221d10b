import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  createProductPages,
  type ProductFilter,
  type ProductRow,
} from '../../../../src/web/reads/product-pages.ts';
import { runSql } from '../../../../src/db/sql-file.ts';
import { readSql } from '../../../../src/web/read-sql.ts';
import { createTestDatabase, type TestDatabase } from '../../../support/database.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
  await database.pool.query(
    `INSERT INTO catalog.category (category_id, parent_id, level, path, name_zh, is_leaf, first_seen_at, call_id)
     VALUES (1, NULL, 1, '1', '箱包', false, now(), 1), (11, 1, 2, '1/11', '背包', true, now(), 1),
            (2, NULL, 1, '2', '玩具', true, now(), 1)`,
  );
  await database.pool.query(
    `INSERT INTO catalog.seller (seller_id, company_name, changed_at, call_id)
     VALUES ('s1', '义乌市背包厂', now(), 1), ('s2', '义乌市 Toys', now(), 1)`,
  );
  await database.pool.query(
    `INSERT INTO catalog.offer (offer_id, category_id, seller_id, state, subject, content_hash, normalizer_version, changed_at, run_id, call_id)
     SELECT id, category, seller, 'listed', subject, '', 1, now(), 1, 1
     FROM (VALUES (101, 11, 's1', '防水背包'), (102, 11, 's2', '儿童背包'), (103, 2, 's2', '儿童玩具'), (104, 2, NULL, '玩具'))
       o (id, category, seller, subject)`,
  );
  await database.pool.query(
    `INSERT INTO catalog.price (offer_id, sku_id, kind, min_quantity, amount_cny, valid_from, call_id)
     VALUES (101, 0, 'list', 1, 10, now(), 1), (101, 7, 'list', 100, 8, now(), 1), (101, 0, 'search', 1, 5, now(), 1),
            (101, 0, 'consign', 1, 30, now(), 1), (102, 0, 'search', 1, 5, now(), 1), (103, 0, 'list', 1, 20, now(), 1)`,
  );
});
afterAll(() => database.drop());

const none: ProductFilter = { title: null, categoryId: null, seller: null, minCny: null, maxCny: null };
const idsOf = (rows: readonly ProductRow[] | null) => rows?.map(({ offerId }) => offerId);
const find = async (filter: Partial<ProductFilter>, below: string | null = null, limit = 10) =>
  idsOf(await createProductPages(database.pool).listProducts({ ...none, ...filter }, below, limit));

test('a category is found with those below it, a seller by its id or a part of its name', async () => {
  expect(await find({})).toEqual(['104', '103', '102', '101']);
  expect(await find({}, '103', 1)).toEqual(['102']);
  expect(await find({ categoryId: '1' })).toEqual(['102', '101']);
  expect(await find({ categoryId: '9' })).toEqual([]);
  expect(await find({ seller: 's2' })).toEqual(['103', '102']);
  expect(await find({ seller: 'toys' })).toEqual(['103', '102']);
  expect(await find({ seller: 'nobody' })).toEqual([]);
  expect(await find({ seller: '义乌', title: '背包' })).toEqual(['102', '101']);
});

test('a price is any list price, and that of searches where there is none', async () => {
  expect(await find({ minCny: '9', maxCny: '10' })).toEqual(['101']);
  expect(await find({ maxCny: '8' })).toEqual(['102', '101']);
  expect(await find({ maxCny: '7.99' })).toEqual(['102']);
  expect(await find({ minCny: '25' })).toEqual([]);
  expect(await find({ minCny: '5', categoryId: '2' })).toEqual(['103']);
});

test('whichever index a page is read by, it shows the same', async () => {
  const filters = [
    ['背包', ['11'], ['s1', 's2'], '5', '10'],
    [null, ['11', '2'], null, null, '10'],
    [null, null, ['s2'], '5', null],
    ['玩具', null, null, '1', '100'],
  ];
  for (const [title, categories, sellers, min, max] of filters) {
    const read = (isByOffers: boolean, isByPrice: boolean) =>
      runSql<ProductRow>(database.pool, readSql('page-products'), [
        ...[title, categories, sellers, min, max, null, 10],
        ...[isByOffers, isByPrice],
      ]);
    const plain = await read(false, false);
    expect(plain.length).toBeGreaterThan(0);
    expect(await read(true, false)).toEqual(plain);
    expect(await read(false, true)).toEqual(plain);
  }
});

test('a search that takes too long is given up, and its connection is of use again', async () => {
  const holder = await database.pool.connect();
  try {
    await holder.query('BEGIN; LOCK TABLE catalog.offer');
    expect(await createProductPages(database.pool, 100).listProducts(none, null, 10)).toBeNull();
  } finally {
    await holder.query('ROLLBACK');
    holder.release();
  }
  expect(await createProductPages(database.pool, 10_000).listProducts(none, null, 1)).toHaveLength(1);
});

test.each([
  [['1', null, null, null, 9], ['1', '11'], null, 2, null, null],
  [['9', null, null, null, 9], [], null, 0, null, null],
  [[null, 's2', null, null, 9], null, ['s2'], null, 2, null],
  [[null, 'S1', null, null, 9], null, [], null, 0, null],
  [[null, 'TOYS', null, null, 9], null, ['s2'], null, 2, null],
  [['1', '义乌', null, null, 1], ['1', '11'], ['s1', 's2'], 1, 1, null],
  [[null, null, '5', '10', 9], null, null, null, null, 4],
  [[null, null, '10', null, 9], null, null, null, null, 2],
  [[null, null, null, '8', 9], null, null, null, null, 3],
  [[null, null, null, '8', 2], null, null, null, null, 2],
])(
  '%j mean categories %j and sellers %j',
  async (values, ...[categories, sellers, ofCategories, ofSellers, prices]) => {
    const [found] = await runSql<Record<string, unknown>>(
      database.pool,
      readSql('page-find-filters'),
      values,
    );
    const sorted = (ids: unknown) => (Array.isArray(ids) ? ids.map(String).toSorted() : ids);
    expect({
      ...found,
      categoryIds: sorted(found?.['categoryIds']),
      sellerIds: sorted(found?.['sellerIds']),
    }).toEqual({
      ...{ categoryIds: categories, sellerIds: sellers, ofCategories, ofSellers, prices },
    });
  },
);
