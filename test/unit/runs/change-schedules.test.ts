import { beforeEach, describe, expect, it } from 'vitest';
import { createLogger } from '../../../src/core/log.ts';
import type { Schedule } from '../../../src/model/sync-config.ts';
import {
  addSchedule,
  adoptSchedules,
  pauseSchedule,
  removeSchedule,
  resumeSchedule,
  unknownSchedule,
  type ChangeDeps,
} from '../../../src/runs/change-schedules.ts';
import type { KeptSchedule } from '../../../src/runs/schedule-store.ts';

/* What a change does, and in which order: slots up to now are accounted for first, and no tick comes in between. */

const nightly: Schedule = {
  ...{
    name: 'nightly',
    cron: '0 2 * * *',
    timezone: 'UTC',
    feeds: ['shoes'],
    budgetCalls: 40,
    missed: 'skip',
  },
};
const countsFrom = new Date('2027-10-10T12:00:00Z');
const now = new Date('2027-10-12T12:00:00Z');
const keep = (more: Partial<KeptSchedule> = {}): KeptSchedule => ({
  ...nightly,
  ...{ origin: 'cli', pausedAt: null, countsFrom, createdAt: countsFrom, lastSlot: null },
  ...more,
});

let done: string[];
beforeEach(() => {
  done = [];
});

/** Is done a moment later, as by a database. */
async function write(what: string): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
  done.push(what);
}

const depsOf = (kept: readonly KeptSchedule[]): ChangeDeps => ({
  schedules: {
    list: async () => [...kept],
    insert: ({ name }, origin) => write(`insert ${name} of ${origin}`),
    update: ({ name }, countsAnew) => write(`update ${name}${countsAnew ? ', counts anew' : ''}`),
    pause: (name) => write(`pause ${name}`),
    resume: (name) => write(`resume ${name}`),
    remove: (name) => write(`remove ${name}`),
  },
  slots: {
    decide: () => Promise.reject(new Error('no slot starts a run')),
    decideWithoutRun: (name, slots, outcome) =>
      write(`${outcome} ${name} ${slots.map((at) => at.getUTCDate()).join('+')}`),
    list: async () => [],
  },
  ledgerNow: async () => now,
  betweenTicks: async (work) => {
    await write('ticks wait');
    await work();
    await write('ticks go on');
  },
  log: createLogger({ level: 'silent', pretty: false }),
});

const between = (...changes: readonly string[]) => ['ticks wait', ...changes, 'ticks go on'];

describe('the sync file', () => {
  const adopt = (file: readonly Partial<Schedule>[], ...kept: readonly KeptSchedule[]) =>
    adoptSchedules(
      depsOf(kept),
      file.map((schedule) => ({ ...nightly, ...schedule })),
    );

  it('adds what is new, and leaves what it has already', async () => {
    await adopt([{}, { name: 'other' }], keep({ origin: 'file' }));
    expect(done).toEqual(between('insert other of file'));
  });

  it('removes what it no longer has, and nothing that was added by a command', async () => {
    await adopt(
      [{ name: 'a' }],
      keep({ origin: 'file' }),
      keep({ name: 'a', origin: 'file' }),
      keep({ name: 'b' }),
    );
    expect(done).toEqual(between('missed nightly 11+12', 'remove nightly'));
  });

  it.each<[string, Partial<Schedule>, string[]]>([
    ['cron', { cron: '0 3 * * *' }, ['missed nightly 11+12', 'update nightly, counts anew']],
    ['time zone', { timezone: 'Asia/Tokyo' }, ['missed nightly 11+12', 'update nightly, counts anew']],
    ['budget', { budgetCalls: null }, ['update nightly']],
    ['policy', { missed: 'once' }, ['update nightly']],
    ['feeds', { feeds: ['shoes', 'bags'] }, ['update nightly']],
  ])('gives a schedule another %s', async (_, change, changes) => {
    await adopt([change], keep({ origin: 'file' }));
    expect(done).toEqual(between(...changes));
  });
});

