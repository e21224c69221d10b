import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, realpathSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { embeddedDataRoot } from '../../../src/app/open-database.ts';
import { runCli } from '../../../src/cli/main.ts';
import { createLogger } from '../../../src/core/log.ts';
import { migrate } from '../../../src/db/migrate.ts';
import { openEmbeddedPostgres, type EmbeddedPostgres } from '../../../src/local/embedded-postgres.ts';
import { relocatedFolder } from '../../../src/local/server-place.ts';
import { createWorld } from '../../support/in-process.ts';
import { findMemoryFolder } from '../../support/memory-folder.ts';

/*
 * A statement that somebody was given to run, on the bundled database, whose own login is a superuser: it must not read,
 * write or stop what a reader of the catalog may not. A read-only transaction is no wall for a superuser.
 */
const log = createLogger({ level: 'silent', pretty: false, stream: { write: () => true } });
const id = `sql-reader-${randomBytes(5).toString('hex')}`;
const scratch = fileURLToPath(new URL('../../../.catalog-sync', import.meta.url));
const project = join(findMemoryFolder(id) ?? join(scratch, id), 'project');
const state = join(embeddedDataRoot(project), 'postgres-18');

let postgres: EmbeddedPostgres;
let owner: pg.Client;
beforeAll(async () => {
  mkdirSync(project, { recursive: true, mode: 0o755 });
  postgres = await openEmbeddedPostgres({ dataRoot: embeddedDataRoot(project), log });
  await migrate({ connectionString: postgres.url, log });
  owner = new pg.Client({ connectionString: postgres.url });
  owner.on('error', () => undefined);
  await owner.connect();
  await owner.query(
    `INSERT INTO catalog.offer (offer_id, state, subject, changed_at, call_id) VALUES (1, 'listed', 'cup', now(), 1)`,
  );
});
afterAll(async () => {
  await owner.end();
  await postgres.release();
  rmSync(relocatedFolder(realpathSync(state)), { recursive: true, force: true });
  rmSync(join(project, '..'), { recursive: true, force: true });
});

async function run(...args: string[]) {
  const { context, stdout, stderr } = createWorld({ cwd: project });
  const exitCode = await runCli(['--project', project, ...args], context);
  return { exitCode, out: stdout.text, err: stderr.text };
}

const surfaces = [
  ['sql', (text: string) => run('sql', text)],
  ['sql --csv', (text: string) => run('sql', '--csv', text)],
  ['export --query', (text: string) => run('export', '--query', text)],
  ['export --format parquet', (text: string) => run('export', '--format', 'parquet', '--query', text)],
] as const;

/** A row that gives rights back, and then runs a statement that Postgres has not checked before. */
const after = (setting: string, value: string, then: string) =>
  `select set_config('${setting}', '${value}', false), query_to_xml('${then.replaceAll("'", "''")}', true, false, '')
   from generate_series(1, 1)`;
const readFile = "select pg_read_file('/etc/hostname')";

const escapes: readonly (readonly [string, string])[] = [
  ['a file, after the role is given back', after('role', 'none', readFile)],
  ['a file, as the owner', after('role', 'postgres', readFile)],
  ['a file, as another login', after('session_authorization', 'postgres', readFile)],
  ['passwords, after the role is given back', after('role', 'none', 'select * from pg_authid')],
  [
    'a file written, after the role is given back',
    after('role', 'none', "select lo_export(1, '/tmp/never-written')"),
  ],
  ['the role given back', 'reset role'],
  ['another login', 'set session authorization postgres'],
  ['the passwords of logins', 'select rolname, rolpassword from pg_authid'],
  ['passwords in another view', 'select passwd from pg_shadow'],
  ['sealed tokens', 'select * from sync.token'],
  ['stored answers', 'select * from raw.payload'],
  ['a file', "select pg_read_file('/etc/hostname')"],
  ['a folder', "select pg_ls_dir('/')"],
  ['a file by COPY', "copy catalog.offer from '/etc/hostname'"],
  ['a program', "copy (select 1) to program 'true'"],
  ['a file as a large object', "select lo_import('/etc/hostname')"],
  ['a file written by a large object', "select lo_export(1, '/tmp/never-written')"],
  ['grants made by a function', 'select sync.grant_readers()'],
  ['partitions made by a function', 'select sync.ensure_partitions(now(), 40)'],
  ['a number taken from a sequence', "select nextval('sync.run_run_id_seq')"],
  ['a write in a query', 'with gone as (delete from catalog.offer returning 1) select * from gone'],
  [
    'a write, after the transaction is made writable',
    `with mode as (select set_config('transaction_read_only', 'off', true)),
      gone as (delete from catalog.offer returning 1) select * from mode, gone`,
  ],
  ['a lock of rows', 'select * from catalog.offer for update'],
  ['a block of code', "do $$ begin perform pg_read_file('/etc/hostname'); end $$"],
  ['two statements', "select 1; reset role; select pg_read_file('/etc/hostname')"],
  ['a way out of the transaction', 'select 1; commit; delete from catalog.offer'],
  ['another mode of the transaction', 'set transaction read write'],
  ['an extension', 'create extension dblink'],
  ['a connection of its own', "select * from dblink('dbname=catalog_sync', 'select 1') as t (a int)"],
  ['settings of the server', "alter system set log_statement = 'all'"],
  ['settings read anew', 'select pg_reload_conf()'],
];

