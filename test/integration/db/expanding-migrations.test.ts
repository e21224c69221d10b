import { expect, test } from 'vitest';
import { findMigrationsFolder, readMigrations } from '../../../src/db/migrations/read-migrations.ts';
import { listPreviousMigrations } from '../../support/previous-release.ts';

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
