import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { demoConfig } from '../../../src/cli/demo/play-demo.ts';
import { runCli } from '../../../src/cli/main.ts';
import { demoTrigger, readDemoProgress } from '../../../src/runs/demo-progress.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { createWorld } from '../../support/in-process.ts';

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

test('a demo that can not begin ends with the reason', async () => {
  const world = createWorld();
  // Also root can't make a folder below a file.
  writeFileSync(join(world.context.cwd, '.catalog-sync'), '');
  expect(await runCli(['demo'], world.context)).toBe(4);
  expect(world.stderr.text).toContain('PROJECT_NOT_WRITABLE');
});
