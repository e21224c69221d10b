import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { from as copyFrom } from 'pg-copy-streams';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runCli } from '../../../src/cli/main.ts';
import { exportTimeColumns } from '../../../src/maintenance/export/time-columns.ts';
import { readText } from '../../support/doc-files.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { createProject, createWorld } from '../../support/in-process.ts';
import { computeOverParquet, readParquet } from '../../support/read-parquet.ts';
import { createReaderLogin } from '../../support/reader-login.ts';

let database: TestDatabase;
const project = createProject();

const catalog = `
  INSERT INTO catalog.offer (offer_id, state, subject, subject_translated, trade_score, content_hash, changed_at, call_id)
  VALUES (9223372036854775807, 'listed', '帆布包 😀, "大"', E'=cmd|''/c calc''!A1', 0.0001, '\\x00ff', '2026-11-24 15:59:59.999999+00', 1),
         (9007199254740993, 'gone', E'two\\nlines', E'\\tx', 4.9, NULL, '2026-11-24 16:00:00+00', 9007199254740995),
         (3, 'listed', NULL, '', NULL, NULL, '1969-12-31 23:59:59.999999+00', 1);
  INSERT INTO catalog.price (offer_id, sku_id, kind, min_quantity, amount_cny, valid_from, call_id)
  VALUES (3, 9223372036854775807, 'list', 1, 9999999999.9999, '2026-11-01', 1), (3, 0, 'list', 2, 0.0001, '2026-11-20', 1);
  INSERT INTO sync.seller_observation (seller_id, observed_at, call_id) VALUES ('s', '-infinity', 1);
`;

beforeAll(async () => {
  database = await createTestDatabase();
  await database.pool.query(catalog);
});
afterAll(() => database.drop());

const runExport = (...args: string[]) => runExportWith({}, ...args);

async function runExportWith(env: Readonly<Record<string, string>>, ...args: string[]) {
  const world = { env: { DATABASE_URL: database.url, ...env }, cwd: project };
  const { context, stdout, stderr } = createWorld(world);
  const exitCode = await runCli(['export', ...args], context);
  return { exitCode, out: stdout.text, err: stderr.text };
}

let files = 0;
const newFile = (ending: string) => `file-${String((files += 1))}.${ending}`;
const inProject = (name: string) => join(project, name);

/** Rows as text, in UTC. */
async function textRows(query: string, columns: readonly string[]) {
  const list = columns.map((name) => `"${name}"::text`).join(', ');
  const client = await database.pool.connect();
  try {
    await client.query("SET TimeZone = 'UTC'");
    const { rows } = await client.query<(string | null)[]>({
      text: `SELECT ${list} FROM (${query}) q`,
      rowMode: 'array',
    });
    return rows;
  } finally {
    client.release(true);
  }
}

