import { describe, expect, it } from 'vitest';
import { listDueSlots } from '../../src/jobs/due-slots.ts';
import type { Schedule } from '../../src/model/sync-config.ts';

const hourly: Schedule = {
  name: 'hourly',
  cron: '0 * * * *',
  timezone: 'Asia/Shanghai',
  feeds: ['all'],
  budgetCalls: null,
  missed: 'skip',
};

const at = (text: string) => new Date(text);

function due(schedule: Partial<Schedule>, lastDecided: string | null, now: string): string[] {
  const last = lastDecided === null ? null : at(lastDecided);
  return listDueSlots({ ...hourly, ...schedule }, last, at(now)).map(
    (slot) => `${slot.at.toISOString()} ${slot.isMissed ? 'missed' : 'run'}`,
  );
}

describe('listDueSlots', () => {
  it('has nothing before the next slot', () => {
    expect(due({}, '2026-10-10T08:00:00Z', '2026-10-10T08:59:59.999Z')).toEqual([]);
  });

  it('runs a slot at its very moment, and once', () => {
    expect(due({}, '2026-10-10T08:00:00Z', '2026-10-10T09:00:00Z')).toEqual(['2026-10-10T09:00:00.000Z run']);
    expect(due({}, '2026-10-10T09:00:00Z', '2026-10-10T09:00:00Z')).toEqual([]);
  });

  it('runs a slot that is noticed within five minutes, and misses a later one', () => {
    expect(due({}, '2026-10-10T08:00:00Z', '2026-10-10T09:05:00Z')).toEqual(['2026-10-10T09:00:00.000Z run']);
    expect(due({}, '2026-10-10T08:00:00Z', '2026-10-10T09:05:00.001Z')).toEqual([
      '2026-10-10T09:00:00.000Z missed',
    ]);
  });

  it('makes up for missed slots with one run when the schedule says once', () => {
    const slots = ['2026-10-10T09:00:00.000Z missed', '2026-10-10T10:00:00.000Z missed'];
    expect(due({ missed: 'once' }, '2026-10-10T08:00:00Z', '2026-10-10T11:30:00Z')).toEqual([
      ...slots,
      '2026-10-10T11:00:00.000Z run',
    ]);
    expect(due({ missed: 'skip' }, '2026-10-10T08:00:00Z', '2026-10-10T11:30:00Z')).toEqual([
      ...slots,
      '2026-10-10T11:00:00.000Z missed',
    ]);
  });

  it('runs the newest slot after a downtime also under skip, when it has just come', () => {
    expect(due({}, '2026-10-10T08:00:00Z', '2026-10-10T10:01:00Z')).toEqual([
      '2026-10-10T09:00:00.000Z missed',
      '2026-10-10T10:00:00.000Z run',
    ]);
  });

  it('does not run a slot from before the schedule was first seen', () => {
    for (const missed of ['skip', 'once'] as const) {
      expect(due({ missed }, null, '2026-10-10T09:00:30Z')).toEqual(['2026-10-10T09:00:00.000Z missed']);
    }
  });

  it('writes down at most a hundred slots after a long downtime', () => {
    const slots = due({ missed: 'once' }, '2026-01-01T00:00:00Z', '2026-10-10T09:00:00Z');
    expect(slots).toHaveLength(100);
    expect(slots.at(-1)).toBe('2026-10-10T09:00:00.000Z run');
  });

  it('goes by the wall clock of its time zone', () => {
    expect(due({ cron: '30 6 * * *' }, '2026-10-09T22:30:00Z', '2026-10-10T22:30:00Z')).toEqual([
      '2026-10-10T22:30:00.000Z run',
    ]);
  });

  describe('in Berlin, where clocks change', () => {
    const berlin = { timezone: 'Europe/Berlin', cron: '30 2 * * *', missed: 'once' } as const;

    it('runs once on the day without the hour of the slot', () => {
      // 29 March 2026: 02:00 becomes 03:00, so that the slot is an hour late by the clock on the wall.
      expect(due(berlin, '2026-03-28T01:30:00Z', '2026-03-29T12:00:00Z')).toEqual([
        '2026-03-29T01:30:00.000Z run',
      ]);
      expect(due(berlin, '2026-03-29T01:30:00Z', '2026-03-30T12:00:00Z')).toEqual([
        '2026-03-30T00:30:00.000Z run',
      ]);
    });

    it('runs once on the day that has the hour of the slot twice', () => {
      // 25 October 2026: 03:00 becomes 02:00.
      expect(due(berlin, '2026-10-24T00:30:00Z', '2026-10-25T12:00:00Z')).toEqual([
        '2026-10-25T00:30:00.000Z run',
      ]);
      expect(due(berlin, '2026-10-25T00:30:00Z', '2026-10-26T12:00:00Z')).toEqual([
        '2026-10-26T01:30:00.000Z run',
      ]);
    });

    it('runs an hourly schedule every hour of both days', () => {
      const hours = { timezone: 'Europe/Berlin', cron: '0 * * * *' };
      expect(due(hours, '2026-03-28T23:00:00Z', '2026-03-29T22:00:00Z')).toHaveLength(23);
      expect(due(hours, '2026-10-24T22:00:00Z', '2026-10-25T23:00:00Z')).toHaveLength(25);
    });
  });
});
