import { afterAll, beforeAll, expect, test } from 'vitest';
import { createWorkerHeartbeat } from '../../src/load/stores/worker-heartbeat.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

async function listWorkers(): Promise<{ worker_id: string; heartbeat_at: Date }[]> {
  const { rows } = await database.pool.query<{ worker_id: string; heartbeat_at: Date }>(
    'SELECT worker_id, heartbeat_at FROM sync.worker ORDER BY started_at',
  );
  return rows;
}

test('a process is one row, written at most every five seconds; who was silent for a day is forgotten', async () => {
  let nowMs = 0;
  const clock = { now: () => new Date(nowMs) };
  const beat = createWorkerHeartbeat({ pool: database.pool, clock });
  await beat();
  const [first] = await listWorkers();
  nowMs = 4999;
  await beat();
  expect(await listWorkers()).toEqual([first]);
  nowMs = 5000;
  await beat();
  const [second, ...others] = await listWorkers();
  expect(others).toEqual([]);
  expect(second?.worker_id).toBe(first?.worker_id);
  expect(second?.heartbeat_at.getTime()).toBeGreaterThan(first?.heartbeat_at.getTime() ?? Infinity);

  await database.pool.query(`UPDATE sync.worker SET heartbeat_at = heartbeat_at - interval '25 hours'`);
  await createWorkerHeartbeat({ pool: database.pool, clock })();
  const left = await listWorkers();
  expect(left.map(({ worker_id }) => worker_id === first?.worker_id)).toEqual([false]);
});
