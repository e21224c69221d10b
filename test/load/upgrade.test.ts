import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createLogger } from '../../src/core/log.ts';
import { migrate } from '../../src/load/migrate.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

/*
 * `first-release.sql.gz` is the dump of a database that release 0.1.0 filled: 222 calls of two days against the
 * sandbox, with price history, quarantine, drift, a hold, permissions, schedule slots and a queue on Postgres. It never
 * changes; every later release must take it over.
 */
const dump = gunzipSync(
  readFileSync(new URL('../fixtures/first-release.sql.gz', import.meta.url)),
).toString();

const ownSchemas = `('catalog', 'sync', 'usage', 'raw', 'analytics')`;

let old: TestDatabase;
let fresh: TestDatabase;
let contentBefore: Map<string, string>;

interface Table {
  readonly name: string;
  readonly columns: string;
}

async function listTables(pool: pg.Pool): Promise<Table[]> {
  const { rows } = await pool.query<Table>(`
    SELECT c.oid::regclass::text AS name, string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum) AS columns
    FROM pg_class c
    JOIN pg_namespace n ON n.oid = c.relnamespace
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND n.nspname IN ${ownSchemas}
    GROUP BY c.oid
    ORDER BY 1`);
  return rows;
}

/** By table: how many rows, and the hash of all of them in the columns that the first release knows. */
async function readContent(pool: pg.Pool, tables: readonly Table[]): Promise<Map<string, string>> {
  const content = new Map<string, string>();
  for (const { name, columns } of tables) {
    const { rows } = await pool.query<{ content: string }>(
      `SELECT count(*) || ' rows, ' || coalesce(md5(string_agg(r::text, chr(10) ORDER BY r::text)), '') AS content
       FROM (SELECT ${columns} FROM ${name}) r`,
    );
    content.set(name, rows[0]?.content ?? '');
  }
  return content;
}

/** Everything that a migration makes, as text: columns, constraints, indexes, functions, triggers, views, comments. */
async function describeSchema(pool: pg.Pool): Promise<string[]> {
  const { rows } = await pool.query<{ line: string }>(`
    WITH own AS (
      SELECT c.oid, c.oid::regclass::text AS name, c.relkind, c.relnamespace, c.reloptions
      FROM pg_class c
      JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE n.nspname IN ${ownSchemas} AND NOT c.relispartition
    )
    SELECT concat_ws(' ', 'column', own.name, a.attnum - d.dropped, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull,
      a.attgenerated, a.attidentity, pg_get_expr(v.adbin, v.adrelid), col_description(own.oid, a.attnum)) AS line
    FROM own
    JOIN pg_attribute a ON a.attrelid = own.oid AND a.attnum > 0 AND NOT a.attisdropped
    LEFT JOIN pg_attrdef v ON (v.adrelid, v.adnum) = (a.attrelid, a.attnum)
    CROSS JOIN LATERAL (
      SELECT count(*) AS dropped FROM pg_attribute b WHERE b.attrelid = own.oid AND b.attisdropped AND b.attnum < a.attnum
    ) d
    WHERE own.relkind IN ('r', 'p', 'v', 'm')
    UNION ALL
    SELECT concat_ws(' ', own.relkind, own.name, own.reloptions::text, obj_description(own.oid, 'pg_class'))
    FROM own WHERE own.relkind IN ('r', 'p', 'v', 'm', 'S')
    UNION ALL
    SELECT concat_ws(' ', 'constraint', own.name, k.conname, pg_get_constraintdef(k.oid))
    FROM own JOIN pg_constraint k ON k.conrelid = own.oid
    UNION ALL
    SELECT concat_ws(' ', 'index', pg_get_indexdef(own.oid)) FROM own WHERE own.relkind IN ('i', 'I')
    UNION ALL
    SELECT concat_ws(' ', 'trigger', own.name, pg_get_triggerdef(t.oid))
    FROM own JOIN pg_trigger t ON t.tgrelid = own.oid AND NOT t.tgisinternal
    UNION ALL
    SELECT concat_ws(' ', 'view', own.name, pg_get_viewdef(own.oid)) FROM own WHERE own.relkind IN ('v', 'm')
    UNION ALL
    SELECT concat_ws(' ', 'function', pg_get_functiondef(p.oid), obj_description(p.oid, 'pg_proc'))
    FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
    WHERE n.nspname IN ${ownSchemas} AND p.prokind IN ('f', 'p')
    ORDER BY 1`);
  return rows.map(({ line }) => line);
}

beforeAll(async () => {
  [old, fresh] = [await createTestDatabase({ migrated: false }), await createTestDatabase()];
  // In a session of its own, whose settings end with it.
  const client = await old.pool.connect();
  await client.query(dump);
  client.release(true);
  contentBefore = await readContent(old.pool, await listTables(old.pool));
});
afterAll(async () => {
  await old.drop();
  await fresh.drop();
});

describe('a database that the first release filled', () => {
  it('has something in most tables', () => {
    const filled = [...contentBefore].filter(([, content]) => !content.startsWith('0 rows'));
    expect(filled.length).toBeGreaterThan(30);
  });

  it('is brought up to date without a change to any row that was there', async () => {
    const tables = await listTables(old.pool);
    const log = createLogger({ level: 'silent', pretty: false });
    await migrate({ connectionString: old.url, log });
    const contentAfter = await readContent(old.pool, tables);
    expect(Object.fromEntries(contentAfter)).toEqual(Object.fromEntries(contentBefore));
  });

  it('then has the very schema of a new database', async () => {
    const [upgraded, made] = [await describeSchema(old.pool), await describeSchema(fresh.pool)];
    expect(made.length).toBeGreaterThan(500);
    expect(upgraded).toEqual(made);
  });
});
