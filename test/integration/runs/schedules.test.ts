import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  addSchedule,
  adoptSchedules,
  pauseSchedule,
  removeSchedule,
  resumeSchedule,
  type ChangeDeps,
} from '../../../src/runs/change-schedules.ts';
import { createBeginRun } from '../../../src/runs/begin-run.ts';
import { listSlotTimes } from '../../../src/runs/slot-times.ts';
import { startScheduledRuns } from '../../../src/runs/start-scheduled-runs.ts';
import { createQuotaStore } from '../../../src/ledger/quota-store.ts';
import { createRunStore, type RunStore } from '../../../src/runs/run-store.ts';
import { createScheduleStore } from '../../../src/runs/schedule-store.ts';
import { createSlotStore } from '../../../src/runs/slot-store.ts';
import { betweenTicks, locks, unlessLocked } from '../../../src/db/locks.ts';
import type { Schedule } from '../../../src/model/sync-config.ts';
import { createLogger } from '../../../src/core/log.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { until } from '../../support/until.ts';

const nightly: Schedule = {
  name: 'nightly',
  cron: '0 2 * * *',
  timezone: 'UTC',
  feeds: ['shoes'],
  budgetCalls: 40,
  missed: 'skip',
};
const day = (number: number, time = '02:00:10') => `2027-10-${String(number).padStart(2, '0')}T${time}Z`;

let database: TestDatabase;
let runs: RunStore;
let deps: ChangeDeps;
let logged: { readonly msg: string; readonly code?: string }[];

beforeAll(async () => {
  database = await createTestDatabase();
  const { pool } = database;
  runs = createRunStore({ pool });
  await runs.claimSource('sandbox');
  const stream = { write: (line: string) => void logged.push(JSON.parse(line) as (typeof logged)[number]) };
  deps = {
    schedules: createScheduleStore({ pool }),
    slots: createSlotStore({ pool }),
    ledgerNow: () => createQuotaStore({ pool }).ledgerNow(),
    betweenTicks: (work) => betweenTicks(pool, work),
    log: createLogger({ level: 'warn', pretty: false, stream }),
  };
});
afterAll(() => database.drop());
beforeEach(async () => {
  logged = [];
  await database.pool.query('TRUNCATE sync.schedule, sync.slot, sync.run');
});

/** Moves the ledger's clock. */
async function itIs(now: string | Date): Promise<Date> {
  const at = new Date(now);
  await createQuotaStore(database).setLedgerOffset(at.getTime() - Date.now());
  return at;
}

/** A process begins with these schedules in its file. */
async function starts(now: string | Date, file: readonly Schedule[] = [nightly]): Promise<void> {
  await itIs(now);
  await adoptSchedules(deps, file);
}

async function ticks(now: string | Date, feeds: readonly string[] = ['shoes', 'bags']): Promise<void> {
  const at = await itIs(now);
  const begin = createBeginRun({ runs, makeForecast: () => Promise.resolve(null), syncFileHash: 'file' });
  await startScheduledRuns({ ...deps, begin, source: 'sandbox', feeds }, at);
}

async function endRuns(): Promise<void> {
  for (const { runId } of await runs.listActive()) await runs.end(runId, 'succeeded', null);
}

async function listSlots(): Promise<string[]> {
  const slots = await deps.slots.list(null, 10_000);
  return slots
    .toReversed()
    .map(
      ({ slotAt, outcome, runId }) =>
        `${slotAt.toISOString().slice(5, 10)} ${outcome} ${runId === null ? 'without' : 'with'} run`,
    );
}

