import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createLogger } from '../../../src/core/log.ts';
import { migrate } from '../../../src/db/migrate.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { until } from '../../support/until.ts';

const log = createLogger({ level: 'silent', pretty: false });

let db: TestDatabase;
let folder: string;

beforeEach(async () => {
  db = await createTestDatabase({ migrated: false });
  folder = mkdtempSync(join(tmpdir(), 'migrations-'));
  mkdirSync(join(folder, 'meta'));
  mkdirSync(join(folder, 'views'));
});
afterEach(async () => {
  await db.drop();
  rmSync(folder, { recursive: true });
});

/** Writes migrations named by their time, as drizzle-kit would. */
function writeMigrations(...files: readonly { when: number; sql: string }[]): void {
  const entries = files.map(({ when, sql }, idx) => {
    writeFileSync(join(folder, `m${when}.sql`), sql);
    return { idx, version: '7', when, tag: `m${when}`, breakpoints: true };
  });
  writeFileSync(join(folder, 'meta', '_journal.json'), JSON.stringify({ version: '7', entries }));
}

const writeView = (name: string, sql: string) => writeFileSync(join(folder, 'views', name), sql);
const run = () => migrate({ connectionString: db.url, log, folder });
const first = { when: 10, sql: 'CREATE SCHEMA catalog; CREATE TABLE catalog.t (a int)' };

describe('the shipped migrations', () => {
  it('can be applied again without any work', async () => {
    await migrate({ connectionString: db.url, log });
    expect(await migrate({ connectionString: db.url, log })).toEqual({ applied: [] });
  });
});

describe('migrations', () => {
  it('are refused when one was edited after it was applied', async () => {
    writeMigrations(first);
    await run();
    appendFileSync(join(folder, 'm10.sql'), ' ');
    await expect(run()).rejects.toMatchObject({
      code: 'DATABASE_MIGRATION_EDITED',
      facts: { migration: 'm10' },
    });
  });

  it('are refused when an older one appears after a newer one was applied', async () => {
    writeMigrations(first);
    await run();
    writeMigrations({ when: 5, sql: 'CREATE TABLE catalog.late ()' }, first);
    await expect(run()).rejects.toMatchObject({
      code: 'DATABASE_MIGRATION_OUT_OF_ORDER',
      facts: { migration: 'm5' },
    });
  });

  it('are refused when the database has some that the files do not', async () => {
    writeMigrations(first, { when: 20, sql: 'CREATE TABLE catalog.u ()' });
    await run();
    writeMigrations(first);
    await expect(run()).rejects.toMatchObject({ code: 'DATABASE_NEWER', facts: { unknownMigrations: 1 } });
  });

  it('are all undone when one of them fails, and applied once it is corrected', async () => {
    writeMigrations(first, { when: 20, sql: 'CREATE TABLE catalog.u (); SELECT 1/0' });
    await expect(run()).rejects.toMatchObject({ code: 'DATABASE_REJECTED' });
    expect((await db.pool.query(`SELECT to_regnamespace('catalog') AS found`)).rows).toEqual([
      { found: null },
    ]);
    writeMigrations(first, { when: 20, sql: 'CREATE TABLE catalog.u ()' });
    expect(await run()).toEqual({ applied: ['m10', 'm20'] });
  });
});

