import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { demoConfig } from '../../../src/cli/demo/play-demo.ts';
import { chooseDay } from '../../../src/cli/demo/world-day.ts';
import { dayMs } from '../../../src/core/duration.ts';
import { demoTrigger, readDemoProgress, type DemoProgress } from '../../../src/runs/demo-progress.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';

const began = new Date('2026-03-01T08:00:00Z');
const after = (days: number) => new Date(began.getTime() + days * dayMs);
/** A demo of `day` whose ledger time was `at` days at its last heartbeat. */
const played = (day: number, at: number, isComplete = true): DemoProgress => ({
  worldBeganAt: began,
  lastRun: { day, isComplete, at: after(at) },
});

describe('the day of the next demo', () => {
  test.each([
    ['is the first in a new database', { worldBeganAt: began, lastRun: null }, 0.1, 1],
    ['is the next one after a complete day', played(1, 0.001), 0.002, 2],
    ['is the same one after a demo that was killed', played(3, 2.001, false), 0.002, 3],
    ['does not count real days, which pass for the world anyway', played(2, 1.001), 30, 3],
    ['leaves no way back when the clock went back after a complete day', played(2, 1.5), -3, 7],
    ['leaves no way back when the clock went back after a killed demo', played(2, 1.5, false), -3, 6],
    ['does not begin before the world', { worldBeganAt: began, lastRun: null }, -0.5, 2],
  ] as const)('%s', (_, progress, nowDays, day) => {
    const now = after(nowDays);
    expect(chooseDay(progress, now)).toBe(day);
    const ledger = now.getTime() + (day - 1) * dayMs;
    expect(ledger).toBeGreaterThanOrEqual((progress.lastRun?.at ?? progress.worldBeganAt).getTime());
  });
});

describe('the demo reads from its database', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterAll(() => database.drop());

  test('the progress of the last of its runs, even if others ran there', async () => {
    const begin = (trigger: string, status: string) =>
      database.pool.query(
        `INSERT INTO sync.run (scope, trigger, source, status, feeds, started_at)
         VALUES ($1, $1, 'sandbox', $2, '[]', '2026-03-02T08:00:00Z')`,
        [trigger, status],
      );
    expect((await readDemoProgress(database.pool)).lastRun).toBeNull();
    await begin(demoTrigger(9), 'succeeded');
    await begin(demoTrigger(10), 'running');
    await begin('cli', 'succeeded');
    const { worldBeganAt, lastRun } = await readDemoProgress(database.pool);
    expect(lastRun).toEqual({ day: 10, isComplete: false, at: new Date('2026-03-02T08:00:00Z') });
    const { rows } = await database.pool.query('SELECT created_at FROM sync.database_identity');
    expect(rows).toEqual([{ created_at: worldBeganAt }]);
  });
});

test('a demo refuses every gateway that is not on this machine', () => {
  const ask = (url: string) => () => demoConfig('/', { ALIBABA_API_URL: url });
  expect(ask('http://127.0.0.1:9/openapi')).not.toThrow();
  expect(ask('https://gw.open.1688.com/openapi')).toThrow('only talks to a sandbox on this machine');
  expect(ask('https://127.0.0.1.example.com/openapi')).toThrow('only talks to a sandbox on this machine');
});