describe('Parquet', () => {
  test('of a table has each value as Postgres has it, to the last digit and microsecond', async () => {
    for (const table of ['catalog.offer', 'catalog.price']) {
      const file = newFile('parquet');
      expect(await runExport(table, '--out', file)).toMatchObject({ exitCode: 0, out: '' });
      const { columns, rows } = await readParquet(inProject(file));
      const names = columns
        .map((column) => column.split(' ')[0] ?? '')
        .filter((name) => name !== 'content_hash');
      const places = names.map((name) => columns.findIndex((column) => column.startsWith(`${name} `)));
      expect(rows.map((row) => places.map((place) => row[place]))).toEqual(
        await textRows(`SELECT * FROM ${table}`, names),
      );
    }
  });

  test('has the types of Postgres as far as it knows them, and text for the others', async () => {
    const file = newFile('parquet');
    const query = `
      SELECT 9223372036854775807 AS id, 0.0001::numeric(14, 4) AS money, '-12345678901234567890123456789012.123456'::numeric(38, 6) AS huge,
             1.50::numeric AS free, 3::int2 AS small, true AS yes, '{"a": 12345678901234567890}'::jsonb AS doc,
             '{9007199254740993,NULL}'::bigint[] AS ids, ARRAY['中', 'a"b'] AS words, 'x'::char(3) AS padded,
             '2026-11-25 01:02:03.000001'::timestamp AS naive, '0044-03-15 BC'::date AS ides, 0.1::float8 AS double,
             0.1::float4 AS single, interval '1 day 2 hours' AS pause, NULL::int4 AS nothing,
             '550e8400-e29b-41d4-a716-446655440000'::uuid AS uuid, '\\x00ff'::bytea AS bytes`;
    await runExport('--query', query, '--out', file);
    const { columns, rows } = await readParquet(inProject(file));
    expect(columns.map((column, index) => [column, rows[0]?.[index]])).toEqual([
      ['id BIGINT', '9223372036854775807'],
      ['money DECIMAL(14,4)', '0.0001'],
      ['huge DECIMAL(38,6)', '-12345678901234567890123456789012.123456'],
      ['free VARCHAR', '1.50'],
      ['small INTEGER', '3'],
      ['yes BOOLEAN', 'true'],
      ['doc VARCHAR', '{"a": 12345678901234567890}'],
      ['ids VARCHAR', '[9007199254740993,null]'],
      ['words VARCHAR', '["中","a\\"b"]'],
      ['padded VARCHAR', 'x  '],
      ['naive TIMESTAMP', '2026-11-25 01:02:03.000001'],
      ['ides DATE', '0044-03-15 (BC)'],
      ['double DOUBLE', '0.1'],
      ['single FLOAT', '0.1'],
      ['pause VARCHAR', '1 day 02:00:00'],
      ['nothing INTEGER', null],
      ['uuid VARCHAR', '550e8400-e29b-41d4-a716-446655440000'],
      ['bytes BLOB', '\\x00\\xFF'],
    ]);
  });

  test('of a view can be averaged: what a view computes has a precision', async () => {
    const file = newFile('parquet');
    await database.pool.query(
      `INSERT INTO catalog.price_history (offer_id, kind, min_quantity, valid_from, valid_to, amount_cny, next_amount_cny, call_id, closed_by_call_id)
       VALUES (3, 'list', 2, '2026-11-01', '2026-11-20', 0.5001, 0.0001, 1, 1)`,
    );
    await runExport('analytics.fct_price_change', '--out', file);
    const path = inProject(file);
    const { columns } = await readParquet(path);
    expect(columns).toEqual(
      expect.arrayContaining(['change_cny DECIMAL(14,4)', 'change_percent DECIMAL(20,2)']),
    );
    expect(await computeOverParquet(path, 'avg(change_cny)')).toBe('-0.5');
    expect(await computeOverParquet(path, 'avg(change_percent)')).toBe('-99.98');
    // Those of a forecast are as its JSON has them.
    const { rows } = await database.pool.query<{ name: string }>(
      `SELECT DISTINCT format('%s.%s', n.nspname, c.relname) AS name
       FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
       WHERE n.nspname IN ('catalog', 'analytics', 'usage', 'sync') AND c.relkind IN ('r', 'p', 'v')
         AND a.atttypid = 'numeric'::regtype AND a.atttypmod = -1 ORDER BY 1`,
    );
    expect(rows.map(({ name }) => name)).toEqual(['usage.by_run', 'usage.plan_against_actual']);
  });

  test('without rows still has its columns', async () => {
    const file = newFile('parquet');
    expect(await runExport('catalog.sku', '--out', file, '--json')).toMatchObject({ exitCode: 0 });
    const { columns, rows } = await readParquet(inProject(file));
    expect(columns.slice(0, 3)).toEqual(['offer_id BIGINT', 'sku_id BIGINT', 'stock BIGINT']);
    expect(rows).toEqual([]);
  });

  test('of many rows has several row groups, each row once and in order', async () => {
    const file = newFile('parquet');
    const query = 'SELECT g AS id, (g * 0.0001)::numeric(14, 4) AS money FROM generate_series(1, 50001) g';
    const { out } = await runExport('--query', query, '--out', file, '--json');
    expect(JSON.parse(out)).toMatchObject({ file, rows: 50_001 });
    const { rows, rowGroups } = await readParquet(inProject(file));
    expect(rowGroups).toBe(2);
    expect(rows.findIndex(([id], index) => id !== String(index + 1))).toBe(-1);
    expect(rows.at(-1)).toEqual(['50001', '5.0001']);
  });

  test('refuses what it has no value for, by the name of the column, and leaves no file', async () => {
    const file = newFile('parquet');
    const { exitCode, err } = await runExport('sync.seller_observation', '--out', file);
    expect(exitCode).toBe(1);
    expect(err).toContain('error EXPORT_VALUE_UNFIT: column observed_at holds -infinity');
    const twins = await runExport('--query', 'SELECT 1 AS a, 2 AS a', '--out', file);
    expect(twins.err).toContain('two columns are named a');
    expect(readdirSync(project).filter((name) => name.includes(file))).toEqual([]);
  });
});

