import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { createLogger } from '../../../src/core/log.ts';
import { migrate } from '../../../src/db/migrate.ts';
import {
  findMigrationsFolder,
  readMigrations,
  readRepeatables,
} from '../../../src/db/migrations/read-migrations.ts';
import { createTestDatabase } from '../../support/database.ts';
import { listPreviousMigrations, unpackPreviousMigrations } from '../../support/previous-release.ts';

/*
 * While hosts are upgraded one after the other, the release before works on the new schema. What it uses may therefore
 * only be taken away by the release after the next one: expand now, contract later (CONTRIBUTING.md). What the rule can't
 * see, test/system/deploy/rolling-upgrade.test.ts may.
 */

const forbidden: readonly (readonly [RegExp, string])[] = [
  [
    /\bDROP\s+(TABLE|COLUMN|SCHEMA|TYPE|FUNCTION|PROCEDURE|TRIGGER|SEQUENCE)\b/i,
    'takes away what may be in use',
  ],
  [/\bRENAME\b/i, 'takes a name away'],
  [/\bALTER\s+COLUMN\s+\S+\s+(SET\s+DATA\s+)?TYPE\b/i, 'rewrites a table and changes what is read'],
  [/\bALTER\s+COLUMN\s+\S+\s+SET\s+NOT\s+NULL\b/i, 'refuses rows of the release before'],
  [
    /\bADD\s+COLUMN\s+(?![^,;]*\b(DEFAULT|GENERATED)\b)[^,;]*\bNOT\s+NULL\b/i,
    'refuses rows of the release before',
  ],
  [/\bTRUNCATE\b/i, 'empties a table'],
];

/** Migrations that may do it all the same, with the reason why the release before does not mind. */
const excused: Readonly<Record<string, string>> = {};

/** What a migration does that the release before might not survive. */
function findContractions(sql: string): string[] {
  const code = sql
    .replaceAll(/--.*$/gm, '')
    .replaceAll(/\$\$[^]*?\$\$/g, '')
    .replaceAll(/'[^']*'/g, "''");
  return forbidden.flatMap(([pattern, why]) => {
    const found = pattern.exec(code);
    return found ? [`${found[0]}: ${why}`] : [];
  });
}

const previous = new Set(listPreviousMigrations());
const files = readMigrations(findMigrationsFolder());

test('the previous release has the first of our migrations', () => {
  expect(previous.size).toBeGreaterThan(0);
  expect(files.slice(0, previous.size).map(({ name }) => name)).toEqual([...previous]);
});

test('migrations since the previous release only add', () => {
  const later = files.filter(({ name }) => !previous.has(name) && !(name in excused));
  const found = later.map(({ name, sql }) => [name, findContractions(sql)]);
  expect(found.filter(([, contractions]) => contractions?.length !== 0)).toEqual([]);
});

/** Functions that may be missing all the same, by their arguments, with the reason why the release before does not call them. */
const retired: Readonly<Record<string, string>> = {};

async function listFunctions(folder: string): Promise<string[]> {
  const db = await createTestDatabase({ migrated: false });
  try {
    await migrate({
      connectionString: db.url,
      folder,
      log: createLogger({ level: 'silent', pretty: false }),
    });
    const { rows } = await db.pool.query<{ name: string }>(
      `SELECT p.oid::regprocedure || ' gives ' || pg_get_function_result(p.oid) AS name
       FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
       WHERE n.nspname IN ('catalog', 'sync', 'usage', 'raw', 'analytics')`,
    );
    return rows.map(({ name }) => name);
  } finally {
    await db.drop();
  }
}

describe('functions and views', () => {
  const scratch = mkdtempSync(join(tmpdir(), 'previous-'));
  const previousFolder = unpackPreviousMigrations(scratch);
  afterAll(() => rmSync(scratch, { recursive: true }));

  test('each function of the previous release is there, with the same arguments and result', async () => {
    const present = new Set(await listFunctions(findMigrationsFolder()));
    const before = await listFunctions(previousFolder);
    expect(before.length).toBeGreaterThan(30);
    expect(before.filter((name) => !present.has(name) && !(name in retired))).toEqual([]);
  });

  test('that changed since the previous release come with a migration, by which its `migrate` leaves them alone', () => {
    const isSame = readRepeatables(previousFolder).hash === readRepeatables(findMigrationsFolder()).hash;
    const hasLater = files.length > previous.size;
    const advice = 'add a migration, be it empty: npx drizzle-kit generate --custom --name <what changed>';
    expect(isSame || hasLater, advice).toBe(true);
  });
});

test.each([
  'ALTER TABLE a DROP COLUMN b',
  'DROP TABLE "a"."b"',
  'ALTER TABLE a RENAME COLUMN b TO c',
  'ALTER TABLE "a" ALTER COLUMN "b" SET DATA TYPE bigint',
  'ALTER TABLE a ALTER COLUMN b SET NOT NULL',
  'ALTER TABLE "a" ADD COLUMN "b" integer NOT NULL',
])('%s is found', (sql) => {
  expect(findContractions(sql)).toHaveLength(1);
});

test.each([
  'ALTER TABLE a ADD COLUMN b integer DEFAULT 0 NOT NULL',
  'CREATE TABLE a (b int NOT NULL)',
  "COMMENT ON TABLE a IS 'nothing may RENAME it'",
  'ALTER TABLE "a" DROP CONSTRAINT "a_key"',
])('%s is fine', (sql) => {
  expect(findContractions(sql)).toEqual([]);
});
