import { expect, it } from 'vitest';
import { formatSchedules, formatSlots } from '../../../../src/cli/schedules/format-schedules.ts';
import type { ScheduleRow } from '../../../../src/runs/list-schedules.ts';
import type { DecidedSlot } from '../../../../src/runs/slot-store.ts';
import { textRows } from '../../../support/text-rows.ts';

const at = (time: string) => new Date(`2026-11-${time}Z`);
const nightly: ScheduleRow = {
  ...{ name: 'nightly', cron: '30 2 * * *', timezone: 'Asia/Shanghai', feeds: ['bags', 'shoes'] },
  ...{ budgetCalls: 1200, missed: 'once', origin: 'file', state: 'active', pausedAt: null, remarks: [] },
  lastSlot: { at: at('24T18:30:00'), outcome: 'ran', runId: '7' },
  nextSlotAt: at('25T18:30:00'),
};
const paused: ScheduleRow = {
  ...{ ...nightly, name: 'weekly', cron: '0 4 * * 0', timezone: 'UTC', feeds: ['bags'], missed: 'skip' },
  ...{ state: 'paused', budgetCalls: null, lastSlot: null, nextSlotAt: null },
};
const widest = formatSchedules([nightly, paused], null).split('\n')[1]?.length ?? 0;

it('no schedule is said with what to do', () => {
  expect(formatSchedules([], null)).toBe(
    'No schedule. Add some to catalog-sync.yaml, or use `catalog-sync schedule add`.',
  );
});

it.each([null, widest])('a schedule is a row where there is room: %s columns', (columns) => {
  expect(textRows(formatSchedules([nightly, paused], columns))).toEqual([
    [
      ...['schedule', 'cron', 'zone', 'feeds', 'budget', 'missed', 'state', 'last slot', 'next slot'],
      'in its zone',
    ],
    [
      ...['nightly', '30 2 * * *', 'Asia/Shanghai', 'bags, shoes', '1,200', 'once', 'active'],
      ...['2026-11-24 18:30:00Z ran', '2026-11-25 18:30:00Z', '2026-11-26 02:30'],
    ],
    ['weekly', '0 4 * * 0', 'UTC', 'bags', 'skip', 'paused'],
  ]);
});

it('it is a block of lines where there is none', () => {
  expect(formatSchedules([nightly, paused], widest - 1)).toBe(
    `nightly: active
  '30 2 * * *' in Asia/Shanghai, for bags, shoes
  budget: 1,200 calls; missed: once
  last slot 2026-11-24 18:30:00Z ran
  next slot 2026-11-25 18:30:00Z, in its zone 2026-11-26 02:30
weekly: paused
  '0 4 * * 0' in UTC, for bags
  budget: the quota; missed: skip`,
  );
});

it('what is not as it should be is below, wrapped for a terminal only', () => {
  const remarks = ['was changed in catalog-sync.yaml, which holds from the next start of all on.', 'ends.'];
  const below = (columns: number | null) =>
    formatSchedules([{ ...nightly, remarks }], columns)
      .split('\n\n')
      .slice(1)
      .join();
  const [first, second] = remarks.map((text) => `! nightly ${text}`);
  expect(below(null)).toBe(`${first ?? ''}\n${second ?? ''}`);
  expect(below(50)).toBe(
    '! nightly was changed in catalog-sync.yaml, which\n  holds from the next start of all on.\n! nightly ends.',
  );
});

it('slots have their outcomes and runs', () => {
  const slot = { schedule: 'nightly', slotAt: at('24T18:30:00') };
  const ran = { ...slot, outcome: 'ran', runId: '7', status: 'failed', cause: 'gw.X', callsUsed: 1234 };
  const missed = { ...slot, outcome: 'missed', runId: null, status: null, cause: null, callsUsed: null };
  expect(formatSlots([])).toBe('No slot yet.');
  expect(textRows(formatSlots([ran, missed] as unknown as DecidedSlot[]))).toEqual([
    ['slot', 'schedule', 'outcome', 'run', 'status', 'cause', 'calls'],
    ['2026-11-24 18:30:00Z', 'nightly', 'ran', '7', 'failed', 'gw.X', '1,234'],
    ['2026-11-24 18:30:00Z', 'nightly', 'missed'],
  ]);
});
