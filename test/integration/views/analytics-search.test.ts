import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { createLogger } from '../../../src/core/log.ts';
import { migrate } from '../../../src/db/migrate.ts';
import { databaseUrl, dropDatabase, withAdmin } from '../../support/admin.ts';

const log = createLogger({ level: 'silent', pretty: false });

/** One that knows nothing of Chinese, and whatever the server has. */
const locales = [
  { locale: 'C', clause: `LC_COLLATE 'C' LC_CTYPE 'C'` },
  { locale: 'the server', clause: '' },
];

describe.each(locales)('analytics.search_offers in a database with the locale of $locale', ({ clause }) => {
  const { adminUrl, databasePrefix } = inject('testServers');
  const name = `${databasePrefix}${randomBytes(5).toString('hex')}`;
  let pool: pg.Pool;

  beforeAll(async () => {
    await withAdmin(adminUrl, (client) =>
      client.query(`CREATE DATABASE ${name} TEMPLATE template0 ENCODING 'UTF8' ${clause}`),
    );
    await migrate({ connectionString: databaseUrl(adminUrl, name), log });
    pool = new pg.Pool({ connectionString: databaseUrl(adminUrl, name), max: 2 });
    pool.on('error', () => undefined);
    await pool.query(
      `INSERT INTO catalog.offer (offer_id, state, subject, subject_translated, changed_at, call_id)
       SELECT g, 'listed', '帆布包' || g, NULL, now(), 1 FROM generate_series(1000, 4000) g;
       INSERT INTO catalog.offer (offer_id, state, subject, subject_translated, changed_at, call_id)
       VALUES (1, 'listed', '新款手机壳防水', 'Waterproof Phone Case', now(), 1),
              (2, 'delisted', '手机', '手机', now(), 1),
              (3, 'listed', '手工皮带机', NULL, now(), 1),
              (4, 'listed', 'ＵＳＢ数据线 ２米', 'USB cable', now(), 1),
              (5, 'listed', '100%纯棉_T恤 "大码" \\ ''款''', NULL, now(), 1),
              (6, 'gone', NULL, NULL, now(), 1),
              (7, 'listed', '玻璃杯', 'Glass𠮷cup', now(), 1),
              (8, 'listed', '子弹水壶 水杯子', NULL, now(), 1);
       ANALYZE catalog.offer`,
    );
  }, 120_000);
  afterAll(async () => {
    await pool.end();
    await withAdmin(adminUrl, (client) => dropDatabase(client, name));
  });

  const search = async (query: string | null, maxRows: number | null = 100) => {
    const { rows } = await pool.query<{ offer_id: string }>(
      'SELECT offer_id FROM analytics.search_offers($1, $2)',
      [query, maxRows],
    );
    return rows.map((row) => Number(row.offer_id));
  };

  it.each([
    ['手机', [1, 2]],
    ['机', [3, 1, 2]],
    ['杯', [8, 7]],
    ['𠮷', [7]],
    ['手机 防水', [1]],
    ['防水　手机', [1]],
    ['防水手机', []],
    // All its pairs are there, and the word is not.
    ['水杯子弹', []],
    ['水壶 水杯子弹', []],
    ['水杯子弹 水壶', []],
    ['PHONE', [1]],
    ['usb', [4]],
    ['ＵＳＢ', [4]],
    ['2米', [4]],
    ['phone 壳', [1]],
    ['%', [5]],
    ['_t', [5]],
    ['"大码"', [5]],
    ['\\', [5]],
    [`'款'`, [5]],
    [`'; DROP TABLE catalog.offer; --`, []],
    ['%机', []],
    ['', []],
    [' \t\n　', []],
    [null, []],
    ['手机'.repeat(20_000), []],
    ['é', []],
  ])('finds by %j', async (query, ids) => {
    expect(await search(query)).toEqual(ids);
  });

  it('gives those on sale first, and no more than asked for', async () => {
    expect(await search('机', 2)).toEqual([3, 1]);
    expect(await search('机', 0)).toEqual([]);
    expect(await search('机', -5)).toEqual([]);
    expect(await search('包', 1_000_000)).toHaveLength(3001);
    expect(await search('包', null)).toHaveLength(3001);
  });

  it.each(['手机', '杯', 'usb cable'])('goes by the index for %s', async (query) => {
    const { rows } = await pool.query<{ 'QUERY PLAN': string }>(
      `EXPLAIN SELECT * FROM analytics.search_offers('${query}')`,
    );
    expect(rows.map((row) => row['QUERY PLAN']).join('\n')).toMatch(/Bitmap Index Scan on offer_text/);
  });
});
