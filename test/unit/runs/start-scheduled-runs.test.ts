import { expect, it } from 'vitest';
import { createLogger } from '../../../src/core/log.ts';
import type { Run } from '../../../src/model/run.ts';
import { createBeginRun } from '../../../src/runs/begin-run.ts';
import type { Postponed } from '../../../src/refresh/queue/lease-store.ts';
import { reconcileForeignRuns } from '../../../src/runs/reconcile-foreign-runs.ts';
import { startScheduledRuns, type ScheduleDeps } from '../../../src/runs/start-scheduled-runs.ts';
import type { KeptSchedule } from '../../../src/runs/schedule-store.ts';

/* A tick goes on once what it has begun is kept. */

const log = createLogger({ level: 'silent', pretty: false });
const now = new Date('2027-10-12T02:00:10Z');
const nightly: KeptSchedule = {
  ...{ name: 'nightly', cron: '0 2 * * *', timezone: 'UTC', feeds: ['shoes'], budgetCalls: 40 },
  ...{ missed: 'skip', origin: 'file', pausedAt: null, lastSlot: null },
  ...{ countsFrom: new Date('2027-10-10T12:00:00Z'), createdAt: new Date('2027-10-10T12:00:00Z') },
};

function openStore() {
  const done: string[] = [];
  const write = async (what: string): Promise<void> => {
    await new Promise((resolve) => setImmediate(resolve));
    done.push(what);
  };
  return { done, write };
}

it('a run begins once the database is claimed for its source, with what is expected of it', async () => {
  const { done, write } = openStore();
  const begin = createBeginRun({
    runs: {
      claimSource: (source) => write(`claim ${source}`),
      begin: async ({ syncFileHash, forecast }) => {
        await write(`begin by ${String(syncFileHash)}, expects ${JSON.stringify(forecast)}`);
        return { kind: 'active', runId: '7', silentMs: null };
      },
    },
    makeForecast: async () => (await write('forecast'), null),
    syncFileHash: 'file',
  });
  const request = { scope: 'all', feedNames: ['shoes'], trigger: 'test', source: 'sandbox' } as const;
  expect(await begin({ ...request, budgetCalls: null, deadlineMs: null })).toMatchObject({ runId: '7' });
  expect(done).toEqual(['claim sandbox', 'forecast', 'begin by file, expects null']);
});

it('the slots of schedules are decided one after the other', async () => {
  const { done, write } = openStore();
  const deps: ScheduleDeps = {
    schedules: { list: async () => [nightly, { ...nightly, name: 'second', feeds: ['shoes', 'caps'] }] },
    slots: {
      decide: (name, at, outcome, runId) => write(`${name} ${at.getUTCDate()} ${outcome} by ${runId}`),
      decideWithoutRun: (name, slots, outcome) =>
        write(`${name} ${slots.map((at) => at.getUTCDate()).join('+')} ${outcome}`),
      list: async () => [],
    },
    begin: async ({ feedNames }) => {
      await write(`begin ${feedNames.join('+')}`);
      return { kind: 'active', runId: '7', silentMs: null };
    },
    ...{ source: 'sandbox', feeds: ['shoes', 'bags'], log },
  };
  await startScheduledRuns(deps, now);
  expect(done).toEqual([
    ...['nightly 11 missed', 'begin shoes', 'nightly 12 merged by 7'],
    ...['second 11 missed', 'begin shoes', 'second 12 merged by 7'],
  ]);
});

it('feeds that are gone from the sync file are named, and a slot of no other feed is skipped', async () => {
  const { done, write } = openStore();
  const lines: string[] = [];
  const deps: ScheduleDeps = {
    schedules: {
      list: async () => [
        { ...nightly, name: 'all here' },
        { ...nightly, name: 'some here', feeds: ['caps', 'shoes', 'hats'] },
        { ...nightly, name: 'none here', feeds: ['caps'] },
      ],
    },
    slots: {
      decide: (name, _at, outcome) => write(`${name}: ${outcome}`),
      decideWithoutRun: (name, slots, outcome) => write(`${name}: ${String(slots.length)} ${outcome}`),
      list: async () => [],
    },
    begin: async ({ feedNames }) => {
      await write(`begin ${feedNames.join('+')}`);
      return { kind: 'active', runId: '7', silentMs: null };
    },
    ...{ source: 'sandbox', feeds: ['shoes', 'bags'] },
    log: createLogger({ level: 'warn', pretty: false, stream: { write: (line) => void lines.push(line) } }),
  };
  await startScheduledRuns(deps, now);
  expect(done).toEqual([
    ...['all here: 1 missed', 'begin shoes', 'all here: merged'],
    ...['some here: 1 missed', 'begin shoes', 'some here: merged'],
    ...['none here: 1 missed', 'none here: 1 skipped'],
  ]);
  const warned = lines.map((line) => JSON.parse(line) as { schedule: string; gone: string[] });
  expect(warned.map(({ schedule, gone }) => [schedule, gone])).toEqual([
    ['some here', ['caps', 'hats']],
    ['none here', ['caps']],
  ]);
});

it('runs that no process drives any more are taken over or ended before the tick goes on', async () => {
  const { done, write } = openStore();
  const run = (runId: string, feedNames: readonly string[]) => ({ runId, scope: 'x', feedNames }) as Run;
  const met = [run('1', ['shoes']), run('2', ['caps'])];
  const deps = {
    runs: {
      listAbandoned: async (ids: readonly string[]) => [...ids],
      adopt: (runId: string, hash: string) => write(`adopt ${runId} for ${hash}`),
      end: (runId: string, status: string, cause: string | null, left?: Postponed) =>
        write(`end ${runId} ${status} ${String(cause)}, ${String(left?.targets)} postponed`),
    },
    leases: {
      countPostponed: (feeds: readonly { name: string }[]) =>
        Promise.resolve({ targets: feeds.filter(({ name }) => name === 'caps').length, nextTryAt: now }),
    },
    ...{ syncFileHash: 'ours', sync: { feeds: [{ name: 'shoes' }] } as never, foreignRuns: new Map(), log },
  };
  await reconcileForeignRuns(deps, met, now);
  expect(done).toEqual([]);
  await reconcileForeignRuns(deps, met, new Date(now.getTime() + 10_000));
  expect(done).toEqual(['adopt 1 for ours', 'end 2 cancelled SYNC_FILE_CHANGED, 1 postponed']);
});
