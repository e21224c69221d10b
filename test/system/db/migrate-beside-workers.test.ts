import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createLogger } from '../../../src/core/log.ts';
import { migrate } from '../../../src/db/migrate.ts';
import { requireMigrated } from '../../../src/db/require-migrated.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { createReaderLogin, type ReaderLogin } from '../../support/reader-login.ts';
import { locksHere } from '../../support/locks.ts';
import { until } from '../../support/until.ts';

/* What becomes of a migration, and of those who work meanwhile, when a new version arrives. */

const shipped = fileURLToPath(new URL('../../../migrations', import.meta.url));
const log = createLogger({ level: 'silent', pretty: false });

let db: TestDatabase;
beforeEach(async () => {
  db = await createTestDatabase();
});
afterEach(() => db.drop());

/** A migrations folder with one file. */
function writeMigration(sql: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'migrations-'));
  mkdirSync(join(folder, 'meta'));
  mkdirSync(join(folder, 'views'));
  writeFileSync(join(folder, 'm1.sql'), sql);
  const entries = [{ idx: 0, version: '7', when: 1, tag: 'm1', breakpoints: true }];
  writeFileSync(join(folder, 'meta', '_journal.json'), JSON.stringify({ version: '7', entries }));
  return folder;
}

it('a migration that meets a worker in a deadlock gives way, and is applied once the worker is done', async () => {
  await db.drop();
  db = await createTestDatabase({ migrated: false });
  await db.pool.query(`DO $$ BEGIN
    EXECUTE format('ALTER DATABASE %I SET deadlock_timeout = ''50ms''', current_database()); END $$`);
  await db.pool.query('CREATE TABLE one (a int); CREATE TABLE two (a int)');
  const folder = writeMigration(
    'ALTER TABLE two ADD COLUMN b int; SELECT pg_sleep(0.5); ALTER TABLE one ADD COLUMN b int',
  );
  const worker = await db.pool.connect();
  try {
    // So that it is the migration which finds out.
    await worker.query("SET deadlock_timeout = '1min'");
    await worker.query('BEGIN; INSERT INTO one VALUES (1)');
    const migrating = migrate({ connectionString: db.url, log, folder });
    await until(async () => {
      const { rows } = await db.pool.query(
        locksHere("relation = 'two'::regclass AND mode = 'AccessExclusiveLock' AND granted"),
      );
      return rows.length > 0;
    });
    await worker.query('INSERT INTO two VALUES (1); COMMIT');
    expect(await migrating).toEqual({ applied: ['m1'] });
    expect((await db.pool.query('SELECT b FROM one UNION ALL SELECT b FROM two')).rows).toHaveLength(2);
  } finally {
    worker.release(true);
    rmSync(folder, { recursive: true });
  }
});

/** Migrates with a log of its own. */
function migrateLoudly(folder?: string, attempts?: number) {
  const lines: Record<string, unknown>[] = [];
  const stream = { write: (line: string) => void lines.push(JSON.parse(line) as Record<string, unknown>) };
  const loud = createLogger({ level: 'warn', pretty: false, stream });
  const done = migrate({
    ...{ connectionString: db.url, log: loud },
    ...(folder === undefined ? {} : { folder }),
    ...(attempts === undefined ? {} : { attempts }),
  });
  return { done, lines };
}

