import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { codeBlocks, listDocuments } from '../../support/doc-files.ts';

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
    const statement = statements.find(
      ({ file, text }) => file === 'docs/querying.md' && text.includes(marker),
    );
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

  test('puts rejects of one field together', async () => {
    expect(await rowsOf('sync.quarantine')).toMatchObject([{ path: 'data[].offerId', rows: '2' }]);
  });
});
