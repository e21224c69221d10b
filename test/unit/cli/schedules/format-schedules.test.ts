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
  const [table, below] = formatSchedules([nightly, paused], columns).split('\n\n');
  expect(textRows(table)).toEqual([
    ['schedule', 'cron', 'zone', 'feeds', 'budget', 'missed', 'state', 'last slot', 'next slot'],
    [
      ...['nightly', '30 2 * * *', 'Asia/Shanghai', 'bags, shoes', '1,200', 'once', 'active'],
      ...['2026-11-25 02:30 ran', '2026-11-26 02:30'],
    ],
    ['weekly', '0 4 * * 0', 'UTC', 'bags', 'skip', 'paused'],
  ]);
  expect(below).toBe('- Times are in Asia/Shanghai.');
});

it('a next slot is also there by the clocks of its zone, where they show another time', () => {
  const berlin = { ...nightly, name: 'dawn', timezone: 'Europe/Berlin' };
  const [table] = formatSchedules([nightly, berlin], null).split('\n\n');
  const ends = textRows(table).map((cells) => cells.slice(8));
  expect(ends).toEqual([
    ['next slot', 'in its zone'],
    ['2026-11-26 02:30'],
    ['2026-11-26 02:30', '2026-11-25 19:30'],
  ]);
  expect(formatSchedules([berlin], 60)).toContain(
    '\n  next slot 2026-11-26 02:30, in its zone 2026-11-25 19:30\n',
  );
});

it('it is a block of lines where there is none', () => {
  expect(formatSchedules([nightly, paused], widest - 1)).toBe(
    `nightly: active
  '30 2 * * *' in Asia/Shanghai, for bags, shoes
  budget: 1,200 calls; missed: once
  last slot 2026-11-25 02:30 ran
  next slot 2026-11-26 02:30
weekly: paused
  '0 4 * * 0' in UTC, for bags
  budget: the quota; missed: skip

- Times are in Asia/Shanghai.`,
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
  const note = '- Times are in Asia/Shanghai.';
  expect(below(null)).toBe(`${first ?? ''}\n${second ?? ''}\n${note}`);
  expect(below(50)).toBe(
    `! nightly was changed in catalog-sync.yaml, which\n  holds from the next start of all on.\n! nightly ends.\n${note}`,
  );
});

it('slots have their outcomes and runs', () => {
  const slot = { schedule: 'nightly', slotAt: at('24T18:30:00') };
  const ran = { ...slot, outcome: 'ran', runId: '7', status: 'failed', cause: 'gw.X', callsUsed: 1234 };
  const missed = { ...slot, outcome: 'missed', runId: null, status: null, cause: null, callsUsed: null };
  expect(formatSlots([])).toBe('No slot yet.');
  const [table, below] = formatSlots([ran, missed] as unknown as DecidedSlot[]).split('\n\n');
  expect(below).toBe('Times are in Asia/Shanghai.');
  expect(textRows(table)).toEqual([
    ['slot', 'schedule', 'outcome', 'run', 'status', 'cause', 'calls'],
    ['2026-11-25 02:30', 'nightly', 'ran', '7', 'failed', 'gw.X', '1,234'],
    ['2026-11-25 02:30', 'nightly', 'missed'],
  ]);
});
