import { describe, expect, it } from 'vitest';
import { findUndecidedSlot, listDueSlots } from '../../../src/runs/due-slots.ts';
import type { KeptSchedule } from '../../../src/runs/schedule-store.ts';
import type { Schedule } from '../../../src/model/sync-config.ts';

const hourly: Schedule = {
  name: 'hourly',
  cron: '0 * * * *',
  timezone: 'Asia/Shanghai',
  feeds: ['all'],
  budgetCalls: null,
  missed: 'skip',
};

const at = (text: string) => new Date(text);

function due(schedule: Partial<Schedule>, decidedUntil: string, now: string): string[] {
  return listDueSlots({ ...hourly, ...schedule }, at(decidedUntil), at(now)).map(
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

  it('takes the slots of a long downtime one part after the other, and runs the newest of all', () => {
    const minutely = { ...hourly, cron: '* * * * *', missed: 'once' } as const;
    const [from, now] = [at('2026-10-01T00:00:00Z'), at('2026-10-10T00:00:00Z')];
    let decided = from;
    const outcomes: boolean[] = [];
    for (let observations = 1; decided < now; observations += 1) {
      const slots = listDueSlots(minutely, decided, now);
      expect(observations).toBeLessThan(6);
      outcomes.push(...slots.map(({ isMissed }) => isMissed));
      decided = slots.at(-1)?.at ?? now;
    }
    expect(outcomes).toHaveLength(9 * 1440);
    expect(outcomes.indexOf(false)).toBe(9 * 1440 - 1);
  });

  it('leaves the newest slot to the next tick when it comes just where the part of a long downtime ends', () => {
    const daily = { ...hourly, cron: '0 0 * * *', timezone: 'UTC', missed: 'once' } as const;
    const now = at('2026-10-10T00:00:00Z');
    const slots = listDueSlots(daily, new Date(now.getTime() - 5000 * 86_400_000), now);
    expect(slots).toHaveLength(4999);
    expect(slots.filter(({ isMissed }) => !isMissed)).toEqual([]);
  });
});

describe('the first slot that is not decided', () => {
  const kept: KeptSchedule = {
    ...hourly,
    ...{ origin: 'cli', pausedAt: null, lastSlot: null, createdAt: at('2026-10-10T08:10:00Z') },
    countsFrom: at('2026-10-10T08:10:00Z'),
  };
  const lastSlot = (time: string) => ({ at: at(time), outcome: 'ran' as const, runId: '1' });

  it('comes after the last that is, and after the time from which its schedule counts', () => {
    expect(findUndecidedSlot(kept)).toEqual(at('2026-10-10T09:00:00Z'));
    const decided = { ...kept, lastSlot: lastSlot('2026-10-10T11:00:00Z') };
    expect(findUndecidedSlot(decided)).toEqual(at('2026-10-10T12:00:00Z'));
    const before = { ...kept, lastSlot: lastSlot('2026-10-10T07:00:00Z') };
    expect(findUndecidedSlot(before)).toEqual(at('2026-10-10T09:00:00Z'));
  });

  it('is none of a schedule that is paused or cannot be read', () => {
    expect(findUndecidedSlot({ ...kept, pausedAt: at('2026-10-10T08:20:00Z') })).toBeNull();
    expect(findUndecidedSlot({ ...kept, timezone: 'Moon/Tycho' })).toBeNull();
  });
});
