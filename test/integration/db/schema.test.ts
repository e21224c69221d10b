import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { is } from 'drizzle-orm';
import { getTableConfig, PgEnumColumn, PgTable } from 'drizzle-orm/pg-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import * as declared from '../../../src/schema/index.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const schemas = ['catalog', 'sync', 'usage', 'raw', 'analytics', 'bullmq'];

let db: TestDatabase;
beforeAll(async () => {
  db = await createTestDatabase();
});
afterAll(() => db.drop());

interface Column {
  readonly column: string;
  readonly type: string;
  readonly nullable: boolean;
}

async function readColumns(): Promise<Column[]> {
  const { rows } = await db.pool.query<Column>(
    `SELECT format('%s.%s.%s', n.nspname, c.relname, a.attname) AS column,
            format_type(a.atttypid, a.atttypmod) || repeat('[]', greatest(0, a.attndims - 1)) AS type, NOT a.attnotnull AS nullable
     FROM pg_attribute a
     JOIN pg_class c ON c.oid = a.attrelid
     JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE n.nspname = ANY ($1) AND c.relkind IN ('r', 'p') AND NOT c.relispartition
       AND a.attnum > 0 AND NOT a.attisdropped
     ORDER BY 1`,
    [schemas],
  );
  return rows;
}

function listDeclared(): Column[] {
  const tables = Object.values<unknown>(declared).filter((value) => value instanceof PgTable);
  return tables
    .flatMap((table) => {
      const { schema, name, columns } = getTableConfig(table);
      return columns.map((column) => ({
        column: `${schema ?? 'public'}.${name}.${column.name}`,
        type:
          (is(column, PgEnumColumn) ? `${schema ?? 'public'}.` : '') + column.getSQLType().replace(', ', ','),
        nullable: !column.notNull,
      }));
    })
    .sort((a, b) => (a.column < b.column ? -1 : 1));
}

it('has just the tables and columns that the drizzle schema declares', async () => {
  const found = (await readColumns()).sort((a, b) => (a.column < b.column ? -1 : 1));
  expect(found).toEqual(listDeclared());
});

it('explains every schema, table, view and column', async () => {
  const { rows } = await db.pool.query(
    `SELECT n.nspname AS object FROM pg_namespace n
     WHERE n.nspname = ANY ($1) AND obj_description(n.oid, 'pg_namespace') IS NULL
     UNION ALL
     SELECT c.oid::regclass::text FROM pg_class c
     WHERE c.relnamespace::regnamespace::text = ANY ($1) AND c.relkind IN ('r', 'p', 'v', 'm')
       AND obj_description(c.oid, 'pg_class') IS NULL
     UNION ALL
     SELECT c.oid::regclass::text || '.' || a.attname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
     WHERE c.relnamespace::regnamespace::text = ANY ($1) AND c.relkind IN ('r', 'p', 'v', 'm')
       AND NOT c.relispartition AND a.attnum > 0 AND NOT a.attisdropped
       AND col_description(c.oid, a.attnum) IS NULL
     ORDER BY 1`,
    [schemas],
  );
  expect(rows).toEqual([]);
});

it('leaves drizzle-kit nothing to generate', () => {
  // drizzle-kit takes its folders relative to where it runs.
  const out = mkdtempSync(join(tmpdir(), 'migrations-'));
  try {
    cpSync(join(root, 'migrations'), out, { recursive: true });
    const config = join(out, 'drizzle.config.json');
    const schema = './src/schema/index.ts';
    writeFileSync(config, JSON.stringify({ dialect: 'postgresql', schema, out: relative(root, out) }));
    const before = readdirSync(out);
    const kit = join(root, 'node_modules', 'drizzle-kit', 'bin.cjs');
    const said = execFileSync(process.execPath, [kit, 'generate', '--config', config], {
      cwd: root,
      encoding: 'utf8',
    });
    expect(said).toContain('No schema changes');
    expect(readdirSync(out)).toEqual(before);
  } finally {
    rmSync(out, { recursive: true });
  }
});

it('computes days by the distance from UTC, as the indexes of days do: by the name of the zone, each row takes three times as long', async () => {
  const { rows } = await db.pool.query<{ object: string }>(
    `SELECT c.oid::regclass::text AS object FROM pg_class c
     WHERE c.relnamespace::regnamespace::text = ANY ($1)
       AND CASE c.relkind WHEN 'v' THEN pg_get_viewdef(c.oid) WHEN 'i' THEN pg_get_indexdef(c.oid) WHEN 'I' THEN pg_get_indexdef(c.oid) END
         LIKE '%AT TIME ZONE ''Asia/Shanghai''%'
     UNION ALL
     SELECT p.oid::regprocedure::text FROM pg_proc p
     WHERE p.pronamespace::regnamespace::text = ANY ($1) AND p.prosrc LIKE '%AT TIME ZONE ''Asia/Shanghai''%'`,
    [schemas],
  );
  expect(rows).toEqual([]);
});
