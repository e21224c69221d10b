import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { parseSyncFile } from '../../../src/config/parse-sync-file.ts';
import type { Schedule } from '../../../src/model/sync-config.ts';
import { createAgeStore } from '../../../src/runs/age-store.ts';
import { readPromisedFeeds } from '../../../src/runs/read-promised-feeds.ts';
import { createScheduleStore, type ScheduleStore } from '../../../src/runs/schedule-store.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const sync = parseSyncFile(
  `account: business
feeds:
  - { name: all, keywords: ["鞋"] }
  - { name: watch, offers: [1], max_age: 6h }
  - { name: slow, offers: [2], max_age: 3d }
`,
  'test',
);
const hourly: Schedule = {
  ...{ name: 'hourly', cron: '20 * * * *', timezone: 'UTC', feeds: ['watch'] },
  ...{ budgetCalls: null, missed: 'skip' },
};
const now = new Date('2027-10-01T05:00:00Z');

let database: TestDatabase;
let schedules: ScheduleStore;
beforeAll(async () => {
  database = await createTestDatabase();
  schedules = createScheduleStore(database);
});
afterAll(() => database.drop());
beforeEach(() => database.pool.query('TRUNCATE sync.run, sync.schedule CASCADE'));

/** A run that began so many hours ago. */
const addRun = (hours: number, feeds: readonly string[]) =>
  database.pool.query(
    `INSERT INTO sync.run (scope, trigger, source, status, feeds, started_at)
     VALUES ('x', 'test', 'sandbox', 'succeeded', $2, now() - $1::float8 * interval '1 hour')`,
    [hours, JSON.stringify(feeds)],
  );

const read = () => readPromisedFeeds({ ages: createAgeStore(database), schedules, sync }, now);
const nextRuns = async () => Object.fromEntries((await read()).map((feed) => [feed.name, feed.nextRunMs]));

it('feeds with a promised age are known with it, and nothing else is', async () => {
  expect(await read()).toEqual([
    { name: 'watch', maxAgeMs: 6 * hourMs, nextRunMs: null },
    { name: 'slow', maxAgeMs: 72 * hourMs, nextRunMs: null },
  ]);
});

it('without a schedule, the next run is as far as the runs of a day were apart at most', async () => {
  for (const hours of [40, 20, 15, 12, 11]) await addRun(hours, ['all', 'watch']);
  await addRun(2, ['slow']);
  const { watch, slow } = await nextRuns();
  expect(watch).toBeCloseTo(5 * hourMs, -3);
  expect(slow).toBeNull();
  // One run has no distance.
  expect(await createAgeStore(database).listRunGaps(['slow'])).toEqual(new Map());
});

it('runs count that are among the newest two thousand', async () => {
  for (const hours of [20, 15, 12]) await addRun(hours, ['watch']);
  await database.pool.query(
    `INSERT INTO sync.run (scope, trigger, source, status, feeds, started_at)
     SELECT 'x', 'test', 'sandbox', 'succeeded', '["all"]', now() FROM generate_series(1, 1998)`,
  );
  expect((await nextRuns())['watch']).toBeCloseTo(3 * hourMs, -3);
});

it('the next slot of a schedule is the next run, unless the schedule is paused', async () => {
  for (const hours of [9, 2]) await addRun(hours, ['watch', 'slow']);
  await schedules.insert(hourly, 'cli');
  await schedules.insert({ ...hourly, name: 'other', cron: '50 * * * *' }, 'cli');
  expect(await nextRuns()).toMatchObject({ watch: 20 * minuteMs });
  await schedules.pause('hourly');
  expect(await nextRuns()).toMatchObject({ watch: 50 * minuteMs });
  // The nearest slot counts, whichever schedule has it.
  await schedules.insert({ ...hourly, name: 'third', cron: '10 * * * *' }, 'cli');
  expect(await nextRuns()).toMatchObject({ watch: 10 * minuteMs });
  for (const name of ['other', 'third']) await schedules.pause(name);
  expect((await nextRuns())['watch']).toBeCloseTo(7 * hourMs, -3);
});

it('nothing is asked of the database where no age is promised', async () => {
  const refuse = () => Promise.reject(new Error('asked'));
  const deps = { ages: { listRunGaps: refuse }, schedules: { list: refuse } };
  const feeds = sync.feeds.filter(({ maxAgeMs }) => maxAgeMs === undefined);
  expect(await readPromisedFeeds({ ...deps, sync: { feeds } }, now)).toEqual([]);
});
