import { describe, expect, it } from 'vitest';
import {
  findScheduleIssues,
  findSilence,
  findWorkerIssues,
} from '../../../../src/health/issues/work-issues.ts';
import type { HealthFacts, WorkerTrouble } from '../../../../src/health/issues/health-store.ts';
import { afterNoon, healthFacts, hourly, noon, remedyOf } from '../../../support/health-facts.ts';

const worker = (host: string, pid: number, parts: Partial<WorkerTrouble>): WorkerTrouble => ({
  ...{ host, pid, code: null, since: noon, isReplaced: false },
  ...parts,
});

describe('processes', () => {
  it('that fail by one code are one issue, since the first of them did', () => {
    const workers = [
      worker('b', 1, { code: 'DISK_FULL', since: noon }),
      worker('a', 2, { code: 'DISK_FULL', since: afterNoon(-1, 'h') }),
      worker('b', 3, { code: 'DISK_FULL', since: afterNoon(1, 'h') }),
      worker('c', 4, { code: 'ODD' }),
      worker('d', 5, { code: 'GATEWAY_SHUT' }),
    ];
    const found = findWorkerIssues(healthFacts({ workers }), remedyOf);
    expect(found[0]).toEqual({
      ...{ id: 'worker-failing', key: 'worker-failing:DISK_FULL', kind: 'state', severity: 'act' },
      ...{ origin: 'operator', since: afterNoon(-1, 'h'), healsItself: true, healsAt: null, runId: null },
      ...{ code: 'DISK_FULL', path: '/queues' },
      summary: 'No work is possible on b, a since 2026-11-25 11:00: `DISK_FULL`.',
      remedy: 'Free space. Work continues by itself when the cause is gone.',
    });
    expect(found.slice(1)).toMatchObject([
      {
        ...{ code: 'ODD', origin: '1688', healsItself: false },
        summary: 'No work is possible on c since 2026-11-25 12:00: `ODD`.',
        remedy: 'Read the log of this process. Work continues by itself when the cause is gone.',
      },
      { code: 'GATEWAY_SHUT', healsItself: false },
    ]);
  });

  it('that have vanished are an event each, and noted where another one began', () => {
    const workers = [worker('a', 1, {}), worker('a', 2, { isReplaced: true })];
    expect(findWorkerIssues(healthFacts({ workers }), remedyOf)).toEqual([
      {
        ...{ id: 'worker-lost', key: 'worker-lost:a:1:2026-11-25', kind: 'event', severity: 'warn' },
        origin: 'operator',
        ...{ since: noon, healsItself: true, healsAt: null, runId: null, code: null, path: '/workers' },
        summary:
          'Process 1 on a was killed or has lost its network: its last heartbeat was at 2026-11-25 12:00.',
        remedy: expect.stringMatching(/^Look for the process in the log/) as string,
      },
      expect.objectContaining({ key: 'worker-lost:a:2:2026-11-25', severity: 'note', remedy: '' }),
    ]);
  });
});

describe('a schedule', () => {
  const lateBy = (minutes: number, ms = 0) =>
    findScheduleIssues(healthFacts({ state: { now: afterNoon(minutes, 'min', ms) }, schedules: [hourly] }));

  it('is late from more than a quarter of an hour after its slot on', () => {
    expect(lateBy(15)).toEqual([]);
    expect(lateBy(15, 1)).toEqual([
      {
        ...{ id: 'run-late', key: 'run-late:hourly', kind: 'state', severity: 'act', origin: 'operator' },
        ...{ since: noon, healsItself: false, healsAt: null, runId: null, code: null, path: '/runs' },
        summary: 'The run of schedule hourly has not started; its slot was 2026-11-25 12:00.',
        remedy: 'Check whether a `serve` or `worker` runs, and read `catalog-sync schedule history`.',
      },
    ]);
    const schedules = [{ ...hourly, pausedAt: noon }];
    expect(findScheduleIssues(healthFacts({ state: { now: afterNoon(1, 'd') }, schedules }))).toEqual([]);
  });

  it('that missed slots is an event of the day of the newest', () => {
    const newestAt = new Date('2026-11-24T16:00:00Z');
    const missed = [
      { schedule: 'a', missed: 1, newestAt },
      { schedule: 'b', missed: 3, newestAt },
    ];
    const found = findScheduleIssues(healthFacts({ missed }));
    expect(found[0]).toEqual({
      ...{ id: 'run-missed', key: 'run-missed:a:2026-11-25', kind: 'event', severity: 'warn' },
      ...{ origin: 'operator', since: newestAt, healsItself: true, healsAt: null, runId: null, code: null },
      ...{ path: '/runs', remedy: expect.stringContaining('`catalog-sync schedule history`') as string },
      summary:
        'The run of schedule a did not start, because no process was running; the last slot was 2026-11-25 00:00.',
    });
    expect(found[1]?.summary).toMatch(/^3 runs of schedule b did not start/);
  });
});

describe('silence', () => {
  const longAgo = afterNoon(-50, 'h', -1);
  const recent = afterNoon(-50, 'h');
  const silent: Partial<HealthFacts['state']> = {
    ...{ firstRunAt: longAgo, lastRunAt: recent, answeredAt: longAgo, lastRunStatus: 'partial_quota' },
  };
  const issues = (state: Partial<HealthFacts['state']>) =>
    findSilence(healthFacts({ state: { ...silent, ...state } }));

  it('of more than 50 hours is one, while runs end without an answer', () => {
    expect(issues({})).toEqual([
      {
        ...{ id: 'no-answers', key: 'no-answers', kind: 'state', severity: 'act', origin: 'operator' },
        ...{ since: longAgo, healsItself: false, healsAt: null, runId: null, code: null, path: '/runs' },
        summary: '1688 has sent no good answer since 2026-11-23 09:59:59.',
        remedy: 'Runs end without an answer: their pages and the API status page show why.',
      },
    ]);
  });

  it('of a month is one without its beginning', () => {
    expect(issues({ answeredAt: null })).toMatchObject([
      { since: null, summary: '1688 has sent no good answer in the last 31 days.' },
    ]);
  });

  it('where no run has ended for as long is about what starts them', () => {
    expect(issues({ lastRunAt: longAgo })[0]?.remedy).toBe(
      'Check whether cron or `catalog-sync serve` still runs.',
    );
    expect(issues({ lastRunAt: longAgo, lastRunStatus: 'succeeded' })).toHaveLength(1);
  });

  it.each([
    ['before any run has ended by itself', { lastRunAt: null }],
    ['as long as the first run is not that old', { firstRunAt: recent }],
    ['since an answer of that time', { answeredAt: recent }],
    ['after a run that had nothing to ask for', { lastRunStatus: 'succeeded' }],
  ] as const)('is none %s', (_, state) => {
    expect(issues(state)).toEqual([]);
  });
});