describe('CSV', () => {
  test('of a table comes back into Postgres as it was', async () => {
    for (const args of [[], ['--out', newFile('csv')]]) {
      const { out } = await runExport('catalog.offer', ...args);
      const csv = args[1] === undefined ? out : readFileSync(inProject(args[1]), 'utf8');
      const client = await database.pool.connect();
      try {
        await client.query('CREATE TEMP TABLE back (LIKE catalog.offer)');
        await pipeline(
          Readable.from([csv]),
          client.query(copyFrom('COPY back FROM STDIN (FORMAT csv, HEADER match)')),
        );
        const { rows } = await client.query(
          '(TABLE back EXCEPT TABLE catalog.offer) UNION ALL (TABLE catalog.offer EXCEPT TABLE back)',
        );
        expect(rows).toEqual([]);
        expect((await client.query('TABLE back')).rowCount).toBe(3);
      } finally {
        client.release(true);
      }
    }
  });

  test('guards texts against spreadsheets with its flag, and never a number', async () => {
    const query = `SELECT x AS word, -1 AS number, '-1 day'::interval AS pause
                   FROM unnest(ARRAY['=1+1', '+1', '-1', '@a', E'\\t=1', E'\\r=1', '＝1', '＋1', '－1', '＠a', 'a=1', '', NULL, '帆']) x`;
    const guarded = await runExport('--query', query, '--formula-guard');
    expect(guarded.out.split(/,-1,-1 days?\n/)).toEqual([
      "word,number,pause\n'=1+1",
      "'+1",
      "'-1",
      "'@a",
      "'\t=1",
      '"\'\r=1"',
      "'＝1",
      "'＋1",
      "'－1",
      "'＠a",
      'a=1',
      '""',
      '',
      '帆',
      '',
    ]);
    const plain = await runExport('--query', query);
    expect(plain.out).toContain('\n=1+1,-1,');
  });
});

