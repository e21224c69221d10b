import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runCli } from '../../../src/cli/main.ts';
import { ensurePartitions } from '../../../src/db/partitions.ts';
import { createStatusStore } from '../../../src/health/status-store.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { createReaderLogin, type ReaderLogin } from '../../support/reader-login.ts';
import { until } from '../../support/until.ts';
import { createProject, createWorld } from '../../support/in-process.ts';

let database: TestDatabase;
let empty: TestDatabase;
let reader: ReaderLogin;
beforeAll(async () => {
  [database, empty] = await Promise.all([createTestDatabase(), createTestDatabase({ migrated: false })]);
  reader = await createReaderLogin(database);
});
afterAll(async () => {
  await reader.drop();
  await Promise.all([database.drop(), empty.drop()]);
});

/** Runs a command line in this process, over a database. */
async function run(env: Record<string, string>, ...args: string[]) {
  const { context, stdout, stderr } = createWorld({ env });
  const exitCode = await runCli(args, context);
  return { exitCode, out: stdout.text, err: stderr.text };
}

const runOn = (url: string, ...args: string[]) => run({ DATABASE_URL: url }, ...args);
const sql = (...args: string[]) =>
  run({ DATABASE_URL: database.url, DATABASE_READ_URL: reader.url }, 'sql', ...args);

describe('sql', () => {
  test('prints rows as a table, and says on stderr how many', async () => {
    const { exitCode, out, err } = await sql(
      `select '手机壳' as subject, 12.50::numeric as price, null as x`,
    );
    expect({ exitCode, err }).toEqual({ exitCode: 0, err: '1 row\n' });
    expect(out).toBe('subject  price  x\n-------  -----  -\n手机壳   12.50\n');
  });

  test.each([
    ['as a table', []],
    ['as JSON', ['--json']],
  ])('counts no rows %s whose reader has left before the last of them', async (_, flags) => {
    // One batch has 500 rows: its write fails after the last, or only after the first of three.
    for (const rows of ['3', '1200']) {
      const gone = new AbortController();
      const { context, stdout, stderr } = createWorld({
        env: { DATABASE_URL: database.url, DATABASE_READ_URL: reader.url },
      });
      const write = stdout.write.bind(stdout);
      stdout.write = (text) => {
        // As a broken pipe does: the write is taken, and the failure is known soon after.
        process.nextTick(() => {
          gone.abort();
        });
        return write(text);
      };
      const text = `select n from generate_series(1, ${rows}) n`;
      const exitCode = await runCli(['sql', text, ...flags], { ...context, stdoutGone: gone.signal });
      expect({ exitCode, err: stderr.text }).toEqual({
        exitCode: 0,
        err: 'the output was closed before all rows were written\n',
      });
      expect(stdout.text).not.toMatch(/\b501\b/);
    }
  });

  test('prints a header also without rows', async () => {
    expect((await sql('select 1 as a where false')).out).toBe('a\n-\n');
  });

  test('loses no digit in JSON, and gives numbers, truth and documents as such', async () => {
    const { out } = await sql(
      `select 9007199254740993::bigint as id, 0.10::numeric as price, 3::int as n, 'NaN'::float8 as nan, true as yes,
              '{"a":[1]}'::jsonb as doc, null as nothing`,
      '--json',
    );
    expect(JSON.parse(out)).toEqual({
      id: '9007199254740993',
      price: '0.10',
      n: 3,
      nan: 'NaN',
      yes: true,
      doc: { a: [1] },
      nothing: null,
    });
  });

  test('reads more rows than one batch, all of them and in order', async () => {
    const { out } = await sql('select n from generate_series(1, 1234) n', '--json');
    const seen = out
      .trimEnd()
      .split('\n')
      .map((line) => (JSON.parse(line) as { n: number }).n);
    expect(seen).toEqual(Array.from({ length: 1234 }, (_, index) => index + 1));
  });

  test('writes CSV with what spreadsheets need quoted', async () => {
    const { out } = await sql(`select 'a,"b"' as x, E'1\n2' as y, '手机' as z`, '--csv');
    expect(out).toBe('x,y,z\n"a,""b""","1\n2",手机\n');
  });

  test('shows controls of data as pictures in a table', async () => {
    expect((await sql(`select E'\\x1b[31mred' as s`)).out).toContain('␛[31mred');
  });

  test.each(['show server_encoding', 'explain select 1', 'values (1), (2)', 'with x as (select 1) table x;'])(
    '%s is a statement like any other',
    async (statement) => expect((await sql(statement)).exitCode).toBe(0),
  );

  test.each([
    ['a change', 'delete from catalog.offer', /only SELECT/],
    ['a file written by the server', "copy (select 1) to '/tmp/never-written'", /only SELECT/],
    ['a program run by the server', "copy (select 1) to program 'cat'", /only SELECT/],
    ['a block of code', 'do $$ begin perform 1; end $$', /only SELECT/],
    ['what hides behind a comment', '/* /* */ show */ do $$ begin perform 1; end $$', /only SELECT/],
    ['another transaction mode', 'set transaction read write', /only SELECT/],
    ['a file read by the server', "select pg_read_file('/etc/hostname')", /permission denied/],
    [
      'another session ended',
      'select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and usename <> session_user',
      /permission denied|must be a superuser/i,
    ],
    ['settings read anew', 'select pg_reload_conf()', /permission denied/],
    ['a file made an object', "select lo_import('/etc/hostname')", /permission denied/],
    [
      'a change in a query',
      'with gone as (delete from catalog.offer returning 1) select * from gone',
      /read-only transaction/,
    ],
    ['a definition', 'create table t (a int)', /only SELECT/],
    ['two statements', 'select 1; drop table catalog.offer', /multiple commands/],
    ['a way out of the transaction', 'commit; drop table catalog.offer', /only SELECT/],
    ['a way out of a query', 'select 1; commit; drop table catalog.offer', /multiple commands/],
    ['a mistake', 'select 1 form x', /syntax error at or near "x"/],
    ['a table that is none', 'select * from catalog.ofer', /relation "catalog.ofer" does not exist/],
  ])('%s is refused', async (_, statement, expected) => {
    // A session of another login, which the pool closes when it is idle for long.
    const other = await database.pool.connect();
    for (const flags of [[], ['--csv']]) {
      const { exitCode, out, err } = await sql(statement, ...flags);
      expect({ exitCode, out }).toEqual({ exitCode: 1, out: '' });
      expect(err).toMatch(/^error QUERY_REFUSED: /);
      expect(err).toMatch(expected);
    }
    other.release();
  });

  test('CSV cannot be left by closing its bracket', async () => {
    const statement = 'select 1) to stdout; commit; create table escaped (a int); copy (select 1';
    expect((await sql(statement, '--csv')).exitCode).toBe(1);
    expect((await sql("select to_regclass('escaped') as t")).out).toBe('t\n-\n\n');
  });

  test('gives up after its timeout', async () => {
    const { exitCode, err } = await sql('select pg_sleep(30)', '--timeout', '50ms');
    expect(exitCode).toBe(1);
    expect(err).toContain('error QUERY_TOO_SLOW: the query took longer than 0.05 s');
    expect(err).toContain('catalog-sync sql --timeout 10m');
  });

  test('--quiet prints data only', async () => {
    expect((await sql('select 1 as a', '--quiet')).err).toBe('');
  });
});

