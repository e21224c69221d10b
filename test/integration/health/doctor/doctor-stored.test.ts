import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { findRemedy } from '../../../../src/app/find-remedy.ts';
import { loadConfig } from '../../../../src/config/environment.ts';
import { parseSyncFile } from '../../../../src/config/parse-sync-file.ts';
import { ensurePartitions } from '../../../../src/db/partitions.ts';
import { checkDatabase } from '../../../../src/health/doctor/check-database.ts';
import { checkDefinitions } from '../../../../src/health/doctor/check-definitions.ts';
import { checkGitIgnore } from '../../../../src/health/doctor/check-git-ignore.ts';
import { checkHealth } from '../../../../src/health/doctor/check-health.ts';
import { checkPrices } from '../../../../src/health/doctor/check-prices.ts';
import { checkSchedules } from '../../../../src/health/doctor/check-schedules.ts';
import { checkSearches } from '../../../../src/health/doctor/check-searches.ts';
import { auditPrices } from '../../../../src/health/doctor/price-audit.ts';
import { runSql } from '../../../../src/db/sql-file.ts';
import { readSql } from '../../../../src/health/read-sql.ts';
import { retentionAges } from '../../../../src/maintenance/retention-ages.ts';
import { createRetentionStore } from '../../../../src/maintenance/retention-store.ts';
import { createTestDatabase, type TestDatabase } from '../../../support/database.ts';
import { createProject } from '../../../support/in-process.ts';

const sync = parseSyncFile('account: personal\nfeeds: [{ name: x, categories: ["0"] }]', 'test');
const config = loadConfig({ projectDir: '/nowhere', env: {}, readFiles: false });

let db: TestDatabase;
beforeAll(async () => {
  db = await createTestDatabase();
});
afterAll(() => db.drop());
beforeEach(() =>
  run(
    `TRUNCATE sync.run, sync.schedule, sync.slot, sync.search_window, sync.worker, catalog.offer, catalog.price,
              catalog.price_history RESTART IDENTITY CASCADE`,
  ),
);

const run = (sql: string, params: readonly unknown[] = []) => db.pool.query(sql, [...params]);
const lines = (checks: Awaited<ReturnType<typeof checkSearches>>) =>
  checks.map(({ status, name, message }) => `${status} ${name}: ${message}`);

describe('searches', () => {
  const addRun = (cause: string | null, isEnded = true) =>
    run(
      `INSERT INTO sync.run (scope, trigger, source, status, feeds, cause, ended_at)
       VALUES (gen_random_uuid()::text, 'test', 'live', 'partial_error', '[]', $1, CASE WHEN $2 THEN now() END)`,
      [cause, isEnded],
    );

  test('whose answers the newest run that ended did not believe are a warning', async () => {
    expect(await checkSearches(db.pool)).toEqual([]);
    await addRun('ANSWERS_SUSPECT', false);
    expect(await checkSearches(db.pool)).toEqual([]);
    await addRun('ANSWERS_SUSPECT');
    await addRun(null, false);
    expect(lines(await checkSearches(db.pool))).toEqual([
      'warn answers: run 2 did not believe its answers: many searches shrank, or many details were empty',
    ]);
    await addRun('quota');
    expect(await checkSearches(db.pool)).toEqual([]);
  });

  test('that were given a keyword are counted', async () => {
    await run(
      "INSERT INTO sync.search_window (feed, keyword, category_id, language) VALUES ('f', 'a', 7, 'en'), ('f', 'b', 8, 'en')",
    );
    expect(lines(await checkSearches(db.pool))).toEqual([
      'warn keywords: 1688 refused to search a category without a keyword: 2 searches use the name of the category',
    ]);
  });
});

