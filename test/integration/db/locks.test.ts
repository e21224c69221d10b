import { afterAll, beforeAll, expect, it } from 'vitest';
import { betweenTicks, lockUntilCommit, locks, unlessLocked } from '../../../src/db/locks.ts';
import { inTransaction } from '../../../src/db/in-transaction.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';

let db: TestDatabase;
beforeAll(async () => {
  db = await createTestDatabase();
});
afterAll(() => db.drop());

it('work that one does at a time is left out by a second, which says so', async () => {
  const done: string[] = [];
  const isDone = await unlessLocked(db.pool, locks.tick, async () => {
    done.push('first');
    expect(await unlessLocked(db.pool, locks.tick, () => Promise.resolve(void done.push('second')))).toBe(
      false,
    );
    // Another lock is another matter.
    expect(await unlessLocked(db.pool, locks.notify, () => Promise.resolve(void done.push('other')))).toBe(
      true,
    );
  });
  expect(isDone).toBe(true);
  expect(await unlessLocked(db.pool, locks.tick, () => Promise.resolve(void done.push('third')))).toBe(true);
  expect(done).toEqual(['first', 'other', 'third']);
});

it('a lock ends with its transaction, also one that failed', async () => {
  const failure = new Error('failed');
  await expect(unlessLocked(db.pool, locks.tick, () => Promise.reject(failure))).rejects.toBe(failure);
  await expect(betweenTicks(db.pool, () => Promise.reject(failure))).rejects.toBe(failure);
  await inTransaction(db.pool, (client) => lockUntilCommit(client, locks.tick));
  expect(await unlessLocked(db.pool, locks.tick, () => Promise.resolve())).toBe(true);
});
