import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { holdDemoLock } from '../../../src/cli/demo/demo-lock.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { locksHere } from '../../support/locks.ts';
import { until } from '../../support/until.ts';

describe('the lock of a demo', () => {
  let db: TestDatabase;
  beforeAll(async () => {
    db = await createTestDatabase();
  });
  afterAll(() => db.drop());

  const count = async (text: string) => (await db.pool.query(text)).rows.length;
  const isFree = async () => (await count(locksHere("locktype = 'advisory' AND granted"))) === 0;
  /** Sessions but those of the test's own pool, which has one. */
  const isAlone = async () =>
    (await count(
      'SELECT FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()',
    )) === 0;
  const { signal } = new AbortController();
  const neverWaits = () => expect.fail('it waited');

  it('is waited for, and who has it is named once', async () => {
    const first = await holdDemoLock(db.url, neverWaits, signal);
    const holders: string[] = [];
    const waiting = holdDemoLock(db.url, (holder) => holders.push(holder), signal);
    await until(() => holders.length > 0);
    await first?.release();
    const second = await waiting;
    expect(holders).toEqual([expect.stringMatching(/process \d+/)]);
    expect(await isFree()).toBe(false);
    await second?.release();
    await until(isFree);
    await until(isAlone, { timeoutMs: 5000 });
  });

  it('is given up when the wait is aborted, and when it fails', async () => {
    const first = await holdDemoLock(db.url, neverWaits, signal);
    const abort = new AbortController();
    expect(await holdDemoLock(db.url, () => abort.abort(), abort.signal)).toBeNull();
    const say = () => {
      throw new Error('nobody listens');
    };
    await expect(holdDemoLock(db.url, say, signal)).rejects.toThrow('nobody listens');
    await first?.release();
    await until(isAlone, { timeoutMs: 5000 });
  });
});
