import { expect, it } from 'vitest';
import { createOperatorLog, deleteOldActions } from '../../../src/runs/operator-log.ts';
import { createSlotStore, deleteOldSlots } from '../../../src/runs/slot-store.ts';
import { createTestDatabase } from '../../support/database.ts';

it('old slots are forgotten, so many at once, and the newest of each schedule is kept', async () => {
  const database = await createTestDatabase();
  const { pool } = database;
  const slots = createSlotStore({ pool });
  const day = (number: number) => new Date(`2026-11-${String(number).padStart(2, '0')}T00:00:00Z`);
  await slots.decideWithoutRun('nightly', [day(1), day(2), day(3), day(9)], 'missed');
  await slots.decideWithoutRun('ended', [day(1), day(2)], 'missed');
  const left = async () =>
    (await slots.list(null, 10)).map(({ schedule, slotAt }) => `${schedule} ${String(slotAt.getUTCDate())}`);
  expect(await deleteOldSlots(pool, day(3), 2)).toBe(2);
  expect(await deleteOldSlots(pool, day(3), 2)).toBe(1);
  expect(await deleteOldSlots(pool, day(3), 2)).toBe(0);
  expect(await left()).toEqual(['nightly 9', 'nightly 3', 'ended 2']);
  await database.drop();
});

it('old actions of operators are forgotten, so many at once, and the others are listed with the newest first', async () => {
  const database = await createTestDatabase();
  const { pool } = database;
  const log = createOperatorLog(pool);
  const day = (number: number) => `2026-11-0${String(number)}T00:00:00Z`;
  for (const number of [1, 2, 3, 4, 5]) {
    await log.add({ actor: 'a', action: 'hold', subject: String(number), outcome: 'held' });
    await pool.query('UPDATE sync.operator_action SET acted_at = $1 WHERE subject = $2', [
      day(number),
      String(number),
    ]);
  }
  const before = new Date(day(4));
  expect(await deleteOldActions(pool, before, 2)).toBe(2);
  expect(await deleteOldActions(pool, before, 2)).toBe(1);
  expect(await deleteOldActions(pool, before, 2)).toBe(0);
  expect((await log.list(10)).map(({ subject }) => subject)).toEqual(['5', '4']);
  expect(await log.list(1)).toHaveLength(1);
  await database.drop();
});
