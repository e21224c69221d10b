import { expect, it } from 'vitest';
import { createRunProgress, formatRun, printRun } from '../../../src/cli/show-run.ts';
import type { App } from '../../../src/app/open-app.ts';
import type { Session } from '../../../src/app/session.ts';
import type { HealthIssue } from '../../../src/model/health-issue.ts';
import type { Run } from '../../../src/model/run.ts';
import type { SyncConfig } from '../../../src/model/sync-config.ts';
import type { ProgressState } from '../../../src/terminal/progress.ts';
import { createWorld } from '../../support/in-process.ts';
import { textRows } from '../../support/text-rows.ts';

const startedAt = new Date('2026-11-25T01:00:00Z');
const run: Run = {
  ...{ runId: '12', scope: 'all', feedNames: ['a'], status: 'succeeded', cause: null, budgetCalls: null },
  ...{ callsUsed: 1011, deadlineAt: null, postponed: 1010, nextTryAt: null, syncFileHash: null },
  ...{ startedAt, endedAt: new Date('2026-11-25T01:01:02.34Z'), forecast: null },
  counts: {
    ...{
      categories: 1001,
      offersNew: 1002,
      offersCompleted: 1010,
      offersChanged: 1003,
      offersUnchanged: 1004,
    },
    ...{ pricesOpened: 1005, pricesClosed: 1006, rejects: 1007, errors: 1008 },
  },
};
const forecast = {
  calls: { 'search.keyword': 1200.6, 'offer.detail': 300 },
  ...{ newOffers: 1021.6, changedOffers: 1022.4, seconds: 61.26 },
};

it('a run that has ended has its outcome, calls and counts', () => {
  expect(textRows(formatRun(run, { 'offer.detail': 1011 }))).toEqual([
    ['run 12'],
    ['outcome', 'succeeded'],
    ['calls', '1,011'],
    ['offer.detail', '1,011'],
    ['time', '62.3 s'],
    ['categories listed', '1,001'],
    ['offers new', '1,002'],
    ['offers completed', '1,010'],
    ['offers changed', '1,003'],
    ['offers unchanged', '1,004'],
    ['prices opened', '1,005'],
    ['prices closed', '1,006'],
    ['rows quarantined', '1,007'],
    ['targets given up', '1,008'],
    ['targets postponed', '1,010'],
  ]);
});

it('with a forecast it has what was planned beside, with a cause and a budget both', () => {
  const ended: Run = { ...run, status: 'partial_quota', cause: 'budget', budgetCalls: 2000, forecast };
  expect(textRows(formatRun(ended, { 'offer.detail': 1011 })).slice(0, 10)).toEqual([
    ['run 12', 'planned'],
    ['outcome', 'partial_quota (budget)'],
    ['calls', '1,011 of 2,000', '1,501'],
    ['search.keyword', '0', '1,201'],
    ['offer.detail', '1,011', '300'],
    ['time', '62.3 s', '61.3 s'],
    ['categories listed', '1,001'],
    ['offers new', '1,002', '1,022'],
    ['offers completed', '1,010'],
    ['offers changed', '1,003', '1,022'],
  ]);
  const guess = formatRun({ ...ended, forecast: { ...forecast, isGuess: true } });
  expect(textRows(guess)[0]).toEqual(['run 12', 'at most']);
});

it('the time of a run that never began, or has no end, is none', () => {
  for (const changed of [{ startedAt: null }, { endedAt: null }, { startedAt: null, endedAt: null }])
    expect(textRows(formatRun({ ...run, ...changed }))).toContainEqual(['time', '0.0 s']);
});

const issue: HealthIssue = {
  ...{ id: 'quota-low', key: 'k', kind: 'state', severity: 'warn', summary: 'Few calls are left.' },
  ...{ remedy: '', path: '/', origin: 'operator', since: null, healsItself: true, healsAt: null },
  ...{ runId: null, code: null },
};

function print(isJson: boolean, issues: readonly HealthIssue[]) {
  const { context } = createWorld();
  const printed: string[] = [];
  const session = { context, isJson, print: (line: string) => void printed.push(line) };
  printRun(session as unknown as Session, { run, calls: { 'offer.detail': 5 }, issues });
  return printed;
}

it('is printed with what is wrong, or as one object', () => {
  expect(print(false, [])).toEqual([formatRun(run, { 'offer.detail': 5 })]);
  const [, health, ...others] = print(false, [issue]);
  expect(health).toMatch(
    /^\nhealth issues:\nwarn {2}Few calls are left\.\n(?: .+\n)+\nTimes are in Asia\/Shanghai\.$/,
  );
  expect(others).toEqual([]);
  const [json = '', ...more] = print(true, [issue]);
  expect(JSON.parse(json)).toMatchObject({ runId: '12', calls: { 'offer.detail': 5 }, issues: [issue] });
  expect(more).toEqual([]);
});

it('progress has the rate since it was first seen, and the time that the calls left take', async () => {
  const updates: ProgressState[] = [];
  const ends: string[] = [];
  const asked: unknown[] = [];
  let nowMs = 5000;
  const clock = { now: () => new Date(nowMs) };
  const session = {
    createProgress: () => ({
      update: (progress: ProgressState) => void updates.push(progress),
      done: () => void ends.push('done'),
    }),
    context: { clock },
  };
  const countDue = async (feeds: unknown, freshness: unknown) => (asked.push([feeds, freshness]), 60);
  const sync = { feeds: [{ name: 'a' }, { name: 'b' }], freshness: { detailMs: 1 } };
  const progress = createRunProgress(
    session as unknown as Session,
    { leases: { countDue } } as unknown as App,
    sync as unknown as SyncConfig,
  );
  const active: Run = { ...run, callsUsed: 10, budgetCalls: 500 };
  await progress.update(active);
  nowMs += 4000;
  await progress.update({ ...active, callsUsed: 30 });
  await progress.update({ ...active, callsUsed: 8 });
  await progress.update({ ...active, forecast: { ...forecast, isGuess: true }, callsUsed: 30 });
  const shown = { label: 'run 12', budgetCalls: 500, offers: 3017 };
  expect(updates).toEqual([
    { ...shown, callsUsed: 10, ratePerSecond: 0, secondsLeft: null },
    { ...shown, callsUsed: 30, ratePerSecond: 5, secondsLeft: 12 },
    { ...shown, callsUsed: 8, ratePerSecond: 0, secondsLeft: null },
    { ...shown, callsUsed: 30, ratePerSecond: 5, secondsLeft: null },
  ]);
  expect(asked[0]).toEqual([[{ name: 'a' }], { detailMs: 1 }]);
  progress.done();
  expect(ends).toEqual(['done']);
});
