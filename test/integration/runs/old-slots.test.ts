import { expect, it } from 'vitest';
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
