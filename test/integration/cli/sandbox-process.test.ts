import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { holdDemoLock } from '../../../src/cli/demo/demo-lock.ts';
import { startSandboxProcess, type SandboxWorld } from '../../../src/cli/demo/sandbox-process.ts';
import { createSandbox } from '../../../src/sandbox/create-sandbox.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { until } from '../../support/until.ts';

const startAt = new Date('2026-01-31T08:00:00Z');

async function readTruth(url: string): Promise<unknown> {
  const truth = new URL('/_sandbox/truth', url);
  truth.search = new URLSearchParams({
    all: 'true',
    at: new Date(startAt.getTime() + 1000).toISOString(),
  }).toString();
  return (await fetch(truth)).json();
}

it('a sandbox as a process has the world that it is asked for, and ends when it is told', async () => {
  const world: SandboxWorld = { startAt, advancedMs: 5000, offers: 120, categories: 20 };
  const special = { seed: 5, nature: { soldOut: 1, birth: 0 }, categoryCycle: 4 };
  const options = { startAt, offers: 120, categories: 20, port: 0 };
  const [child, plain] = await Promise.all([
    startSandboxProcess({ ...world, ...special, isDrifting: true }),
    startSandboxProcess(world),
  ]);
  const [same, usual] = await Promise.all([
    createSandbox({ ...options, ...special }),
    createSandbox(options),
  ]);
  const urls = [child.environment['ALIBABA_API_URL'] ?? '', plain.environment['ALIBABA_API_URL'] ?? ''];
  const [special1, special2] = [await readTruth(urls[0] ?? ''), await readTruth(same.url)];
  const [usual1, usual2] = [await readTruth(urls[1] ?? ''), await readTruth(usual.url)];
  expect(special1).toEqual(special2);
  expect(usual1).toEqual(usual2);
  expect(special1).not.toEqual(usual1);
  await Promise.all([child.stop(), plain.stop(), same.close(), usual.close()]);
  expect(() => process.kill(child.pid, 0)).toThrow('ESRCH');
});

describe('the lock of demos', () => {
  let db: TestDatabase;
  beforeAll(async () => {
    db = await createTestDatabase();
  });
  afterAll(() => db.drop());
  const never = new AbortController().signal;

  it('is had by one; the next is told once whom it waits for', async () => {
    const waits: string[] = [];
    const first = await holdDemoLock(db.url, (holder) => waits.push(holder), never);
    expect(waits).toEqual([]);
    const second = holdDemoLock(db.url, (holder) => waits.push(holder), never);
    await until(() => waits.length > 0);
    expect(waits[0]).not.toBe('another session');
    await first?.release();
    const lock = await second;
    expect(lock).not.toBeNull();
    expect(waits).toHaveLength(1);
    await lock?.release();
  });

  it('of a database that can not be reached fails with its reason, and waits for nobody', async () => {
    const told: string[] = [];
    const hold = (url: string) => holdDemoLock(url, (holder) => told.push(holder), never);
    await expect(hold('postgres://127.0.0.1:9/none')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    const absent = new URL(db.url);
    absent.pathname = '/no_such_database';
    await expect(hold(absent.href)).rejects.toMatchObject({ code: '3D000' });
    expect(told).toEqual([]);
  });

  it('is not waited for after a signal, and no connection is left', async () => {
    const stopped = new AbortController();
    const first = await holdDemoLock(db.url, () => undefined, never);
    const second = holdDemoLock(db.url, () => stopped.abort(), stopped.signal);
    expect(await second).toBeNull();
    await first?.release();
    expect(await holdDemoLock(db.url, () => undefined, stopped.signal)).toBeNull();
    const others = `SELECT FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()
      AND query LIKE '%advisory%'`;
    await until(async () => (await db.pool.query(others)).rowCount === 0);
  });
});