describe.each(surfaces)('%s refuses', (_, ask) => {
  test.each(escapes)('%s', async (_name, text) => {
    const { exitCode, out, err } = await ask(text);
    expect({ exitCode, out }).toEqual({ exitCode: 1, out: '' });
    expect(err).toMatch(/^error QUERY_REFUSED: /m);
  });

  test('to end the sessions of others', async () => {
    const { rows } = await owner.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
    const { exitCode } = await ask(`select pg_terminate_backend(${String(rows[0]?.pid)})`);
    expect(exitCode).toBe(1);
    expect((await owner.query('SELECT 1 AS alive')).rows).toEqual([{ alive: 1 }]);
  });

  test('to keep an advisory lock beyond its statement', async () => {
    await ask('select pg_advisory_lock_shared(168816)');
    const { rows } = await owner.query('SELECT pg_try_advisory_lock(168816), pg_advisory_unlock_all()::text');
    expect(rows).toEqual([{ pg_try_advisory_lock: true, pg_advisory_unlock_all: '' }]);
  });
});

test('nothing of all that has changed the catalog', async () => {
  expect((await owner.query('SELECT offer_id FROM catalog.offer')).rows).toEqual([{ offer_id: '1' }]);
  expect(existsSync('/tmp/never-written')).toBe(false);
});

describe('the login of queries', () => {
  test('is of its own, owns nothing, and can become nobody else', async () => {
    const { out } = await run(
      'sql',
      '--json',
      `select session_user as login, current_user as now, rolsuper, rolcreaterole, rolcreatedb, rolbypassrls, rolreplication,
         exists (select from pg_class where relowner = r.oid) as owns,
         array(select rolname::text from pg_roles o where pg_has_role(r.oid, o.oid, 'member') order by 1) as member_of
       from pg_roles r where rolname = session_user`,
    );
    expect(JSON.parse(out)).toEqual({
      login: 'catalog_sync_reader',
      now: 'catalog_sync_reader',
      ...{
        rolsuper: false,
        rolcreaterole: false,
        rolcreatedb: false,
        rolbypassrls: false,
        rolreplication: false,
      },
      owns: false,
      member_of: '{catalog_analyst,catalog_ops,catalog_sync_reader}',
    });
  });

  test.each(['catalog.offer', 'analytics.dim_offer', 'usage.daily', 'sync.run'])('reads %s', async (name) => {
    expect(await run('sql', `select * from ${name}`)).toMatchObject({ exitCode: 0 });
    expect(await run('export', name)).toMatchObject({ exitCode: 0 });
  });

  test('has a password of its own, which only the owner of the project can read', async () => {
    await run('sql', 'select 1');
    const file = join(state, 'reader-password');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const password = readFileSync(file, 'utf8').trim();
    expect(password).toMatch(/^[0-9a-f]{48}$/);
    expect(password).not.toBe(readFileSync(join(state, 'password'), 'utf8').trim());
  });

  test.each([
    ['lost', null],
    ['damaged', "' superuser password '"],
  ])('is made anew when its password is %s', async (_, kept) => {
    const file = join(state, 'reader-password');
    rmSync(file);
    if (kept !== null) writeFileSync(file, kept);
    expect(await run('sql', 'select 1 as a')).toMatchObject({ exitCode: 0, err: '1 row\n' });
    expect(readFileSync(file, 'utf8')).toMatch(/^[0-9a-f]{48}\n$/);
  });

  test('is the same for commands that run at once', async () => {
    rmSync(join(state, 'reader-password'), { force: true });
    await owner.query('DROP ROLE IF EXISTS catalog_sync_reader');
    const all = await Promise.all(Array.from({ length: 4 }, () => run('sql', 'select 1 as a')));
    expect(all.map(({ exitCode }) => exitCode)).toEqual([0, 0, 0, 0]);
  });
});
