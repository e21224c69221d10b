import { afterAll, beforeAll, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

it.each<[string, string, number | null]>([
  ['of twice the time, is as the two numbers say', '2, 10, 10', 0.25],
  ['of no age is certain', '2, 10, 0', 1],
  ['of a time to come is certain, too', '2, 10, -3', 1],
  ['of an unknown age is unknown', '2, 10, NULL', null],
  ['is unknown where nothing was seen in no days', '0, 0, 5', null],
  ['is unknown where the days are none', '2, -10, 20', null],
  ['is unknown where no days are known', '2, NULL, 5', null],
  ['is unknown where no changes are known', 'NULL, 10, 5', null],
])('the chance that something held, %s', async (_, given, chance) => {
  const { rows } = await database.pool.query<{ chance: number | null }>(
    `SELECT analytics.chance_held(${given}) AS chance`,
  );
  expect(rows).toEqual([{ chance }]);
});