describe('schedules', () => {
  const now = new Date('2026-11-25T04:00:00Z');
  const add = (name: string, cron: string, paused: string | null = null) =>
    run(
      `INSERT INTO sync.schedule (name, cron, time_zone, feeds, missed, origin, counts_from, created_at, updated_at, paused_at)
       VALUES ($1, $2, 'UTC', '["x"]', 'skip', 'cli', $3, $3, $3, $4)`,
      [name, cron, now, paused],
    );
  const said = async () => lines(await checkSchedules(db.pool, sync, now));

  test('are told with the next slot of all', async () => {
    expect(await said()).toEqual([]);
    await add('a', '0 9 * * *');
    await add('b', '0 7 * * *');
    await add('c', '0 5 * * *', '2026-11-25 00:00Z');
    expect(await said()).toEqual(['ok schedules: 3 stored, next slot 2026-11-25 15:00 (Shanghai)']);
    await run("UPDATE sync.schedule SET paused_at = '2026-11-25 00:00Z'");
    expect(await said()).toEqual(['ok schedules: 3 stored, all of them paused']);
  });

  test('with a problem are told by that', async () => {
    await add('a', '0 9 * * *');
    await run(`UPDATE sync.schedule SET feeds = '["y"]'`);
    expect(await said()).toEqual([
      'warn schedules: a is for feeds that catalog-sync.yaml does not have (y): its slots are skipped.',
    ]);
  });
});

describe('prices', () => {
  test('that overlap are named, five offers of all', async () => {
    await run(
      `INSERT INTO catalog.offer (offer_id, state, changed_at, call_id) SELECT n, 'listed', now(), 1 FROM generate_series(1, 8) n`,
    );
    await run(
      `INSERT INTO catalog.price (offer_id, sku_id, kind, min_quantity, amount_cny, valid_from, call_id)
       SELECT n, 0, 'list', 1, 5, '2031-01-02', 1 FROM generate_series(1, 8) n`,
    );
    // Each of these ends as the price of its key begins, or is of another key.
    await run(
      `INSERT INTO catalog.price_history (offer_id, sku_id, kind, min_quantity, valid_from, valid_to, amount_cny, call_id,
                                          closed_by_call_id)
       VALUES (1, 0, 'list', 1, '2031-01-01', '2031-01-02', 4, 1, 1), (2, 1, 'list', 1, '2031-01-01', '2031-01-03', 4, 1, 1),
              (3, 0, 'search', 1, '2031-01-01', '2031-01-03', 4, 1, 1), (4, 0, 'list', 2, '2031-01-01', '2031-01-03', 4, 1, 1)`,
    );
    expect(await auditPrices(db.pool)).toEqual({ offers: 8, overlapping: [] });
    expect(await checkPrices(db.pool)).toEqual([]);
    await run(
      `INSERT INTO catalog.price_history (offer_id, kind, min_quantity, valid_from, valid_to, amount_cny, call_id, closed_by_call_id)
       SELECT n, 'list', 1, from_day, '2031-01-03', 4, 1, 1
       FROM generate_series(3, 8) n, unnest(ARRAY['2030-01-01', '2030-01-02']::timestamptz[]) from_day`,
    );
    expect(lines(await checkPrices(db.pool))).toEqual([
      'warn price history: intervals overlap in 6 of 8 checked offers: 3, 4, 5, 6, 7',
    ]);
  });

  test('are read of ten neighbours at a place', async () => {
    // A place is as good as always between the first offer and the others.
    await run(
      `INSERT INTO catalog.offer (offer_id, state, changed_at, call_id)
       SELECT id, 'listed', now(), 1 FROM unnest(ARRAY[0]::bigint[]) id
       UNION ALL SELECT 1000000000000 + n, 'listed', now(), 1 FROM generate_series(1, 12) n`,
    );
    const rows = await runSql<{ offerId: string }>(db.pool, readSql('sample-offers'), [1]);
    expect(rows.map(({ offerId }) => Number(offerId) - 1e12).toSorted((a, b) => a - b)).toEqual([
      ...[1, 2, 3, 4, 5, 6, 7, 8, 9, 10],
    ]);
  });
});

