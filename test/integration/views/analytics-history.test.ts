import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createLogger } from '../../../src/core/log.ts';
import { createCatalogStore } from '../../../src/load/catalog-store.ts';
import {
  addWindow,
  empty,
  found,
  learnNothing,
  minute,
  provenance,
  searchPage,
  searchRow,
  seller,
  sku,
  type DetailChanges,
} from '../../support/answers.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';

let db: TestDatabase;
beforeAll(async () => {
  db = await createTestDatabase();
});
afterAll(() => db.drop());

const load = (...answers: readonly (readonly [minutes: number, changes: DetailChanges | null])[]) => {
  const log = createLogger({ level: 'silent', pretty: false });
  const store = createCatalogStore({ pool: db.pool, learn: learnNothing, log, read: () => null });
  return answers.reduce(async (before, [minutes, changes]) => {
    await before;
    const from = provenance(minutes);
    await store.load([changes === null ? empty('1', from) : found('1', from, changes)]);
  }, Promise.resolve());
};

async function ask(sql: string): Promise<unknown[]> {
  return (await db.pool.query<Record<string, unknown>>(sql)).rows.map((row) =>
    Object.values(row).map((value) =>
      value instanceof Date ? (value.getTime() - minute(0).getTime()) / 60_000 : value,
    ),
  );
}

const red = sku('7', { label: 'red', stock: 5 });
const blue = sku('8', { label: 'blue', stock: 9 });

describe('what SKUs and sellers were', () => {
  beforeAll(() =>
    // The fourth is loaded after a newer one.
    load(
      [1, { skus: [red], seller: seller('s', { companyName: 'a', compositeServiceScore: '4' }) }],
      [2, { skus: [red, blue], seller: seller('s', { compositeServiceScore: '4' }) }],
      [3, { skus: [{ ...red, stock: 0 }], seller: seller('s', { compositeServiceScore: '4.5' }) }],
      [6, { skus: [red, { ...blue, label: 'navy' }], seller: seller('s', { compositeServiceScore: '4.5' }) }],
      [4, { skus: [{ ...red, stock: 0 }], hasUnreadSkus: true, seller: seller('s', { companyName: 'b' }) }],
      [7, null],
      [8, { skus: [red, { ...blue, label: 'navy' }], seller: seller('s', { compositeServiceScore: '4.5' }) }],
    ),
  );

  it('a SKU is listed, gone and another one, and no other observation has a row', async () => {
    expect(
      await ask(
        `SELECT sku_id, state, label, valid_from, valid_to, is_current, changed_fields, not_before, call_id
         FROM analytics.dim_sku_history ORDER BY sku_id, valid_from`,
      ),
    ).toEqual([
      ['7', 'listed', 'red', 1, null, true, ['state'], null, '2'],
      ['8', 'listed', 'blue', 2, 3, false, ['state'], 1, '3'],
      ['8', 'gone', null, 3, 6, false, ['state'], 2, '4'],
      ['8', 'listed', 'navy', 6, null, true, ['state'], 3, '7'],
    ]);
  });

  it('stock runs out and comes back, and there is none of a SKU that is not listed', async () => {
    expect(
      await ask(
        `SELECT sku_id, stock, valid_from, valid_to, is_current, not_before
         FROM analytics.fct_stock_history ORDER BY sku_id, valid_from`,
      ),
    ).toEqual([
      ['7', '5', 1, 3, false, null],
      ['7', '0', 3, 6, false, 2],
      ['7', '5', 6, null, true, 4],
      ['8', '9', 2, 3, false, 1],
      ['8', '9', 6, null, true, 3],
    ]);
  });

  it('a SKU says when it was first and last seen', async () => {
    expect(
      await ask('SELECT sku_id, first_seen_at, last_seen_at FROM analytics.dim_sku ORDER BY sku_id'),
    ).toEqual([
      ['7', 1, 8],
      ['8', 2, 8],
    ]);
  });

  it('a seller changes by what its descriptions state, and keeps a name that they leave out', async () => {
    expect(
      await ask(
        `SELECT company_name, composite_service_score, valid_from, valid_to, is_current, changed_fields, not_before
         FROM analytics.dim_seller_history ORDER BY valid_from`,
      ),
    ).toEqual([
      ['a', '4.0000', 1, 3, false, [], null],
      ['a', '4.5000', 3, 4, false, ['composite_service_score'], 2],
      ['b', null, 4, 6, false, ['company_name', 'composite_service_score'], 3],
      ['b', '4.5000', 6, null, true, ['composite_service_score'], 4],
    ]);
  });
});

it('a list says how deep it was read on a day, and whether to its end', async () => {
  const log = createLogger({ level: 'silent', pretty: false });
  const store = createCatalogStore({ pool: db.pool, learn: learnNothing, log, read: () => null });
  const rows = (count: number, first: number) =>
    Array.from({ length: count }, (_, i) => searchRow(String(first + i), { rank: i + 1 }));
  const read = async (keyword: string, pages: readonly (readonly [page: number, rows: number])[]) => {
    const windowId = await addWindow(db.pool, keyword);
    for (const [page, count] of pages)
      await store.load([
        searchPage(windowId, provenance(100 + page, `${windowId}${page}`), rows(count, page * 1000), {
          page,
          pageSize: 50,
          totalRecords: 500,
        }),
      ]);
  };
  await read('whole', [
    [1, 50],
    [2, 12],
  ]);
  await read('a page is missing', [
    [1, 50],
    [3, 12],
  ]);
  await read('the top', [
    [1, 50],
    [2, 50],
  ]);
  await read('not the first', [[2, 50]]);
  expect(
    await ask(
      `SELECT keyword, pages, listed, depth, is_to_end, first_read_at, last_read_at
       FROM analytics.fct_list_read WHERE day = '2026-03-10' ORDER BY window_id`,
    ),
  ).toEqual([
    ['whole', 2, 62, 62, true, 101, 102],
    ['a page is missing', 2, 62, 50, false, 101, 103],
    ['the top', 2, 100, 100, false, 101, 102],
    ['not the first', 1, 50, 0, false, 102, 102],
  ]);
});
