import pg from 'pg';
import { beforeAll, expect, it } from 'vitest';
import { createOperatorLog } from '../../../src/runs/operator-log.ts';
import { createRunStore } from '../../../src/runs/run-store.ts';
import { createScheduleStore } from '../../../src/runs/schedule-store.ts';
import { createSlotStore } from '../../../src/runs/slot-store.ts';
import type { Schedule } from '../../../src/model/sync-config.ts';

/* Who asks for a write hears when it fails, and goes on only once it is done. */

/** Refuses every query, as it does once it is closed. */
const pool = new pg.Pool();
beforeAll(() => pool.end());

const runs = createRunStore({ pool });
const schedules = createScheduleStore({ pool });
const slots = createSlotStore({ pool });
const nightly: Schedule = {
  ...{ name: 'nightly', cron: '0 2 * * *', timezone: 'UTC', feeds: ['a'], budgetCalls: null, missed: 'skip' },
};
const action = { actor: 'a', action: 'hold', subject: 'b', outcome: 'c' } as const;

it.each<[string, () => Promise<unknown>]>([
  ['a run is taken over', () => runs.adopt('1', 'file')],
  ['runs are driven', () => runs.heartbeat(['1'])],
  ['a run ends', () => runs.end('1', 'cancelled', 'signal')],
  ['a failure is counted', () => runs.addFailure('1', { code: 'X', mayPass: false })],
  ['a schedule changes', () => schedules.update(nightly, true)],
  ['a schedule is paused', () => schedules.pause('nightly')],
  ['a schedule is removed', () => schedules.remove('nightly')],
  ['a slot is decided', () => slots.decide('nightly', new Date(0), 'ran', '1')],
  ['slots are decided', () => slots.decideWithoutRun('nightly', [new Date(0)], 'missed')],
  ['an action is recorded', () => createOperatorLog(pool).add(action)],
])('that %s fails where the database is away', async (_, write) => {
  await expect(write()).rejects.toThrow(/pool/);
});

it('no slots take no query', async () => {
  await slots.decideWithoutRun('nightly', [], 'missed');
});