describe('what is listed', () => {
  test('of functions and views is five names and a number', async () => {
    const add = (n: number) => run(`CREATE VIEW catalog.added${String(n)} AS SELECT 1 AS one`);
    for (const n of [1, 2, 3, 4, 5]) await add(n);
    const said = async () =>
      lines(await checkDefinitions(db.pool))[0]
        ?.split(': ')
        .at(-1);
    const five = [1, 2, 3, 4, 5].map((n) => `catalog.added${String(n)} was added`).join(', ');
    expect(await said()).toBe(five);
    await add(6);
    expect(await said()).toBe(`${five} and 1 more`);
    for (const n of [1, 2, 3, 4, 5, 6]) await run(`DROP VIEW catalog.added${String(n)}`);
    expect(await checkDefinitions(db.pool)).toEqual([]);
  });

  test('of old months is four names and a number', async () => {
    await ensurePartitions(db.pool, new Date('2021-01-01T00:00:00Z'));
    const expired = await createRetentionStore({ pool: db.pool }).listExpired(
      new Date(Date.now() - 2 * 86_400_000),
      retentionAges(sync),
    );
    const names = expired.map(({ partitionName }) => partitionName);
    const parts = { config, sync, place: 'here', findRemedy };
    const said = async () =>
      (await checkDatabase(db.pool, parts)).flatMap(({ name, message }) =>
        name === 'old months' ? [message] : [],
      );
    for (const name of names.slice(5)) await run(`DROP TABLE ${name}`);
    const four = `older than \`retention\` says: ${names.slice(0, 4).join(', ')}`;
    expect(await said()).toEqual([`${four} and 1 more`]);
    await run(`DROP TABLE ${names[4] ?? ''}`);
    expect(await said()).toEqual([four]);
    const without = await checkDatabase(db.pool, { ...parts, sync: null });
    expect(without.filter(({ name }) => name === 'old months')).toEqual([]);
    for (const name of names.slice(0, 4)) await run(`DROP TABLE ${name}`);
  });
});

describe('health', () => {
  test('has no issue of tokens that a token of the console takes the place of', async () => {
    const said = async (env: Record<string, string>) => {
      const settings = loadConfig({ projectDir: '/nowhere', env, readFiles: false });
      return lines(await checkHealth(db.pool, { config: settings, sync, findRemedy }));
    };
    await run(
      "INSERT INTO sync.token (app_key, access_token, access_expires_at, updated_at) VALUES ('1', '', '2026-01-01', now())",
    );
    const used = { ALIBABA_APP_KEY: '1', ALIBABA_ACCESS_TOKEN: 'of the console' };
    expect(await said(used)).toEqual(['ok health: no health issue']);
    const expired = [expect.stringMatching(/^warn health log-in: The stored tokens expired/)];
    expect(await said({ ALIBABA_APP_KEY: '1' })).toEqual(expired);
    expect(await said({ ...used, ALIBABA_REFRESH_TOKEN: 'r' })).toEqual(expired);
    await run('TRUNCATE sync.token');
  });

  test('is without an issue where only an App Key is missing, or a process was replaced', async () => {
    const said = async (env: Record<string, string>) => {
      const settings = loadConfig({ projectDir: '/nowhere', env, readFiles: false });
      return lines(await checkHealth(db.pool, { config: settings, sync, findRemedy }));
    };
    expect(await said({})).toEqual(['ok health: no health issue']);
    await run(
      `INSERT INTO sync.worker (worker_id, host, pid, started_at, heartbeat_at)
       SELECT gen_random_uuid(), 'a', pid, clock_timestamp() - age, clock_timestamp() - age
       FROM (VALUES (1, interval '1 hour'), (2, interval '0')) v (pid, age)`,
    );
    expect(await said({ ALIBABA_APP_KEY: '1' })).toEqual(['ok health: no health issue']);
    await run('DELETE FROM sync.worker WHERE pid = 2');
    expect(await said({ ALIBABA_APP_KEY: '1' })).toEqual([
      expect.stringMatching(/^warn health worker-lost: Process 1 on a was killed .*\nCause: your settings/),
    ]);
  });
});

describe('git', () => {
  test('that could not be run is not checked', async () => {
    expect(lines(await checkGitIgnore('/nowhere/at/all'))).toEqual(['skip git: git could not be run']);
    expect(lines(await checkGitIgnore(createProject()))).toEqual(['skip git: not a git repository']);
  });
});
