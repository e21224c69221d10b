import { randomBytes } from 'node:crypto';
import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createLogger } from '../../../src/core/log.ts';
import { migrate } from '../../../src/db/migrate.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { locksHere } from '../../support/locks.ts';
import { until } from '../../support/until.ts';

const log = createLogger({ level: 'silent', pretty: false });

let db: TestDatabase;
let folder: string;

beforeEach(async () => {
  db = await createTestDatabase({ migrated: false });
  folder = mkdtempSync(join(tmpdir(), 'migrations-'));
  mkdirSync(join(folder, 'meta'));
  mkdirSync(join(folder, 'functions'));
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
const writeFunction = (name: string, sql: string) => writeFileSync(join(folder, 'functions', name), sql);
const run = () => migrate({ connectionString: db.url, log, folder });
const first = { when: 10, sql: 'CREATE SCHEMA catalog; CREATE TABLE catalog.t (a int)' };

describe('the shipped migrations', () => {
  it('can be applied again without any work', async () => {
    await migrate({ connectionString: db.url, log });
    expect(await migrate({ connectionString: db.url, log })).toEqual({ applied: [] });
  });
});

describe('migrations', () => {
  it('hand on what the database warns of, and not what it only says', async () => {
    const lines: string[] = [];
    const stream = { write: (line: string) => void lines.push(line) };
    writeMigrations({ when: 10, sql: `DO $$ BEGIN RAISE NOTICE 'said'; RAISE WARNING 'warned'; END $$` });
    await migrate({
      connectionString: db.url,
      log: createLogger({ level: 'warn', pretty: false, stream }),
      folder,
    });
    expect(lines.map((line) => JSON.parse(line) as object)).toMatchObject([{ warning: 'warned' }]);
  });

  it('wait for locks less long than Postgres does before it looks for deadlocks', async () => {
    const sql = "CREATE TABLE public.waits AS SELECT current_setting('lock_timeout') AS lock_timeout";
    writeMigrations({ when: 10, sql });
    await run();
    expect((await db.pool.query('SELECT * FROM public.waits')).rows).toEqual([{ lock_timeout: '900ms' }]);
  });

  it('wait for others that migrate a few seconds at a time, and name who does', async () => {
    writeMigrations(first);
    const other = await db.pool.connect();
    try {
      await other.query('SELECT pg_advisory_lock(1688000)');
      let failure: unknown;
      void migrate({ connectionString: db.url, log, folder, attempts: 1 }).catch((error: unknown) => {
        failure = error;
      });
      await until(() => failure !== undefined, { timeoutMs: 15_000 });
      expect(failure).toMatchObject({
        code: 'DATABASE_LOCKED',
        message: expect.stringContaining('of a migration') as string,
      });
    } finally {
      other.release(true);
    }
  });

  it.each([
    ['a schema', (login: string) => `GRANT CONNECT ON DATABASE "$DB" TO ${login}`],
    [
      'a table in ours',
      (login: string) => `CREATE SCHEMA drizzle; GRANT CREATE ON DATABASE "$DB" TO ${login}`,
    ],
  ])('are refused to a login that may not make %s', async (_, grant) => {
    const login = `migrates_${randomBytes(4).toString('hex')}`;
    const url = new URL(db.url);
    await db.pool.query(`CREATE ROLE ${login} LOGIN PASSWORD 'a'`);
    await db.pool.query(grant(login).replace('$DB', url.pathname.slice(1)));
    writeMigrations(first);
    Object.assign(url, { username: login, password: 'a' });
    await expect(migrate({ connectionString: url.href, log, folder })).rejects.toMatchObject({
      code: 'DATABASE_REFUSED',
    });
    await db.pool.query(`DROP OWNED BY ${login}; DROP ROLE ${login}`);
  });

  it('leave no session and no timer behind', async () => {
    const begun = vi.spyOn(globalThis, 'setInterval');
    const ended = vi.spyOn(globalThis, 'clearInterval');
    writeMigrations(first);
    try {
      await run();
      expect(begun).toHaveBeenCalled();
      for (const { value } of begun.mock.results) expect(ended).toHaveBeenCalledWith(value);
    } finally {
      vi.restoreAllMocks();
    }
    const left = `SELECT FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()`;
    await until(async () => (await db.pool.query(left)).rows.length === 0, { timeoutMs: 5000 });
  });

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

  it.each([
    ['that were applied before the first one of the files', { when: 5, sql: first.sql }],
    ['of nobody, with schemas of ours', null],
  ])('are refused on top of those %s, and nothing is changed', async (_, older) => {
    if (older) writeMigrations(older);
    else await db.pool.query(first.sql);
    if (older) await run();
    const describe = () => db.pool.query('SELECT oid::regclass::text, xmin FROM pg_class ORDER BY 1');
    const { rows: before } = await describe();
    writeMigrations({ when: 10, sql: 'CREATE TABLE catalog.u ()' });
    await expect(run()).rejects.toMatchObject({ code: 'DATABASE_BEFORE_BASELINE', recovery: 'halt' });
    expect((await describe()).rows).toEqual(before);
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
  it('are re-created when a file changes, in the order of their names, also when one builds on another', async () => {
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

  it('do not block a migration that changes their table', async () => {
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

  it('come back when one was dropped', async () => {
    writeMigrations(first);
    writeView('a.sql', 'CREATE VIEW catalog.one AS SELECT 1 AS a');
    await run();
    await db.pool.query('DROP VIEW catalog.one');
    await run();
    await db.pool.query('SELECT a FROM catalog.one');
  });

  it('come back unchanged when one was edited', async () => {
    writeMigrations(first);
    writeView('a.sql', 'CREATE VIEW catalog.one AS SELECT 1 AS a');
    await run();
    await db.pool.query('CREATE OR REPLACE VIEW catalog.one AS SELECT 2 AS a');
    await run();
    expect((await db.pool.query('SELECT a FROM catalog.one')).rows).toEqual([{ a: 1 }]);
  });

  it('are not touched when nothing changed, so a long query blocks nothing', async () => {
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
      const { rows } = await db.pool.query(locksHere("relation = 'catalog.one'::regclass AND NOT granted"));
      return rows.length > 0;
    });
    await reader.query('COMMIT');
    reader.release();
    await running;
    expect((await db.pool.query('SELECT a FROM catalog.one')).rows).toEqual([{ a: 2 }]);
  });

  it('are not dropped under a view of another owner', async () => {
    writeMigrations(first);
    writeView('a.sql', 'CREATE VIEW catalog.one AS SELECT 1 AS a');
    await run();
    await db.pool.query('CREATE VIEW public.theirs AS SELECT a FROM catalog.one');
    writeView('a.sql', 'CREATE VIEW catalog.one AS SELECT 2 AS a');
    await expect(run()).rejects.toMatchObject({ code: 'DATABASE_VIEW_IN_USE' });
    expect((await db.pool.query('SELECT a FROM public.theirs')).rows).toEqual([{ a: 1 }]);
  });
});

describe('functions', () => {
  const two = (body: string) =>
    `CREATE OR REPLACE FUNCTION catalog.two() RETURNS int LANGUAGE sql AS $$ SELECT ${body} $$`;
  const callTwo = async () => (await db.pool.query<{ a: number }>('SELECT catalog.two() AS a')).rows[0]?.a;
  const hasFunction = async (name: string) => {
    const { rows } = await db.pool.query('SELECT FROM to_regproc($1) AS f WHERE f IS NOT NULL', [name]);
    return rows.length > 0;
  };

  it('are made before the views that call them, and may read tables and views themselves', async () => {
    writeMigrations(first);
    writeFunction('a.sql', two('count(*)::int + 2 FROM catalog.from_t'));
    writeView('a.sql', 'CREATE VIEW catalog.from_t AS SELECT a FROM catalog.t');
    writeView('b.sql', 'CREATE VIEW catalog.calls AS SELECT catalog.two() AS a');
    await run();
    expect((await db.pool.query('SELECT a FROM catalog.calls')).rows).toEqual([{ a: 2 }]);
  });

  it('are made at the line of a migration whose indexes and triggers need them', async () => {
    writeFunction('a.sql', two('2').replace('LANGUAGE sql', 'LANGUAGE sql IMMUTABLE'));
    writeMigrations({
      when: 10,
      sql: `${first.sql};\n--> functions\nCREATE INDEX i ON catalog.t ((catalog.two()))`,
    });
    expect(await run()).toEqual({ applied: ['m10'] });
  });

  it('replace the old ones when a file changes, under all objects that use them', async () => {
    writeMigrations(first);
    writeFunction('a.sql', two('2'));
    await run();
    await db.pool.query('CREATE VIEW public.theirs AS SELECT catalog.two() AS a');
    const { rows: before } = await db.pool.query(`SELECT 'catalog.two'::regproc::oid AS id`);
    writeFunction('a.sql', two('3'));
    await run();
    expect((await db.pool.query('SELECT a FROM public.theirs')).rows).toEqual([{ a: 3 }]);
    expect((await db.pool.query(`SELECT 'catalog.two'::regproc::oid AS id`)).rows).toEqual(before);
  });

  it('disappear with their file', async () => {
    writeMigrations(first);
    writeFunction('a.sql', two('2'));
    writeFunction('b.sql', two('3').replace('two', 'three'));
    await run();
    rmSync(join(folder, 'functions', 'a.sql'));
    await run();
    expect([await hasFunction('catalog.two'), await hasFunction('catalog.three')]).toEqual([false, true]);
  });

  it('of one name and other arguments exist together, each as long as its file', async () => {
    writeMigrations(first);
    writeFunction('two.sql', two('a + 1').replace('()', '(a int)'));
    writeFunction('two--previous.sql', two('catalog.two(1)'));
    await run();
    expect(await callTwo()).toBe(2);
    rmSync(join(folder, 'functions', 'two--previous.sql'));
    await run();
    await expect(callTwo()).rejects.toThrow('does not exist');
    expect((await db.pool.query('SELECT catalog.two(1) AS a')).rows).toEqual([{ a: 2 }]);
  });

  it.each([
    ['dropped', 'DROP FUNCTION catalog.two'],
    ['edited', two('4')],
    ['given other settings', 'ALTER FUNCTION catalog.two SET search_path = public'],
  ])('come back when somebody has %s one', async (_, sql) => {
    writeMigrations(first);
    writeFunction('a.sql', two('2'));
    await run();
    const defined = () => db.pool.query(`SELECT pg_get_functiondef('catalog.two'::regproc) AS definition`);
    const { rows: before } = await defined();
    await db.pool.query(sql);
    expect(await run()).toEqual({ applied: [] });
    expect((await defined()).rows).toEqual(before);
  });

  it('that were added to our schemas by hand are dropped', async () => {
    writeMigrations(first);
    await run();
    await db.pool.query(two('2'));
    await run();
    expect(await hasFunction('catalog.two')).toBe(false);
  });

  it('are left alone when nothing changed', async () => {
    writeMigrations(first);
    writeFunction('a.sql', two('2'));
    await run();
    const made = () => db.pool.query(`SELECT xmin::text FROM pg_proc WHERE oid = 'catalog.two'::regproc`);
    const { rows: before } = await made();
    await run();
    expect((await made()).rows).toEqual(before);
  });

  it('stay as they were, with all views, when a file fails', async () => {
    writeMigrations(first);
    writeFunction('a.sql', two('2'));
    writeView('a.sql', 'CREATE VIEW catalog.calls AS SELECT catalog.two() AS a');
    await run();
    writeFunction('a.sql', two('3'));
    writeView('b.sql', 'SELECT 1/0');
    await expect(run()).rejects.toMatchObject({ code: 'DATABASE_REJECTED' });
    expect((await db.pool.query('SELECT a FROM catalog.calls')).rows).toEqual([{ a: 2 }]);
  });

  it('are not dropped under a view of another owner', async () => {
    writeMigrations(first);
    writeFunction('a.sql', two('2'));
    await run();
    await db.pool.query('CREATE VIEW public.theirs AS SELECT catalog.two() AS a');
    rmSync(join(folder, 'functions', 'a.sql'));
    await expect(run()).rejects.toMatchObject({ code: 'DATABASE_VIEW_IN_USE' });
    expect(await callTwo()).toBe(2);
  });
});

it('says so when no database answers', async () => {
  await expect(migrate({ connectionString: 'postgres://127.0.0.1:1/x', log })).rejects.toMatchObject({
    code: 'DATABASE_UNREACHABLE',
    recovery: 'retry',
  });
});
