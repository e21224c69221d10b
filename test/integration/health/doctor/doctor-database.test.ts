import { appendFileSync, cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findRemedy } from '../../../../src/app/find-remedy.ts';
import { checkDatabase } from '../../../../src/health/doctor/check-database.ts';
import { checkDefinitions } from '../../../../src/health/doctor/check-definitions.ts';
import { loadConfig } from '../../../../src/config/environment.ts';
import { createLogger } from '../../../../src/core/log.ts';
import { migrate } from '../../../../src/db/migrate.ts';
import { findMigrationsFolder } from '../../../../src/db/migrations/read-migrations.ts';
import { ensurePartitions } from '../../../../src/db/partitions.ts';
import { createRetentionStore, type RetentionStore } from '../../../../src/maintenance/retention-store.ts';
import { parseSyncFile } from '../../../../src/config/parse-sync-file.ts';
import { retentionAges } from '../../../../src/maintenance/retention-ages.ts';
import { api, appKey, openLedger, settlementFor, type OpenLedger } from '../../../support/open-ledger.ts';
import { createTestDatabase } from '../../../support/database.ts';
import { createProject } from '../../../support/in-process.ts';

const sync = parseSyncFile('account: personal\nfeeds: [{ name: x, categories: ["0"] }]', 'test');
const config = loadConfig({ projectDir: createProject(), env: {} });

let at: OpenLedger;
let retention: RetentionStore;
beforeAll(async () => {
  at = await openLedger();
  retention = createRetentionStore({ pool: at.db.pool });
  // The months in which this test runs.
  await retention.dropExpired(new Date('2031-01-01T00:00:00Z'), {
    rawMs: 0,
    callsMs: 0,
    observationsMs: 0,
    searchHitsMs: 0,
  });
});
afterAll(() => at.db.drop());

/** What the doctor finds wrong. */
async function findings(): Promise<string[]> {
  const checks = await checkDatabase(at.db.pool, { config, sync, place: 'DATABASE_URL', findRemedy });
  return checks.filter(({ status }) => status === 'warn').map((check) => `${check.name}: ${check.message}`);
}

test('a database that lacks a migration is not looked into', async () => {
  const behind = await createTestDatabase({ migrated: false });
  try {
    const checks = await checkDatabase(behind.pool, { config, sync, place: 'DATABASE_URL', findRemedy });
    expect(checks).toMatchObject([{ name: 'database', status: 'fail', exitCode: 1 }]);
    expect(checks[0]?.message).toMatch(
      /^DATABASE_NOT_MIGRATED: the database lacks 1 migration of this version/,
    );
  } finally {
    await behind.drop();
  }
});

test('months that are older than they are kept are named a day later, until they are dropped', async () => {
  await ensurePartitions(at.db.pool, new Date('2031-01-01T00:00:00Z'));
  // Answers of January are kept for 90 days after its end.
  await at.setTime('2031-05-03T23:00:00Z');
  await ensurePartitions(at.db.pool, new Date('2031-05-03T23:00:00Z'));
  expect(await findings()).toEqual([]);
  await at.setTime('2031-05-04T01:00:00Z');
  expect(await findings()).toEqual(['old months: older than `retention` says: raw.payload_2031_01']);
  await retention.dropExpired(new Date('2031-05-04T01:00:00Z'), retentionAges(sync));
  expect(await findings()).toEqual([]);
});

test('price intervals that overlap are named with their offer', async () => {
  await at.db.pool.query(
    `INSERT INTO catalog.offer (offer_id, state, changed_at, call_id) VALUES (7, 'listed', now(), 1), (8, 'listed', now(), 1)`,
  );
  await at.db.pool.query(
    `INSERT INTO catalog.price (offer_id, kind, min_quantity, amount_cny, valid_from, call_id)
     VALUES (7, 'list', 1, 5, '2031-01-02', 1), (8, 'list', 1, 5, '2031-01-02', 1)`,
  );
  expect(await findings()).not.toContainEqual(expect.stringMatching(/^price history/));
  await at.db.pool.query(
    `INSERT INTO catalog.price_history
       (offer_id, kind, min_quantity, valid_from, valid_to, amount_cny, call_id, closed_by_call_id)
     VALUES (8, 'list', 1, '2031-01-01', '2031-01-03', 4, 1, 1)`,
  );
  expect(await findings()).toContain('price history: intervals overlap in 1 of 2 checked offers: 8');
  await at.db.pool.query('DELETE FROM catalog.price_history');
});

test('a month that is kept for an answer that was never loaded is named with the reason', async () => {
  await at.setTime('2031-02-15T00:00:00Z');
  await at.quota.setLimit({ appKey, api, period: 'day', callLimit: 10 });
  const call = await at.grant('a');
  await at.ledger.settle(settlementFor(call.callId));
  await at.setTime('2031-06-15T00:00:00Z');
  await ensurePartitions(at.db.pool, new Date('2031-06-15T00:00:00Z'));
  expect(await findings()).toEqual([
    expect.stringMatching(/^health answers-unloaded: 1 answer is stored but not in the catalog, .*\nCause: /),
    'old months: not dropped, because answers or calls in them are not in the catalog or totals: raw.payload_2031_02',
  ]);
});

test('searches that are not listed in full are named, three of them', async () => {
  const outcomes = ['complete', 'capped', 'truncated', 'page_repeated', 'capped'];
  const named = 'searches: not listed in full: 1号 (cups), 2号 (cups), 3号 (cups)';
  for (const [index, outcome] of outcomes.entries()) {
    await at.db.pool.query(
      `INSERT INTO sync.search_window (feed, keyword, language, total_records, last_outcome)
       VALUES ('cups', $1, 'en', $2, $3)`,
      [`${index}号`, 2000 - index, outcome],
    );
    const reported = (await findings()).filter((line) => line.startsWith('searches'));
    if (index === 0) expect(reported).toEqual([]);
    if (index === 3) expect(reported).toEqual([named]);
    if (index === 4) expect(reported).toEqual([`${named} and others`]);
  }
});

test('functions and views that were edited, dropped or added by hand are named, until they are re-created', async () => {
  const log = createLogger({ level: 'silent', pretty: false });
  const mine = async () => (await findings()).filter((finding) => finding.startsWith('functions and views'));
  expect(await mine()).toEqual([]);
  await at.db.pool.query(
    `CREATE OR REPLACE FUNCTION usage.pace_slack() RETURNS float8 LANGUAGE sql IMMUTABLE AS 'SELECT 1::float8'`,
  );
  await at.db.pool.query('DROP FUNCTION sync.grant_readers()');
  await at.db.pool.query('CREATE VIEW catalog.added AS SELECT 1 AS one');
  expect(await mine()).toEqual([
    'functions and views: changed since they were created: catalog.added was added, sync.grant_readers() is missing, usage.pace_slack() was changed',
  ]);
  await migrate({ connectionString: at.db.url, log });
  expect(await mine()).toEqual([]);
});

test('functions and views of other files are told apart from those of a later version', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'migrations-'));
  cpSync(findMigrationsFolder(), folder, { recursive: true });
  appendFileSync(join(folder, 'functions', 'usage-pace-slack.sql'), '-- Edited.\n');
  expect(await checkDefinitions(at.db.pool, folder)).toMatchObject([
    { status: 'warn', message: 'created by another version' },
  ]);
  await at.db.pool.query(
    `INSERT INTO drizzle.__drizzle_migrations (hash, created_at) VALUES ('of a later version', 32503680000000)`,
  );
  expect(await checkDefinitions(at.db.pool, folder)).toEqual([]);
  rmSync(folder, { recursive: true });
});