describe('views', () => {
  it('are made anew when a file changes, in the order of their names, also when one builds on another', async () => {
    writeMigrations(first);
    writeView('a.sql', 'CREATE VIEW catalog.one AS SELECT a FROM catalog.t');
    writeView('b.sql', 'CREATE VIEW catalog.two AS SELECT a FROM catalog.one');
    await run();
    writeView('a.sql', 'CREATE VIEW catalog.one AS SELECT a::text AS a FROM catalog.t');
    await run();
    const { rows } = await db.pool.query(
      `SELECT format_type(atttypid, NULL) AS type FROM pg_attribute WHERE attrelid = 'catalog.two'::regclass`,
    );
    expect(rows).toEqual([{ type: 'text' }]);
  });

  it('do not stand in the way of a migration that changes their table', async () => {
    writeMigrations(first);
    writeView('a.sql', 'CREATE VIEW catalog.one AS SELECT a FROM catalog.t');
    await run();
    writeMigrations(first, { when: 20, sql: 'ALTER TABLE catalog.t ALTER a TYPE bigint' });
    expect(await run()).toEqual({ applied: ['m20'] });
    await db.pool.query('SELECT a FROM catalog.one');
  });

  it('disappear with their file', async () => {
    writeMigrations(first);
    writeView('a.sql', 'CREATE VIEW catalog.one AS SELECT 1 AS a');
    await run();
    rmSync(join(folder, 'views', 'a.sql'));
    await run();
    expect((await db.pool.query(`SELECT to_regclass('catalog.one') AS found`)).rows).toEqual([
      { found: null },
    ]);
  });

  it('come back when somebody dropped one', async () => {
    writeMigrations(first);
    writeView('a.sql', 'CREATE VIEW catalog.one AS SELECT 1 AS a');
    await run();
    await db.pool.query('DROP VIEW catalog.one');
    await run();
    await db.pool.query('SELECT a FROM catalog.one');
  });

  it('are left alone when nothing changed, so that a long query stops nobody', async () => {
    writeMigrations(first);
    writeView('a.sql', 'CREATE VIEW catalog.one AS SELECT 1 AS a');
    await run();
    const reader = await db.pool.connect();
    try {
      await reader.query('BEGIN');
      await reader.query('SELECT * FROM catalog.one');
      expect(await run()).toEqual({ applied: [] });
    } finally {
      await reader.query('ROLLBACK');
      reader.release();
    }
  });

  it('wait for a reader, and are made once it is done', async () => {
    writeMigrations(first);
    writeView('a.sql', 'CREATE VIEW catalog.one AS SELECT 1 AS a');
    await run();
    writeView('a.sql', 'CREATE VIEW catalog.one AS SELECT 2 AS a');
    const reader = await db.pool.connect();
    await reader.query('BEGIN');
    await reader.query('SELECT * FROM catalog.one');
    const running = run();
    await until(async () => {
      const { rows } = await db.pool.query(
        `SELECT FROM pg_locks WHERE relation = 'catalog.one'::regclass AND NOT granted`,
      );
      return rows.length > 0;
    });
    await reader.query('COMMIT');
    reader.release();
    await running;
    expect((await db.pool.query('SELECT a FROM catalog.one')).rows).toEqual([{ a: 2 }]);
  });

  it('are not dropped under a view of somebody else', async () => {
    writeMigrations(first);
    writeView('a.sql', 'CREATE VIEW catalog.one AS SELECT 1 AS a');
    await run();
    await db.pool.query('CREATE VIEW public.theirs AS SELECT a FROM catalog.one');
    writeView('a.sql', 'CREATE VIEW catalog.one AS SELECT 2 AS a');
    await expect(run()).rejects.toMatchObject({ code: 'DATABASE_VIEW_IN_USE' });
    expect((await db.pool.query('SELECT a FROM public.theirs')).rows).toEqual([{ a: 1 }]);
  });
});

describe('functions of schema analytics', () => {
  const schemas = { when: 10, sql: 'CREATE SCHEMA catalog; CREATE SCHEMA analytics' };
  const hasFunction = async (name: string) => {
    const { rows } = await db.pool.query(
      `SELECT FROM pg_proc WHERE pronamespace = 'analytics'::regnamespace AND proname = $1`,
      [name],
    );
    return rows.length > 0;
  };
  const makesTwo =
    'CREATE FUNCTION analytics.two(a int DEFAULT 1) RETURNS int LANGUAGE sql AS $$ SELECT 2 $$; ' +
    'CREATE VIEW analytics.calls AS SELECT analytics.two() AS a';

  it('are made anew with the views that call them, and disappear with their file', async () => {
    writeMigrations(schemas);
    writeView('a.sql', makesTwo);
    await run();
    writeView('a.sql', makesTwo.replaceAll('int', 'bigint').replaceAll('two', 'three'));
    await run();
    expect([await hasFunction('two'), await hasFunction('three')]).toEqual([false, true]);
    rmSync(join(folder, 'views', 'a.sql'));
    await run();
    expect(await hasFunction('three')).toBe(false);
  });

  it('come back when somebody dropped one', async () => {
    writeMigrations(schemas);
    writeView('a.sql', makesTwo);
    await run();
    await db.pool.query('DROP VIEW analytics.calls; DROP FUNCTION analytics.two');
    await run();
    expect(await hasFunction('two')).toBe(true);
  });

  it('stay as they were, with all views, when a file fails', async () => {
    writeMigrations(schemas);
    writeView('a.sql', makesTwo);
    await run();
    writeView('b.sql', 'SELECT 1/0');
    await expect(run()).rejects.toMatchObject({ code: 'DATABASE_REJECTED' });
    expect((await db.pool.query('SELECT a FROM analytics.calls')).rows).toEqual([{ a: 2 }]);
  });

  it('are not dropped under a view of somebody else', async () => {
    writeMigrations(schemas);
    writeView('a.sql', makesTwo);
    await run();
    await db.pool.query('CREATE VIEW public.theirs AS SELECT analytics.two() AS a');
    writeView('b.sql', 'CREATE VIEW catalog.one AS SELECT 1 AS a');
    await expect(run()).rejects.toMatchObject({ code: 'DATABASE_VIEW_IN_USE' });
  });
});

it('says so when no database answers', async () => {
  await expect(migrate({ connectionString: 'postgres://127.0.0.1:1/x', log })).rejects.toMatchObject({
    code: 'DATABASE_UNREACHABLE',
    recovery: 'retry',
  });
});
