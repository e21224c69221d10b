import { setImmediate } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { advisoryLocks, tryLockUntilClosed, unlock } from '../../../src/db/advisory-locks.ts';
import { inTransaction } from '../../../src/db/in-transaction.ts';
import { betweenTicks, locks, lockUntilCommit, unlessLocked } from '../../../src/db/locks.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { locksHere } from '../../support/locks.ts';
import { until } from '../../support/until.ts';

let db: TestDatabase;
beforeAll(async () => {
  db = await createTestDatabase();
});
afterAll(() => db.drop());

/** Whether another session may do something under the lock now. */
const isFree = (lock: (typeof locks)[keyof typeof locks]) =>
  unlessLocked(db.pool, lock, () => Promise.resolve());

function createSignal() {
  let give: () => void = () => undefined;
  const given = new Promise<void>((resolve) => {
    give = resolve;
  });
  return { given, give };
}

/** Work that says when it has begun, and ends when it is told to. */
function createGate() {
  const [beginning, opening] = [createSignal(), createSignal()];
  let isDone = false;
  const work = async () => {
    beginning.give();
    await opening.given;
    await setImmediate();
    isDone = true;
  };
  return { began: beginning.given, open: opening.give, work, isOver: () => isDone };
}

it('an advisory lock is one session’s until it is let go', async () => {
  const [one, other] = await Promise.all([db.pool.connect(), db.pool.connect()]);
  try {
    expect(await tryLockUntilClosed(one, advisoryLocks.demo)).toBe(true);
    expect(await tryLockUntilClosed(other, advisoryLocks.demo)).toBe(false);
    expect(await tryLockUntilClosed(other, advisoryLocks.reprocess)).toBe(true);
    await unlock(one, advisoryLocks.demo);
    expect(await tryLockUntilClosed(other, advisoryLocks.demo)).toBe(true);
  } finally {
    one.release(true);
    other.release(true);
  }
});

it('of two sessions that would do the same, one does', async () => {
  const gate = createGate();
  const first = unlessLocked(db.pool, locks.tick, gate.work);
  await gate.began;
  let hasRun = false;
  const second = await unlessLocked(db.pool, locks.tick, () => {
    hasRun = true;
    return Promise.resolve();
  });
  expect([second, hasRun]).toEqual([false, false]);
  expect(await isFree(locks.notify)).toBe(true);
  gate.open();
  expect(await first).toBe(true);
  expect(gate.isOver()).toBe(true);
  expect(await isFree(locks.tick)).toBe(true);
});

it('a lock that is waited for is kept until the end of its transaction', async () => {
  await inTransaction(db.pool, async (client) => {
    await lockUntilCommit(client, locks.categoryTree);
    expect(await isFree(locks.categoryTree)).toBe(false);
  });
  expect(await isFree(locks.categoryTree)).toBe(true);
});

it('a lock that can not be taken fails, and is not passed over', async () => {
  const none = 'sync.none' as never;
  await expect(inTransaction(db.pool, (client) => lockUntilCommit(client, none))).rejects.toThrow();
});

it('what is done between ticks waits for one, and keeps the next from beginning', async () => {
  const [tick, between] = [createGate(), createGate()];
  const ticking = unlessLocked(db.pool, locks.tick, tick.work);
  await tick.began;
  const changing = betweenTicks(db.pool, between.work);
  await until(
    async () =>
      (await db.pool.query(locksHere("relation = 'sync.tick_lock'::regclass AND NOT granted"))).rows.length >
      0,
  );
  tick.open();
  await ticking;
  await between.began;
  expect(tick.isOver()).toBe(true);
  expect(await isFree(locks.tick)).toBe(false);
  between.open();
  await changing;
  expect(between.isOver()).toBe(true);
  expect(await isFree(locks.tick)).toBe(true);
});
