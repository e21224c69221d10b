import { describe, expect, it } from 'vitest';
import { parseSyncFile } from '../../../src/config/parse-sync-file.ts';
import { describeSchedules } from '../../../src/runs/list-schedules.ts';
import type { KeptSchedule } from '../../../src/runs/schedule-store.ts';

const fileOf = (schedules: string) =>
  parseSyncFile(
    `account: personal
feeds: [{ name: bags, keywords: [b] }, { name: hats, keywords: [h] }]
schedules: [${schedules}]
`,
    'test',
  );
const nightlyText = "{ name: nightly, cron: '0 2 * * *', timezone: UTC, feeds: [bags] }";

const kept = (more: Partial<KeptSchedule> = {}): KeptSchedule => ({
  ...{ name: 'nightly', cron: '0 2 * * *', timezone: 'UTC', feeds: ['bags'], budgetCalls: null },
  ...{ missed: 'once', origin: 'file', pausedAt: null, lastSlot: null },
  ...{ countsFrom: new Date('2026-11-28T12:00:00Z'), createdAt: new Date('2026-11-28T12:00:00Z') },
  ...more,
});
const morning = new Date('2026-11-29T01:00:00Z');
const two = new Date('2026-11-29T02:00:00Z');

/** Of the only row. */
function remarks(schedule: Partial<KeptSchedule>, file: string | null = nightlyText, now = morning) {
  return describeSchedules([kept(schedule)], file === null ? null : fileOf(file), now)[0]?.remarks;
}

describe('a schedule that is kept', () => {
  it('has its next slot, unless it is paused', () => {
    const pausedAt = new Date('2026-11-28T20:00:00Z');
    const [active] = describeSchedules([kept()], fileOf(nightlyText), morning);
    expect(active).toMatchObject({ state: 'active', pausedAt: null, nextSlotAt: two, remarks: [] });
    const [paused] = describeSchedules([kept({ pausedAt })], fileOf(nightlyText), morning);
    expect(paused).toMatchObject({ state: 'paused', pausedAt, nextSlotAt: null, remarks: [] });
  });

  it.each([
    ['cron', nightlyText.replace('0 2', '0 3')],
    ['timezone', nightlyText.replace('UTC', 'Asia/Shanghai')],
    ['feeds', nightlyText.replace('[bags]', '[bags, hats]')],
    ['budget', nightlyText.replace(' }', ', budget_calls: 9 }')],
    ['missed', nightlyText.replace(' }', ', missed: skip }')],
  ])('says that the file has another %s from the next start on', (_, file) => {
    expect(remarks({}, file)).toEqual([
      'was changed in catalog-sync.yaml; the change applies from the next start of `serve` or `worker` on.',
    ]);
  });

  it('says when the file has it no longer, and when it was added under the name of one of the file', () => {
    expect(remarks({}, '')).toEqual([
      'is no longer in catalog-sync.yaml, and ends at the next start of `serve` or `worker`.',
    ]);
    expect(remarks({ origin: 'cli' }, '')).toEqual([]);
    expect(remarks({ origin: 'cli' })).toEqual([
      'is also in catalog-sync.yaml, so `serve` and `worker` do not start: rename or remove one of the two.',
    ]);
    expect(remarks({ origin: 'file' }, null)).toEqual([]);
  });

  it('names feeds that the file does not have, and what comes of it', () => {
    const added = (...feeds: string[]) => remarks({ origin: 'cli', feeds }, '');
    expect(added('bags', 'hats')).toEqual([]);
    expect(added('bags', 'caps')).toEqual([
      'is for feeds that catalog-sync.yaml does not have (caps): its runs go without them.',
    ]);
    expect(added('caps', 'socks')).toEqual([
      'is for feeds that catalog-sync.yaml does not have (caps, socks): its slots are skipped.',
    ]);
  });

  it('says that no process works once a slot has waited for a minute', () => {
    const after = (ms: number, more: Partial<KeptSchedule> = {}) =>
      remarks(more, nightlyText, new Date(two.getTime() + ms));
    expect(after(59_999)).toEqual([]);
    expect(after(60_000)).toEqual([
      'has waiting slots, because no `serve` or `worker` is running: start one.',
    ]);
    expect(after(60_000, { lastSlot: { at: two, outcome: 'ran', runId: '1' } })).toEqual([]);
  });

  it('says when this Node cannot read it', () => {
    expect(remarks({ origin: 'cli', timezone: 'Moon/Tycho' }, '')).toEqual([
      'cannot be read by this Node: remove it and add it again.',
    ]);
  });
});

it('one of the file that no process has taken over counts from the next start on', () => {
  expect(describeSchedules([], fileOf(nightlyText), morning)).toMatchObject([
    {
      ...{ name: 'nightly', origin: 'file', state: 'new', pausedAt: null, lastSlot: null, nextSlotAt: null },
      remarks: [
        'is new in catalog-sync.yaml, and starts runs from the next start of `serve` or `worker` on.',
      ],
    },
  ]);
});

it('schedules come by name, each once', () => {
  const names = ['d', 'b', 'a', 'c'].map((name) => nightlyText.replace('nightly', name));
  const rows = describeSchedules(
    [kept({ name: 'b' }), kept({ name: 'd' })],
    fileOf(names.join(', ')),
    morning,
  );
  expect(rows.map(({ name, state }) => `${name} ${state}`)).toEqual([
    'a new',
    'b active',
    'c new',
    'd active',
  ]);
  expect(describeSchedules([kept({ name: 'd' }), kept({ name: 'b' })], null, morning)).toMatchObject([
    { name: 'b' },
    { name: 'd' },
  ]);
});