describe('a reader that is in the way of a migration', () => {
  let login: ReaderLogin;
  let reader: pg.Client;
  beforeEach(async () => {
    login = await createReaderLogin(db);
    reader = new pg.Client({ connectionString: login.url, application_name: 'a report' });
    await reader.connect();
  });
  afterEach(async () => {
    await reader.end();
    await login.drop();
  });

  it.each([
    ['reads a view that is made anew', 'BEGIN; SELECT FROM analytics.dim_offer LIMIT 1', 'ROLLBACK'],
    ['keeps the lock of migrations', 'SELECT pg_advisory_lock(1688000)', 'SELECT pg_advisory_unlock_all()'],
  ])('and %s is named at each try, and the migration goes on after it', async (_what, begin, end) => {
    const folder = addMigration();
    writeFileSync(join(folder, 'views', 'zz-later.sql'), 'CREATE VIEW analytics.zz_later AS SELECT 1 AS one');
    const { rows } = await reader.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
    await reader.query(begin);
    const { done, lines } = migrateLoudly(folder);
    await until(() => lines.length > 0, { timeoutMs: 10_000, what: 'the migration says who is in the way' });
    expect(lines[0]).toMatchObject({
      attempt: 1,
      pid: rows[0]?.pid,
      user: login.name,
      application: 'a report',
      msg: 'migration waits for a lock that another session has',
    });
    await reader.query(end);
    expect(await done).toEqual({ applied: ['later'] });
    rmSync(folder, { recursive: true });
  });

  it('and stays is named when the last try has failed, and nothing is changed', async () => {
    const folder = addMigration();
    writeFileSync(join(folder, 'views', 'zz-later.sql'), 'CREATE VIEW analytics.zz_later AS SELECT 1 AS one');
    await reader.query('BEGIN; SELECT FROM analytics.dim_offer LIMIT 1');
    const { done, lines } = migrateLoudly(folder, 2);
    await expect(done).rejects.toMatchObject({
      code: 'DATABASE_LOCKED',
      message: expect.stringContaining(login.name) as string,
    });
    expect(lines).toMatchObject([{ attempt: 1, maxAttempts: 2 }]);
    await reader.query('ROLLBACK');
    expect(await migrateLoudly(folder, 1).done).toEqual({ applied: ['later'] });
    rmSync(folder, { recursive: true });
  });
});

const bookMigration = (createdAtMs: number) =>
  db.pool.query(`INSERT INTO drizzle.__drizzle_migrations (hash, created_at) VALUES ('unknown', $1)`, [
    createdAtMs,
  ]);

/** Our migrations, and one more that comes after them. */
function addMigration(): string {
  const folder = mkdtempSync(join(tmpdir(), 'migrations-'));
  cpSync(shipped, folder, { recursive: true });
  const file = join(folder, 'meta', '_journal.json');
  const journal = JSON.parse(readFileSync(file, 'utf8')) as { entries: { when: number; tag: string }[] };
  const when = Math.max(...journal.entries.map((entry) => entry.when)) + 1000;
  writeFileSync(join(folder, 'later.sql'), 'SELECT 1');
  writeFileSync(file, JSON.stringify({ entries: [...journal.entries, { when, tag: 'later' }] }));
  return folder;
}

it('a version works on a database that the one after it has migrated', async () => {
  await bookMigration(Date.parse('2999-01-01'));
  await expect(requireMigrated(db.pool)).resolves.toBeUndefined();
});

it('a version refuses a database of another line of migrations', async () => {
  const folder = addMigration();
  await db.pool.query(
    `INSERT INTO drizzle.__drizzle_migrations (hash, created_at)
     SELECT 'unknown', max(created_at) + 1 FROM drizzle.__drizzle_migrations`,
  );
  await expect(requireMigrated(db.pool, folder)).rejects.toMatchObject({ code: 'DATABASE_NEWER' });
  rmSync(folder, { recursive: true });
});

it('a version refuses a database from before the first release', async () => {
  await bookMigration(1);
  await expect(requireMigrated(db.pool)).rejects.toMatchObject({ code: 'DATABASE_BEFORE_BASELINE' });
});

it('a version refuses a database that lacks some of its own, and says what to do', async () => {
  const folder = addMigration();
  await expect(requireMigrated(db.pool, folder)).rejects.toMatchObject({
    code: 'DATABASE_NOT_MIGRATED',
    message: 'the database lacks 1 migration of this version',
  });
  rmSync(folder, { recursive: true });
});