describe('the login of a query', () => {
  const who = 'select session_user as login';
  const urls = (DATABASE_READ_URL: string) => ({ DATABASE_URL: database.url, DATABASE_READ_URL });

  test.each([['sql'], ['export', '--query']])('of %s is that of DATABASE_READ_URL', async (...verb) => {
    const { exitCode, out } = await run(urls(reader.url), ...verb, who);
    expect(exitCode).toBe(0);
    expect(out).toContain(reader.name);
  });

  test('reads what it was granted, and gets nothing more by giving its role back', async () => {
    expect((await sql('select * from usage.daily')).exitCode).toBe(0);
    for (const text of [
      'select * from sync.token',
      'select * from raw.payload',
      `select set_config('role', 'none', false), query_to_xml('select * from sync.token', true, false, '')`,
    ])
      expect((await sql(text)).err).toMatch(/^error QUERY_REFUSED: the query was refused: permission denied/);
  });

  test.each([['sql'], ['export', '--query']])(
    'of %s is refused when DATABASE_READ_URL may do more than read',
    async (...verb) => {
      const { exitCode, out, err } = await run(urls(database.url), ...verb, who);
      expect({ exitCode, out }).toEqual({ exitCode: 1, out: '' });
      expect(err).toMatch(
        /^error QUERY_LOGIN_UNSAFE: the login of DATABASE_READ_URL has the rights of a superuser/,
      );
    },
  );

  test('is refused when it owns the database, or may act as who does', async () => {
    const owner = `owner_${randomBytes(5).toString('hex')}`;
    const name = new URL(database.url).pathname.slice(1);
    const { rows } = await database.pool.query<{ owner: string }>('SELECT current_user AS owner');
    await database.pool.query(`CREATE ROLE ${owner} NOLOGIN`);
    await database.pool.query(`ALTER DATABASE ${name} OWNER TO ${owner}; GRANT ${owner} TO ${reader.name}`);
    expect((await sql(who)).err).toMatch(
      /^error QUERY_LOGIN_UNSAFE: the login of DATABASE_READ_URL owns tables/,
    );
    await database.pool.query(`ALTER DATABASE ${name} OWNER TO ${rows[0]?.owner ?? ''}; DROP ROLE ${owner}`);
    expect((await sql(who)).exitCode).toBe(0);
  });

  test('never goes to another machine without TLS', async () => {
    const { exitCode, err } = await run(urls('postgres://maria:password@203.0.113.1/catalog'), 'sql', who);
    expect(exitCode).not.toBe(0);
    expect(err).toMatch(/^error CONNECTION_NOT_ENCRYPTED: DATABASE_READ_URL would connect/);
  });

  test('is that of DATABASE_URL with a warning, when there is no other', async () => {
    const warning =
      /^warning: the login of DATABASE_URL has the rights of a superuser; set DATABASE_READ_URL/m;
    expect(await runOn(database.url, 'sql', who)).toMatchObject({
      exitCode: 0,
      err: expect.stringMatching(warning) as string,
    });
    expect((await runOn(database.url, 'export', '--query', who)).err).toMatch(warning);
    expect((await runOn(database.url, 'export', 'catalog.offer')).err).not.toContain('warning');
    expect((await runOn(database.url, 'sql', who, '--quiet')).err).toBe('');
  });
});