describe('a command', () => {
  it('adds a schedule of a name that is free', async () => {
    const deps = depsOf([keep({ name: 'other' })]);
    await addSchedule(deps, nightly, [{ ...nightly, name: 'third' }]);
    expect(done).toEqual(between('insert nightly of cli'));
    await expect(addSchedule(deps, { ...nightly, name: 'other' }, [])).rejects.toMatchObject({
      code: 'SCHEDULE_NAME_TAKEN',
    });
  });

  it('says how an added schedule of the name is removed, and a name that is free', async () => {
    const removes =
      /; `catalog-sync schedule remove nightly` removes the one that was added, and nightly-2 is a name that is free$/;
    const taken = { code: 'SCHEDULE_NAME_TAKEN', message: expect.stringMatching(removes) as string };
    await expect(addSchedule(depsOf([keep()]), nightly, [])).rejects.toMatchObject(taken);
    await expect(adoptSchedules(depsOf([keep()]), [nightly])).rejects.toMatchObject(taken);
  });

  it('names no command that would fail where the name is of the file, and no name that is taken', async () => {
    const name = 'a'.repeat(40);
    const file = [nightly, { ...nightly, name: 'nightly-2' }, { ...nightly, name }];
    const deps = depsOf([keep({ name: 'nightly-3' })]);
    const refused = (message: RegExp) => ({ message: expect.stringMatching(message) as string });
    await expect(addSchedule(deps, nightly, file)).rejects.toMatchObject(
      refused(/'0 2 \* \* \*' in UTC for shoes\); nightly-4 is a name that is free$/),
    );
    await expect(addSchedule(deps, { ...nightly, name }, file)).rejects.toMatchObject(
      refused(/; a{38}-2 is a name that is free$/),
    );
  });

  it('pauses a schedule once', async () => {
    expect(await pauseSchedule(depsOf([keep({ name: 'other' }), keep()]), 'nightly')).toBe(true);
    expect(done).toEqual(between('missed nightly 11+12', 'pause nightly'));
    done = [];
    expect(await pauseSchedule(depsOf([keep({ pausedAt: countsFrom })]), 'nightly')).toBe(false);
    expect(done).toEqual(between());
  });

  it('resumes a schedule that is paused, whose slots meanwhile were skipped', async () => {
    expect(await resumeSchedule(depsOf([keep({ pausedAt: countsFrom })]), 'nightly')).toBe(true);
    expect(done).toEqual(between('skipped nightly 11+12', 'resume nightly'));
    done = [];
    expect(await resumeSchedule(depsOf([keep()]), 'nightly')).toBe(false);
    expect(done).toEqual(between());
  });

  it('removes a schedule that was added, and none of the file', async () => {
    await removeSchedule(depsOf([keep()]), 'nightly');
    expect(done).toEqual(between('missed nightly 11+12', 'remove nightly'));
    const ofFile = depsOf([keep({ origin: 'file' })]);
    await expect(removeSchedule(ofFile, 'nightly')).rejects.toMatchObject({ code: 'SCHEDULE_IN_FILE' });
    expect(done).not.toContain('remove nightly of file');
  });

  it('accounts for every slot since the last that was decided, however many there are', async () => {
    // 5,000 slots are read at once.
    const minutely = keep({ cron: '* * * * *', countsFrom: new Date(now.getTime() - 6000 * 60_000) });
    let slots = 0;
    const deps = depsOf([minutely]);
    const counting = {
      ...deps,
      slots: {
        ...deps.slots,
        decideWithoutRun: async (_: string, own: readonly Date[]) => {
          slots += own.length;
        },
      },
    };
    await pauseSchedule(counting, 'nightly');
    expect(slots).toBe(6000);
  });

  it('names the schedules that there are where it knows none of that name', () => {
    const messageOf = (...names: readonly string[]) =>
      unknownSchedule(
        'x',
        names.map((name) => ({ ...nightly, name })),
      ).message;
    expect(messageOf()).toBe('no schedule is named x; there is none');
    expect(messageOf('a', 'b', 'a')).toBe('no schedule is named x; there are a, b');
  });
});
