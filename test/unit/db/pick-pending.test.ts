import { expect, it } from 'vitest';
import { pickPending } from '../../../src/db/migrations/pick-pending.ts';

const file = (createdAtMs: number) => ({
  name: `m${createdAtMs}`,
  createdAtMs,
  sql: '',
  hash: `h${createdAtMs}`,
});
const files = [file(10), file(20), file(30)];
const applied = (...times: number[]) =>
  times.map((createdAtMs) => ({ createdAtMs, hash: `h${createdAtMs}` }));

it.each<[string, number[], string[]]>([
  ['all of an empty database', [], ['m10', 'm20', 'm30']],
  ['those after the newest', [10], ['m20', 'm30']],
  ['none of a database that has all, in any order', [30, 10, 20], []],
])('a database lacks %s', (_, times, expected) => {
  expect(pickPending(files, applied(...times)).map(({ name }) => name)).toEqual(expected);
});

const edited = [...applied(10), { createdAtMs: 20, hash: 'other' }];
it.each([
  [
    'an older one than the first',
    applied(9, 10),
    {
      code: 'DATABASE_BEFORE_BASELINE',
      message:
        'this database is of a version from before the first release (it has 1 migration from before our first one); nothing was changed',
    },
  ],
  ['another text of one', edited, { code: 'DATABASE_MIGRATION_EDITED', facts: { migration: 'm20' } }],
  [
    'one that is unknown',
    applied(10, 20, 30, 40),
    { code: 'DATABASE_NEWER', facts: { unknownMigrations: 1 } },
  ],
  [
    'one that is unknown between two',
    applied(10, 15),
    { code: 'DATABASE_NEWER', facts: { unknownMigrations: 1 } },
  ],
  [
    'a newer one than one it lacks',
    applied(10, 30),
    { code: 'DATABASE_MIGRATION_OUT_OF_ORDER', facts: { migration: 'm20' } },
  ],
])('a database is refused that has %s', (_, rows, error) => {
  expect(() => pickPending(files, rows)).toThrow(expect.objectContaining(error));
});

it('a migration is refused that has the time of one that the database has', () => {
  const twice = [file(10), { ...file(10), name: 'second' }];
  expect(() => pickPending(twice, applied(10))).toThrow('migration second is older than one');
});