describe('a signal', () => {
  test('ends a query that is under way, with its code', async () => {
    const { context, stderr } = createWorld({
      env: { DATABASE_URL: database.url, DATABASE_READ_URL: reader.url },
    });
    const running = runCli(['sql', 'select pg_sleep(60)'], context);
    await until(async () => {
      const { rowCount } = await database.pool.query(
        `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'PgSleep'`,
      );
      return rowCount;
    });
    context.signals.emit('SIGTERM');
    expect(await running).toBe(1);
    expect(stderr.text).toContain('error INTERRUPTED');
    expect(context.signals.listenerCount('SIGTERM')).toBe(0);
  });
});

describe('status', () => {
  test('of a catalog before its first sync says so', async () => {
    const { exitCode, out } = await runOn(database.url, 'status');
    expect(exitCode).toBe(0);
    expect(out).toContain('No sync yet');
    expect(out).toContain('No run yet.');
    expect(out).toMatch(/^offers +0$/m);
  });

  test('shows runs, counts and holds, as text and as JSON', async () => {
    await database.pool.query(`update sync.database_identity set source = 'sandbox'`);
    await database.pool.query(
      `insert into sync.run (scope, trigger, source, feeds, status, cause, calls_used, budget_calls, rejects, errors, postponed, requested_at)
       values ('all', 'cli', 'sandbox', '["a"]', 'partial_quota', 'budget', 1234, 5000, 7, 3, 31, '2026-11-25T01:00:00Z')`,
    );
    await database.pool.query(
      `insert into usage.api_hold (api, code, held_at) values ('a:b:1', 'gw.APIACLDecline', '2026-11-25T01:00:00Z')`,
    );
    await database.pool.query(
      `insert into usage.pace (app_key, api, next_slot_at, found_per_second, changed_at)
       values ('1', '*', now(), 4.5, '2026-11-25T01:00:00Z'), ('1', 'a:b:1', now(), null, null)`,
    );
    const { out } = await runOn(database.url, 'status');
    expect(out).toMatch(/all APIs +4.5 calls a second +2026-11-25 09:00$/m);
    expect(out).toContain('SANDBOX: using mock data');
    expect(out).toMatch(/all +cli +partial_quota +budget +1,234 +5,000 +0 +0 +3 +31 +2026-11-25 09:00 *$/m);
    expect(out).toMatch(/a:b:1 +gw.APIACLDecline +2026-11-25 09:00 +a person resumes it/);
    expect(out).toMatch(/^health issues:\nact /m);
    expect(out.match(/Shanghai/g)).toHaveLength(1);
    const { context, stdout } = createWorld({ env: { DATABASE_URL: database.url } });
    await runCli(['status'], { ...context, isTty: { ...context.isTty, stdout: true } });
    for (const word of ['partial_quota', 'gw.APIACLDecline'])
      expect(stdout.text).toContain(`\u001b[33m${word}\u001b[39m`);
    const json: unknown = JSON.parse((await runOn(database.url, 'status', '--json')).out);
    expect(json).toMatchObject({
      source: 'sandbox',
      runs: [
        { scope: 'all', status: 'partial_quota', callsUsed: 1234, requestedAt: '2026-11-25T01:00:00.000Z' },
      ],
      holds: [{ api: 'a:b:1', heldUntil: null }],
      paces: [{ api: '*', perSecond: 4.5 }],
      catalog: { offers: 0, unloadedAnswers: 0 },
    });
  });

  test('shows fields of answers that are not as known, those seen last first', async () => {
    expect((await runOn(database.url, 'status')).out).not.toContain('field of answers');
    await database.pool.query(
      `insert into sync.drift (operation, path, kind, seen, first_seen_at, last_seen_at, sample, last_call_id)
       values ('search.keyword', 'data[].newField', 'unknown', 1200, '2026-11-24', '2026-11-25', '新', 8),
              ('offer.detail', 'subject', 'missing', 3, '2026-11-24', '2026-11-24T08:00:00Z', null, 7)`,
    );
    const { out } = await runOn(database.url, 'status');
    expect(out).toMatch(
      /^data\[\]\.newField +search\.keyword +unknown +1,200 +2026-11-25 08:00 +新\nsubject +offer\.detail +missing +3 /m,
    );
    const { drifts } = JSON.parse((await runOn(database.url, 'status', '--json')).out) as { drifts: unknown };
    expect(drifts).toMatchObject([
      { path: 'data[].newField', kind: 'unknown', seen: 1200, sample: '新', callId: '8' },
      { path: 'subject', kind: 'missing', sample: null },
    ]);
  });

  test('names searches that are not listed in full, and why', async () => {
    expect((await runOn(database.url, 'status')).out).not.toContain('not listed in full');
    await database.pool.query(
      `insert into sync.search_window (feed, keyword, category_id, language, is_split, total_records, last_reach, last_outcome, completed_at)
       values ('cups', '杯子', 0, 'en', false, 2000, 1990, 'capped', '2026-11-25'),
              ('cups', '', 77, 'en', false, 900, 450, 'truncated', '2026-11-24'),
              ('cups', '', 78, 'en', false, 900, 900, 'complete', '2026-11-24')`,
    );
    const { out } = await runOn(database.url, 'status');
    expect(out).toMatch(
      /^search that is not listed in full .*\n.*\n杯子 +cups +2,000\+ +1,990 +more offers than 1688 lists +2026-11-25 08:00\ncategory 77 +cups +900 +450 +lists far fewer than its total +2026-11-24 08:00\n\n/m,
    );
  });

  test('of a database that was never migrated says what to do', async () => {
    const { exitCode, out, err } = await runOn(empty.url, 'status');
    expect({ exitCode, out }).toEqual({ exitCode: 1, out: '' });
    expect(err).toMatch(
      /^error DATABASE_NOT_MIGRATED: the database lacks 1 migration of this version[^]*what to do: Run `catalog-sync migrate`/,
    );
  });

  test('of a project without any database makes none', async () => {
    const { context, stderr } = createWorld({ cwd: createProject() });
    expect(await runCli(['status'], context)).toBe(1);
    expect(stderr.text).toContain('error DATABASE_NOT_THERE: there is no database in');
    expect(stderr.text).toContain('what to do: Run `catalog-sync sync`');
  });

  test('of a database without a server says what to check', async () => {
    const { exitCode, err } = await runOn('postgres://127.0.0.1:1/x', 'status');
    expect(exitCode).toBe(1);
    expect(err).toMatch(/^error DATABASE_UN\w+: /);
  });
});