describe('a slot', () => {
  it('starts a run with the feeds and the budget of its schedule, and only once', async () => {
    await starts(day(10));
    await ticks(day(10, '02:00:11'));
    await ticks(day(11));
    await ticks(day(11, '02:00:11'));
    expect(await listSlots()).toEqual(['10-11 ran with run']);
    expect(await runs.listActive()).toMatchObject([
      { scope: 'feed:shoes', feedNames: ['shoes'], budgetCalls: 40, callsUsed: 0 },
    ]);
  });

  it('is merged into a run of the same scope that is active', async () => {
    await starts(day(10));
    const request = { scope: 'feed:shoes', feedNames: ['shoes'], trigger: 'cli', source: 'sandbox' } as const;
    const begun = await runs.begin({ ...request, budgetCalls: null, deadlineMs: null });
    await ticks(day(11));
    await endRuns();
    await ticks(day(12));
    // Its driver is gone: the slot takes it over, and starts no other run.
    await database.pool.query(`UPDATE sync.run SET heartbeat_at = heartbeat_at - interval '16 seconds'`);
    await ticks(day(13));
    expect(await listSlots()).toEqual([
      '10-11 merged with run',
      '10-12 ran with run',
      '10-13 merged with run',
    ]);
    const [, ran, merged] = (await deps.slots.list(null, 3)).toReversed();
    expect(merged?.runId).toBe(ran?.runId);
    expect(begun.kind).toBe('started');
  });

  it('at which no process was running is missed, or replaced by one run', async () => {
    await starts(day(10), [nightly, { ...nightly, name: 'once', feeds: ['bags'], missed: 'once' }]);
    await ticks(day(12, '09:00:00'));
    expect(await listSlots()).toEqual([
      ...['10-11 missed without run', '10-11 missed without run'],
      ...['10-12 ran with run', '10-12 missed without run'],
    ]);
    expect((await runs.listActive()).map(({ scope }) => scope)).toEqual(['feed:bags']);
  });

  it('of a schedule for other feeds has a run of its own, and one for the same feeds shares it', async () => {
    const wide = { ...nightly, name: 'wide', feeds: ['shoes', 'bags'] };
    const schedules = [nightly, wide, { ...wide, name: 'wider', feeds: ['bags', 'shoes'] }];
    await starts(day(10), schedules);
    await ticks(day(11), ['shoes', 'bags', 'hats']);
    expect((await runs.listActive()).map(({ scope }) => scope)).toEqual(['feed:shoes', 'feeds:bags,shoes']);
    await runs.begin({
      ...{ scope: 'all', feedNames: ['shoes', 'bags'], trigger: 'cli', source: 'sandbox' },
      ...{ budgetCalls: null, deadlineMs: null },
    });
    await ticks(day(12), ['shoes', 'bags']);
    const slots = (await deps.slots.list('wide', 1)).map(({ outcome }) => outcome);
    expect(slots).toEqual(['merged']);
  });

  it('is for the feeds that are left, and is skipped when there are none', async () => {
    const wide = { ...nightly, feeds: ['shoes', 'bags'] };
    await starts(day(10), [wide]);
    await ticks(day(11), ['bags']);
    expect(await runs.listActive()).toMatchObject([{ scope: 'all', feedNames: ['bags'] }]);
    await ticks(day(12), ['hats']);
    expect(await listSlots()).toEqual(['10-11 ran with run', '10-12 skipped without run']);
    expect(logged.map(({ msg }) => msg)).toEqual(
      Array(2).fill('a schedule names feeds that are not in catalog-sync.yaml'),
    );
  });

  it('of a row that can not be read waits, and those of others come', async () => {
    await starts(day(10), [{ ...nightly, name: 'broken' }, nightly]);
    await database.pool.query(`UPDATE sync.schedule SET time_zone = 'Moon/Tycho' WHERE name = 'broken'`);
    await ticks(day(11));
    expect(await listSlots()).toEqual(['10-11 ran with run']);
    expect(logged).toMatchObject([{ code: 'SCHEDULE_UNREADABLE', schedule: 'broken' }]);
  });
});

describe('a schedule', () => {
  it('that is paused skips its slots, also over a restart and a change of the file', async () => {
    await starts(day(10), [{ ...nightly, missed: 'once' }]);
    await itIs(day(10, '12:00:00'));
    expect(await pauseSchedule(deps, 'nightly')).toBe(true);
    expect(await pauseSchedule(deps, 'nightly')).toBe(false);
    await ticks(day(11));
    await starts(day(11, '12:00:00'), [{ ...nightly, missed: 'once', budgetCalls: 7 }]);
    await ticks(day(12));
    await itIs(day(13, '12:00:00'));
    expect(await resumeSchedule(deps, 'nightly')).toBe(true);
    expect(await resumeSchedule(deps, 'nightly')).toBe(false);
    await ticks(day(13, '12:00:01'));
    expect(await runs.listActive()).toEqual([]);
    await ticks(day(14));
    expect(await listSlots()).toEqual([
      ...['10-11 skipped without run', '10-12 skipped without run', '10-13 skipped without run'],
      '10-14 ran with run',
    ]);
    expect(await runs.listActive()).toMatchObject([{ budgetCalls: 7 }]);
  });

  it('keeps the slots of its old times when it is given others', async () => {
    await starts(day(10));
    await starts(day(13, '01:00:00'), [{ ...nightly, cron: '0 */6 * * *', missed: 'once' }]);
    await ticks(day(13, '06:00:01'));
    expect(await listSlots()).toEqual([
      ...['10-11 missed without run', '10-12 missed without run', '10-13 ran with run'],
    ]);
  });

  it('ends when the file no longer has it, and starts again when it is back', async () => {
    await starts(day(10));
    await starts(day(12, '01:00:00'), []);
    await ticks(day(12));
    await starts(day(13, '01:00:00'));
    await ticks(day(13));
    expect(await listSlots()).toEqual(['10-11 missed without run', '10-13 ran with run']);
  });

  it('that was added stays with those of the file, until it is removed', async () => {
    await starts(day(10));
    await addSchedule(deps, { ...nightly, name: 'added', feeds: ['bags'] }, [nightly]);
    await starts(day(10, '12:00:00'));
    await ticks(day(11));
    expect((await runs.listActive()).map(({ scope }) => scope)).toEqual(['feed:bags', 'feed:shoes']);
    await itIs(day(12, '12:00:00'));
    await removeSchedule(deps, 'added');
    expect((await deps.schedules.list()).map(({ name }) => name)).toEqual(['nightly']);
    const slots = await deps.slots.list('added', 9);
    expect(slots.map(({ outcome }) => outcome)).toEqual(['missed', 'ran']);
  });

  it('has a name of its own', async () => {
    const added = { ...nightly, cron: '5 * * * *', feeds: ['bags'] };
    await itIs(day(10));
    await addSchedule(deps, added, []);
    const both = /two schedules named nightly: one of .*0 2 \* \* \*.* one of .*5 \* \* \* \*/;
    await expect(adoptSchedules(deps, [{ ...nightly, name: 'other' }, nightly])).rejects.toMatchObject({
      code: 'SCHEDULE_NAME_TAKEN',
      message: expect.stringMatching(both) as string,
    });
    expect((await deps.schedules.list()).map(({ name }) => name)).toEqual(['nightly']);
    const again = { code: 'SCHEDULE_NAME_TAKEN' };
    await expect(addSchedule(deps, added, [])).rejects.toMatchObject(again);
    await expect(
      addSchedule(deps, { ...added, name: 'other' }, [{ ...nightly, name: 'other' }]),
    ).rejects.toMatchObject(again);
    await expect(removeSchedule(deps, 'none')).rejects.toMatchObject({ code: 'SCHEDULE_UNKNOWN' });
    await removeSchedule(deps, 'nightly');
    await starts(day(11));
    await expect(removeSchedule(deps, 'nightly')).rejects.toMatchObject({ code: 'SCHEDULE_IN_FILE' });
  });

  it('is changed while no tick is working', async () => {
    await starts(day(10));
    const order: string[] = [];
    let pausing = Promise.resolve();
    await unlessLocked(database.pool, locks.tick, async () => {
      pausing = pauseSchedule(deps, 'nightly').then(() => void order.push('paused'));
      await until(async () => {
        const waiting = await database.pool.query(
          `SELECT FROM pg_stat_activity
           WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE '%sync.lock_table%'`,
        );
        return waiting.rowCount === 1;
      });
      order.push('ticked');
    });
    await pausing;
    expect(order).toEqual(['ticked', 'paused']);
  });
});

