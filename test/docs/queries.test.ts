import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { codeBlocks, listDocuments } from './doc-files.ts';

const statements = listDocuments()
  .flatMap(codeBlocks)
  .filter(({ language }) => language === 'sql');

const catalog = `
  INSERT INTO catalog.category (category_id, parent_id, path, name_zh, name_translated, first_seen_at, call_id)
  VALUES (54, NULL, '/54', '包', 'Bags', usage.ledger_now(), 1);
  INSERT INTO catalog.offer (offer_id, category_id, state, subject, changed_at, call_id)
  VALUES (610947572360, 54, 'listed', '帆布包', usage.ledger_now(), 1), (2, 54, 'gone', '旧', usage.ledger_now(), 1);
  INSERT INTO catalog.price (offer_id, sku_id, kind, min_quantity, amount_cny, valid_from, call_id)
  VALUES (610947572360, 0, 'list', 1, 9.00, usage.ledger_now() - interval '1 day', 2),
         (2, 0, 'list', 1, 1.00, usage.ledger_now() - interval '1 day', 2);
  INSERT INTO catalog.price_history
    (offer_id, sku_id, kind, min_quantity, valid_from, valid_to, amount_cny, call_id, closed_by_call_id)
  VALUES (610947572360, 0, 'list', 1, usage.ledger_now() - interval '9 days',
          (SELECT valid_from FROM catalog.price WHERE offer_id = 610947572360), 12.00, 1, 2);
  INSERT INTO sync.refresh (offer_id, first_seen_at, detail_at)
  VALUES (610947572360, usage.ledger_now(), usage.ledger_now()), (2, usage.ledger_now(), NULL);
  INSERT INTO sync.quarantine (raw_id, call_id, operation, path, reason, observed_at)
  VALUES (1, 1, 'search.keyword', 'data[0].offerId', 'missing', usage.ledger_now()),
         (1, 1, 'search.keyword', 'data[7].offerId', 'missing', usage.ledger_now());
`;

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

test.each(statements)('the statement at $file:$line runs on a migrated database', async ({ text }) => {
  await expect(database.pool.query(text)).resolves.toHaveProperty('rows');
});

describe('docs/querying.md', () => {
  let own: TestDatabase;
  const rowsOf = async (marker: string) => {
    const statement = statements.find(({ text }) => text.includes(marker));
    if (!statement) throw new Error(`no statement has ${marker}`);
    return (await own.pool.query<Record<string, unknown>>(statement.text)).rows;
  };

  beforeAll(async () => {
    own = await createTestDatabase();
    await own.pool.query(catalog);
  });
  afterAll(() => own.drop());

  test('shows prices by category, of what is listed only', async () => {
    expect(await rowsOf('median_cny')).toEqual([
      { category: 'Bags', offers: '1', from_cny: '9.0000', median_cny: '9.0000' },
    ]);
  });

  test('shows what became cheaper', async () => {
    expect(await rowsOf('change_percent')).toMatchObject([
      { offer_id: '610947572360', before_cny: '12.0000', now_cny: '9.0000', change_percent: '-25.0' },
    ]);
  });

  test('shows former and current prices of an offer in their order', async () => {
    expect(await rowsOf('UNION ALL')).toMatchObject([
      { amount_cny: '12.0000' },
      { amount_cny: '9.0000', valid_to: null },
    ]);
  });

  test('shows the age of what is known', async () => {
    expect(await rowsOf('age_of_detail')).toEqual(
      expect.arrayContaining([
        { age_of_detail: 'never looked at', offers: '1' },
        { age_of_detail: 'up to a day', offers: '1' },
      ]),
    );
  });

  test('puts rejects of one field together', async () => {
    expect(await rowsOf('sync.quarantine')).toMatchObject([{ path: 'data[].offerId', rows: '2' }]);
  });
});