describe('partitions', () => {
  const gapsAt = (time: string) => createStatusStore(database).listPartitionGaps(new Date(time));

  test('that are missing for a time are named, until they are made', async () => {
    const time = '2031-03-15T12:00:00Z';
    expect(await gapsAt(time)).toContain('usage.api_call');
    await ensurePartitions(database.pool, new Date(time));
    expect(await gapsAt(time)).toEqual([]);
    expect(await gapsAt('2031-03-01T00:00:00Z')).toEqual([]);
    expect(await gapsAt('2031-02-28T23:59:59Z')).toContain('usage.api_call');
  });
});

test('migrate prints what it applied, once', async () => {
  const first = await runOn(empty.url, 'migrate', '--json');
  expect(first.exitCode).toBe(0);
  expect((JSON.parse(first.out) as { applied: string[] }).applied[0]).toMatch(/^0000_/);
  const second = await runOn(empty.url, 'migrate');
  expect(second).toEqual({ exitCode: 0, out: '', err: 'The database was up to date.\n' });
  expect((await runOn(empty.url, 'status')).exitCode).toBe(0);
});

test('erase-seller says of nobody that there is nothing to erase, in no feed either', async () => {
  expect(await runOn(database.url, 'erase-seller', 'nobody-here')).toEqual({
    exitCode: 0,
    out: '',
    err: expect.stringMatching(
      /^nothing is stored of seller nobody-here: .*\nNothing was changed: .*\n$/,
    ) as string,
  });
});