describe('every slot since its schedule was first seen', () => {
  const step = fc.record({
    minutes: fc.integer({ min: 1, max: 900 }),
    does: fc.constantFrom('tick', 'tick', 'tick', 'end runs', 'restart', 'pause', 'resume', 'replan'),
  });
  const rule = fc.record({
    cron: fc.constantFrom(
      '30 2 * * *',
      '*/20 * * * *',
      '15 1-3 * * *',
      '0 */5 * * *',
      '45 2 * * 0',
      '7 * * * *',
    ),
    timezone: fc.constantFrom('Asia/Shanghai', 'Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe'),
    missed: fc.constantFrom('skip' as const, 'once' as const),
  });
  const start = fc.constantFrom('2027-03-27T12:00:07Z', '2027-10-30T12:00:07Z', '2027-11-06T18:00:07Z');

  it('has one outcome, and no tick starts two runs', async () => {
    await fc.assert(
      fc.asyncProperty(
        rule,
        start,
        fc.array(step, { minLength: 5, maxLength: 15 }),
        async (times, from, steps) => {
          await database.pool.query('TRUNCATE sync.schedule, sync.slot, sync.run');
          const expected: string[] = [];
          let schedule: Schedule = { ...nightly, ...times };
          let [now, since] = [new Date(from), new Date(from)];
          const account = () => {
            expected.push(
              ...listSlotTimes(schedule, since, now, Number.POSITIVE_INFINITY).map((at) => at.toISOString()),
            );
            since = now;
          };
          await starts(now, [schedule]);
          for (const { minutes, does } of [...steps, { minutes: 1, does: 'tick' }]) {
            now = new Date(now.getTime() + minutes * 60_000);
            const before = (await database.pool.query('SELECT FROM sync.run')).rowCount ?? 0;
            if (does === 'tick') await ticks(now);
            else if (does === 'end runs') await endRuns();
            else {
              await itIs(now);
              if (does === 'pause') await pauseSchedule(deps, 'nightly');
              if (does === 'resume') await resumeSchedule(deps, 'nightly');
              if (does === 'replan') {
                account();
                schedule = { ...schedule, cron: schedule.cron === '50 * * * *' ? times.cron : '50 * * * *' };
              }
              await adoptSchedules(deps, [schedule]);
            }
            const after = (await database.pool.query('SELECT FROM sync.run')).rowCount ?? 0;
            expect(after - before).toBeLessThanOrEqual(does === 'tick' ? 1 : 0);
          }
          account();
          const slots = await deps.slots.list('nightly', 10_000);
          expect(slots.map(({ slotAt }) => slotAt.toISOString()).toReversed()).toEqual(expected);
        },
      ),
      { numRuns: 30 },
    );
  });
});