describe('--since', () => {
  test('takes an instant, a day of Shanghai or a duration', async () => {
    const idsSince = async (since: string) =>
      (await runExport('catalog.offer', '--since', since)).out
        .split('\n')
        .slice(1, -1)
        .filter((line) => /^\d/.test(line))
        .map((line) => line.split(',')[0]);
    expect(await idsSince('2026-11-25')).toEqual(['9007199254740993']);
    expect(await idsSince('2026-11-24T15:59:59.999Z')).toHaveLength(2);
    expect(await idsSince('2026-11-25T00:00:00+08:00')).toEqual(['9007199254740993']);
    expect(await idsSince('99999d')).toHaveLength(3);
    await database.pool.query(
      "UPDATE catalog.offer SET changed_at = usage.ledger_now() - interval '2 hours' WHERE offer_id = 3",
    );
    expect(await idsSince('3h')).toContain('3');
    expect(await idsSince('1h')).not.toContain('3');
  });

  test.each(['2026-11-25T09:30:00', '2026-02-30', 'yesterday', ''])('refuses %j', async (since) => {
    const { exitCode, err } = await runExport('catalog.offer', '--since', since);
    expect(exitCode).toBe(2);
    expect(err).toContain('Give an instant with its zone');
  });

  test('has a time for each relation that it is documented for, and refuses the others', async () => {
    const rows = readText('docs/export.md').matchAll(/^\| `(\w+)`(?: \([^)]*\))? +\| (`.*)\|$/gm);
    const documented = [...rows].flatMap(([, column = '', names = '']) =>
      [...names.matchAll(/`(\w+\.\w+)`/g)].map(([, name]) => [name, column]),
    );
    expect(Object.fromEntries(documented)).toEqual(exportTimeColumns);
    for (const name of Object.keys(exportTimeColumns)) {
      expect(await runExport(name, '--since', '1d'), name).toMatchObject({ exitCode: 0 });
    }
    const { exitCode, err } = await runExport('catalog.category', '--since', '1d');
    expect(exitCode).toBe(1);
    expect(err).toMatch(/EXPORT_WITHOUT_TIME: catalog.category has no time .*\nwhat to do: Omit --since/);
  });
});

describe('what may be exported', () => {
  test.each([
    ['catalog_analyst', 'catalog.offer'],
    ['catalog_bi', 'analytics.dim_offer'],
    ['catalog_ops', 'usage.daily'],
  ] as const)('a login of %s exports what it may read: %s', async (group, relation) => {
    const login = await createReaderLogin(database, group);
    try {
      const { exitCode, err } = await runExportWith({ DATABASE_READ_URL: login.url }, relation);
      expect({ exitCode, err }).toMatchObject({ exitCode: 0 });
    } finally {
      await login.drop();
    }
  });

  test.each([
    ['offer', 'offer has no schema in front of it'],
    ['raw.payload', 'raw.payload is not in a schema that is exported'],
    ['sync.token', 'sync.token holds credentials'],
    ['catalog.ofer', 'there is no catalog.ofer; catalog has category, deleted_row, observation, offer,'],
    ['catalog.offer; drop table catalog.offer', 'there is no catalog.offer; drop table'],
    ['catalog.price_history_p0', 'there is no catalog.price_history_p0'],
  ])('refuses %s', async (name, message) => {
    const { exitCode, err } = await runExport(name);
    expect(exitCode).toBe(1);
    expect(err).toContain(`error EXPORT_REFUSED: ${message}`);
  });

  test.each([
    ['select 1; drop table catalog.offer', 'cannot insert multiple commands'],
    ['delete from catalog.offer', 'the query was refused'],
    ['explain select 1', 'only the rows of a SELECT'],
    ['select nothing', 'column "nothing" does not exist'],
    ['select from catalog.offer', 'the query has no columns'],
  ])('refuses the query %j', async (query, message) => {
    const { exitCode, err } = await runExport('--query', query);
    expect({ exitCode, err }).toEqual({ exitCode: 1, err: expect.stringContaining(message) as string });
  });

  test.each([
    [[], 'name a table or view'],
    [['catalog.offer', '--query', 'select 1'], "'--query' cannot be used with a table"],
    [['--query', 'select 1', '--since', '1d'], "'--since' cannot be used with option '--query'"],
    [['catalog.offer', '--json'], "'--json' needs '--out'"],
    [['catalog.offer', '--out', 'x.parquet', '--formula-guard'], "'--formula-guard' is for CSV"],
  ])('%j is a usage error', async (args, message) => {
    const { exitCode, err } = await runExport(...args);
    expect({ exitCode, err }).toEqual({ exitCode: 2, err: expect.stringContaining(message) as string });
  });
});

describe('a file', () => {
  test('that exists is replaced by force only, and only once the export is complete', async () => {
    const file = newFile('csv');
    writeFileSync(inProject(file), 'mine');
    symlinkSync(file, inProject(`link-${file}`));
    expect((await runExport('catalog.offer', '--out', file)).err).toContain(
      `EXPORT_FILE_EXISTS: ${inProject(file)} exists`,
    );
    const failing = `SELECT 1 / (1000 - g) AS x FROM generate_series(1, 2000) g`;
    expect((await runExport('--query', failing, '--out', file, '--force')).err).toContain('division by zero');
    expect(readFileSync(inProject(file), 'utf8')).toBe('mine');
    expect(await runExport('--query', 'select 1 as x', '--out', `link-${file}`, '--force')).toMatchObject({
      exitCode: 0,
    });
    expect(readFileSync(inProject(file), 'utf8')).toBe('x\n1\n');
    expect(readdirSync(project).filter((name) => name.endsWith('.part'))).toEqual([]);
  });

  test('is refused where none can be', async () => {
    mkdirSync(inProject('folder'));
    expect((await runExport('catalog.offer', '--out', 'folder', '--force')).err).toContain(
      'which is not a file',
    );
    const { exitCode, err } = await runExport('catalog.offer', '--out', 'nowhere/x.csv');
    expect(exitCode).toBe(1);
    expect(err).toMatch(/EXPORT_NOT_WRITTEN: .*nowhere\/x.csv was not written: its folder does not exist/);
    expect(existsSync(inProject('nowhere'))).toBe(false);
  });
});
