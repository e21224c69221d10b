import { readdirSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

const folder = new URL('../../src/load/sql/', import.meta.url);
const files = readdirSync(folder).filter((name) => name.endsWith('.sql'));

let db: TestDatabase;
beforeAll(async () => {
  db = await createTestDatabase();
});
afterAll(() => db.drop());

describe.each(files)('%s', (name) => {
  const text = readFileSync(new URL(name, folder), 'utf8');

  it('is one statement that Postgres accepts', async () => {
    // PREPARE takes one statement only, and checks every table, column and type.
    const client = await db.pool.connect();
    try {
      await client.query(`PREPARE checked AS ${text}`);
    } finally {
      client.release(true);
    }
  });

  it('says its purpose, parameters and rows', () => {
    expect(text).toMatch(/^-- Purpose: .+\n(-- .+\n)*-- Params: .+\n(-- .+\n)*-- Returns: .+\n/);
  });
});
