import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hourMs } from '../../../src/core/duration.ts';
import {
  withExport,
  type ExportReader,
  type ExportSource,
} from '../../../src/maintenance/export/export-rows.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';

let db: TestDatabase;
beforeAll(async () => {
  db = await createTestDatabase();
  const name = new URL(db.url).pathname.slice(1);
  await db.pool.query(`
    ALTER DATABASE ${name} SET "TimeZone" = 'Asia/Tokyo';
    ALTER DATABASE ${name} SET "DateStyle" = 'German';
    ALTER DATABASE ${name} SET "IntervalStyle" = 'iso_8601';
    ALTER DATABASE ${name} SET bytea_output = 'escape';
    INSERT INTO usage.hour_total (hour, app_key, api, state, outcome, is_exempt, lane, calls, timed_calls)
    SELECT hour, 'key', 'api', 'committed', 'ok', false, 'refresh', calls, 0
    FROM (VALUES (timestamptz '2026-11-24T15:00Z', 1), ('2026-11-24T16:00Z', 2), ('2026-11-24T17:00Z', 4),
                 (date_trunc('hour', now()) - interval '3 hours', 8)) AS given (hour, calls);
    INSERT INTO usage.totalled_hour (hour) SELECT hour FROM usage.hour_total`);
});
afterAll(() => db.drop());

const query = (text: string): ExportSource => ({ kind: 'query', text });
const all = (name: string): ExportSource => ({ kind: 'relation', name, since: null });

async function read<T>(source: ExportSource, work: (reader: ExportReader) => Promise<T>): Promise<T> {
  let result: { readonly value: T } | undefined;
  const options = { connectionString: db.url, source, signal: new AbortController().signal };
  await withExport(options, async (reader) => {
    result = { value: await work(reader) };
  });
  if (result === undefined) throw new Error('it was not read');
  return result.value;
}

const nothing = () => Promise.resolve();

async function readAll(source: ExportSource): Promise<(string | null)[][]> {
  return read(source, async (reader) => {
    const found: (string | null)[][] = [];
    await reader.readRows((rows) => Promise.resolve(found.push(...rows.map((row) => [...row])) > 0));
    return found;
  });
}

async function readCsv(source: ExportSource, guarded: readonly number[], keepsReading = true) {
  return read(source, async (reader) => {
    let text = '';
    const count = await reader.readCsv(new Set(guarded), (bytes) => {
      text += Buffer.from(bytes).toString();
      return Promise.resolve(keepsReading);
    });
    return { text, count };
  });
}

describe('what can be exported', () => {
  it.each([
    ['SHOW server_version', 'only the rows of a SELECT can be exported'],
    ['EXPLAIN SELECT 1', 'only the rows of a SELECT can be exported'],
    ['SELECT FROM usage.api_call', 'the query has no columns'],
    ['DELETE FROM catalog.offer', /only SELECT, VALUES, TABLE, WITH, EXPLAIN and SHOW/],
    ['SELECT 1 +', /syntax error/],
  ])('%s is refused', async (text, message) => {
    await expect(read(query(text), nothing)).rejects.toMatchObject({
      code: 'QUERY_REFUSED',
      message: typeof message === 'string' ? message : (expect.stringMatching(message) as string),
    });
  });

  it.each([
    ['offer', 'offer has no schema in front of it'],
    ['pg_catalog.pg_authid', 'pg_catalog.pg_authid is not in a schema that is exported'],
    ['public.nothing', 'public.nothing is not in a schema that is exported'],
    ['sync.token', 'sync.token holds credentials and is not exported'],
    ['catalog.offers', /^there is no catalog\.offers; catalog has .*\boffer\b/],
    ['catalog.offer.subject', /^there is no catalog\.offer\.subject; catalog has /],
  ])('no relation is named %s', async (name, message) => {
    await expect(read(all(name), nothing)).rejects.toMatchObject({
      code: 'EXPORT_REFUSED',
      message: typeof message === 'string' ? message : (expect.stringMatching(message) as string),
    });
  });

  it('a month of a table is no table of its own', async () => {
    const { rows } = await db.pool.query<{ name: string }>(
      `SELECT inhrelid::regclass::text AS name FROM pg_inherits WHERE inhparent = 'catalog.observation'::regclass`,
    );
    expect(rows.length).toBeGreaterThan(0);
    for (const { name } of rows)
      await expect(read(all(name), nothing)).rejects.toMatchObject({ code: 'EXPORT_REFUSED' });
  });

  it('a table without a time has no rows since one', async () => {
    const source = { kind: 'relation', name: 'catalog.category', since: { agoMs: 1 } } as const;
    await expect(read(source, nothing)).rejects.toMatchObject({ code: 'EXPORT_WITHOUT_TIME' });
    expect(
      await read(all('catalog.category'), (reader) => reader.readRows(() => Promise.resolve(true))),
    ).toBe(true);
  });
});

describe('rows since a time', () => {
  const hours = (since: { at: Date } | { agoMs: number }, name = 'usage.hour_total') =>
    readAll({ kind: 'relation', name, since }).then((rows) => rows.length);

  it('are those from that instant on', async () => {
    expect(await hours({ at: new Date('2026-11-24T16:00:00Z') })).toBe(3);
    expect(await hours({ at: new Date('2026-11-24T16:00:00.001Z') })).toBe(2);
    expect((await readAll(all('usage.hour_total'))).length).toBe(4);
  });

  it('are those of so long before now', async () => {
    expect(await hours({ agoMs: 4.5 * hourMs })).toBe(1);
    expect(await hours({ agoMs: 1.5 * hourMs })).toBe(0);
  });

  it('are those of its day in China where they have a day', async () => {
    const days = (at: string) => hours({ at: new Date(at) }, 'usage.daily');
    expect(await days('2026-11-24T15:59:59Z')).toBe(3);
    expect(await days('2026-11-24T16:00:00Z')).toBe(2);
    expect(await days('2026-11-25T15:59:59Z')).toBe(2);
  });
});

describe('the rows of an export', () => {
  it('have the same text whatever the database is set to', async () => {
    const text = String.raw`SELECT timestamptz '2026-11-28 00:00+08', interval '1 day 2 hours', '\xff'::bytea, NULL`;
    expect(await readAll(query(`${text};`))).toEqual([
      ['2026-11-27 16:00:00+00', '1 day 02:00:00', String.raw`\xff`, null],
    ]);
  });

  it('have columns with any names, and arrays as JSON', async () => {
    const source = query(`SELECT ARRAY[1, NULL] AS "a""b", 'x' AS same, 'y' AS same`);
    expect(await read(source, ({ columns }) => Promise.resolve(columns))).toMatchObject([
      { name: 'a"b', isArray: true },
      { name: 'same', isArray: false },
      { name: 'same', isArray: false },
    ]);
    expect(await readAll(source)).toEqual([['[1,null]', 'x', 'y']]);
  });

  it.each([
    [0, []],
    [1999, [1999]],
    [2000, [2000]],
    [2001, [2000, 1]],
    [4000, [2000, 2000]],
  ])('come in batches, %i in %j', async (count, expected) => {
    const seen: number[] = [];
    const source = query(`SELECT generate_series(1, ${String(count)})`);
    const isWhole = await read(source, (reader) =>
      reader.readRows((rows) => Promise.resolve(seen.push(rows.length) > 0)),
    );
    expect([seen, isWhole]).toEqual([expected, true]);
  });

  it('are not read on when the reader stops, and can be read again', async () => {
    const source = query('SELECT generate_series(1, 5000)');
    let batches = 0;
    const stop = () => Promise.resolve(++batches < 2);
    expect(await read(source, (reader) => reader.readRows(stop))).toBe(false);
    expect(batches).toBe(2);
    const twice = async (reader: ExportReader) =>
      (await reader.readRows(() => Promise.resolve(true))) &&
      (await reader.readRows(() => Promise.resolve(true)));
    expect(await read(source, twice)).toBe(true);
  });

  it('are counted as CSV; the cells of guarded columns are no formula', async () => {
    const source = query(`SELECT * FROM (VALUES ('=1', '=1'), ('＝1', 'a,b'), ('1=', NULL)) AS v (a, b)`);
    expect(await readCsv(source, [])).toEqual({ text: 'a,b\n=1,=1\n＝1,"a,b"\n1=,\n', count: 3 });
    expect(await readCsv(source, [0])).toEqual({ text: `a,b\n'=1,=1\n'＝1,"a,b"\n1=,\n`, count: 3 });
    const many = query('SELECT generate_series(1, 100000)');
    expect(await readCsv(many, [], false)).toMatchObject({ count: null });
    expect(await readCsv(many, [])).toMatchObject({ count: 100_000 });
  });

  it('are of the time of their snapshot', async () => {
    const at = await read(query('SELECT 1'), ({ snapshotAt }) => Promise.resolve(snapshotAt));
    expect(Math.abs(at.getTime() - Date.now())).toBeLessThan(hourMs);
  });
});
