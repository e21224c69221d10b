import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { at, limit, noon, openStillLedger, type Row, type StillLedger } from '../../support/still-ledger.ts';

let ledger: StillLedger;
beforeAll(async () => {
  ledger = await openStillLedger();
});
afterAll(() => ledger.close());

const day = { api: 'api', period_kind: 'day', call_limit: 40 };
const rollingDay = { ...day, reset: 'rolling' };
const month = { ...day, period_kind: 'month', call_limit: 240 };
const hour = 3600;

/** What was counted in the day of `api` that is now. */
const counted = (values: Row[1]): Row => [
  'usage.quota_period',
  {
    ...{ period_id: 1, app_key: 'app', api: 'api', period_kind: 'day', call_limit: 40, granted: 0 },
    ...{ refunded: 0, unknown: 0, external: 0, used_before_day: 0, is_assumed_spent: false },
    ...{ starts_at: at(-12 * hour), ends_at: at(12 * hour), day_starts_at: at(-12 * hour) },
    ...values,
  },
];
const ofMonth = (values: Row[1]): Row =>
  counted({
    ...{ period_kind: 'month', call_limit: 240 },
    ...{ starts_at: '2026-11-01T00:00+08:00', ends_at: '2026-12-01T00:00+08:00' },
    ...values,
  });
/** What was counted in an hour of a rolling day, by the hours that it began after noon. */
const bucket = (hours: number, values: Row[1] = {}): Row =>
  counted({
    ...{ period_id: 100 + hours, granted: 1 },
    ...{ starts_at: at(hours * hour), ends_at: at((hours + 1) * hour), day_starts_at: at(hours * hour) },
    ...values,
  });

/** A time of 2026 in UTC, as in `11-24T16:00`. */
const z = (text: string) => new Date(`2026-${text}Z`).toISOString();
const utc = (row: readonly unknown[]) =>
  row.map((value) => (value instanceof Date ? value.toISOString() : value));

describe('the windows of a call that may arrive between two times', () => {
  const days = [
    [z('11-24T16:00'), z('11-25T16:00')],
    [z('11-25T16:00'), z('11-26T16:00')],
  ];
  it.each<[string, string, number, unknown[]]>([
    ['are the day of the zone', `'day', 'calendar', 'Asia/Shanghai'`, 12 * hour - 0.001, days.slice(0, 1)],
    ['are two days if it may arrive at midnight', `'day', 'calendar', 'Asia/Shanghai'`, 12 * hour, days],
    ['are a minute', `'minute', 'calendar', 'UTC'`, 59, [[z('11-25T04:00'), z('11-25T04:01')]]],
  ])('%s', async (_, kind, seconds, expected) => {
    const rows = await ledger.read(
      [],
      `SELECT starts_at, ends_at, counted_from, counted_to
       FROM usage.periods_touched(${kind}, '${noon}', '${at(seconds)}')`,
    );
    expect(rows.map(utc)).toEqual((expected as unknown[][]).map((span) => [...span, ...span]));
  });

  it.each<[string, unknown[]]>([
    ['minute', [z('11-25T04:00'), z('11-25T04:00:01'), z('11-25T03:58:30'), Infinity]],
    ['day', [z('11-25T04:00'), z('11-25T05:00'), z('11-24T03:59:30'), Infinity]],
    ['month', [z('11-25T00:00'), z('11-26T00:00'), z('10-25T03:59:30'), Infinity]],
  ])('are one part of a rolling %s, counted with all that its span overlaps', async (kind, expected) => {
    const rows = await ledger.read(
      [],
      `SELECT starts_at, ends_at, counted_from, counted_to
       FROM usage.periods_touched('${kind}', 'rolling', 'UTC', '${noon}', '${at(30)}')`,
    );
    expect(rows.map(utc)).toEqual([expected]);
  });
});

describe('what is used of a window', () => {
  /** Used, unknown, external, ids, when it is free, used today, when the day begins, whether it is assumed. */
  const read = async (rows: readonly Row[], seconds = 0) =>
    (
      await ledger.read(
        rows,
        `SELECT used, unknown, external, period_ids, free_at, used_today, day_starts_at, is_assumed_spent
         FROM usage.quota_periods('app', 'api', '${noon}', '${at(seconds)}') ORDER BY starts_at`,
      )
    ).map(utc);
  const today = z('11-24T16:00');
  const nothing = [0, 0, 0, [], z('11-25T16:00'), 0, today, false];
  const some = { granted: 9, refunded: 2, unknown: 3, external: 4 };

  it('is nothing at first', async () => {
    expect(await read([limit(day)])).toEqual([nothing]);
  });

  it('is what was granted and not refunded, and what others used', async () => {
    expect(await read([limit(day), counted({ ...some, is_assumed_spent: true })])).toEqual([
      [11, 3, 4, ['1'], z('11-25T16:00'), 11, today, true],
    ]);
  });

  it('is not what another app, API, kind or day used', async () => {
    const rows = [
      ...[limit(day), limit()],
      ...[counted({ app_key: 'other', granted: 1 }), counted({ period_id: 2, api: 'other', granted: 1 })],
      counted({ period_id: 3, period_kind: 'month', granted: 1 }),
      counted({ period_id: 4, starts_at: at(-36 * hour), ends_at: at(-12 * hour), granted: 1 }),
      counted({ period_id: 5, starts_at: at(12 * hour), ends_at: at(36 * hour), granted: 1 }),
    ];
    expect(await read(rows)).toEqual([nothing]);
  });

  it('on a day of a month is that less what was used before the day', async () => {
    const end = z('11-30T16:00');
    const rows = [limit(month), ofMonth({ ...some, used_before_day: 5 })];
    expect(await read(rows)).toEqual([[11, 3, 4, ['1'], end, 6, today, false]]);
    const before = [limit(month), ofMonth({ ...some, day_starts_at: at(-36 * hour) })];
    expect(await read(before)).toEqual([[11, 3, 4, ['1'], end, 0, today, false]]);
  });

  it('on the next day is counted by that day', async () => {
    const [, next] = await read([limit(day)], 12 * hour);
    expect(next?.[6]).toBe(z('11-25T16:00'));
  });

  it('of a rolling day is all that overlaps it, until the first of that falls out', async () => {
    const usedAndFree = async (buckets: readonly Row[], seconds = 0) => {
      const [row] = await read([limit(rollingDay), ...buckets], seconds);
      return [row?.[0], row?.[4]];
    };
    const rows = [
      ...[limit(rollingDay), bucket(0, some), bucket(-1, { is_assumed_spent: true })],
      // Nothing of it is used, so that nothing of it falls out.
      ...[bucket(-23, { granted: 0 }), bucket(-24, { granted: 2, refunded: 2 }), bucket(-25)],
    ];
    expect(await read(rows)).toEqual([
      [12, 3, 4, expect.arrayContaining(['100', '99', '77', '76']), z('11-26T04:00'), 11, noon, true],
    ]);
    expect(await usedAndFree([bucket(-24, { granted: 0, external: 1 }), bucket(-1)])).toEqual([
      2,
      z('11-25T05:00'),
    ]);
    // It may arrive a minute later, and what is over by then counts until then.
    expect(await usedAndFree([bucket(-25), bucket(-1)], 60)).toEqual([2, z('11-25T04:01')]);
    expect(await usedAndFree([])).toEqual([0, null]);
  });
});

describe('the window that refuses a call', () => {
  const refuse = async (rows: readonly Row[], lane = 'refresh', seconds = 60) =>
    (
      await ledger.read(
        rows,
        `SELECT * FROM usage.refusing_period('app', 'api', '${lane}', '${noon}', '${noon}', '${at(seconds)}')`,
      )
    ).map(utc);
  it.each<[string, Row[], unknown[], string?]>([
    ['is none while something is left', [limit(day), counted({ granted: 37 })], []],
    ['is a full day', [limit(day), counted({ granted: 40 })], [['day', z('11-25T16:00')]], 'manual'],
    [
      'is a day of which only the part of calls by hand is left',
      [limit(day), counted({ granted: 38 })],
      [['day', z('11-25T15:00')]],
    ],
    ['is none for calls by hand', [limit(day), counted({ granted: 39 })], [], 'manual'],
    [
      'is a full month',
      [limit(month), ofMonth({ granted: 240, used_before_day: 240 })],
      [['month', z('11-30T16:00')]],
    ],
    [
      'is a month whose share of the day is used up',
      [limit(month), ofMonth({ granted: 40 })],
      [['month', z('11-25T16:00')]],
    ],
    [
      'is a month whose share is used up but for what is kept',
      [limit(month), ofMonth({ granted: 38 })],
      [['month', z('11-25T15:00')]],
    ],
    [
      'is a full rolling day until the first call falls out',
      [limit(rollingDay), bucket(-2, { granted: 40 })],
      [['day', z('11-26T03:01')]],
    ],
    [
      'is a rolling day of which only the part of calls by hand is left',
      [limit(rollingDay), bucket(-2, { granted: 38 })],
      [['day', z('11-26T03:01')]],
    ],
    [
      'is a rolling day of no calls to the end of its hour',
      [limit({ ...rollingDay, call_limit: 0 })],
      [['day', z('11-25T05:00')]],
    ],
    [
      'is a rolling month whose share is used up, for its day',
      [
        limit({ ...month, reset: 'rolling', call_limit: 640 }),
        bucket(-4, { period_kind: 'month', granted: 20, ends_at: z('11-26T00:00') }),
      ],
      [['month', z('11-26T00:00')]],
    ],
    [
      'is the one that refuses for longest',
      [
        limit(day),
        counted({ granted: 40 }),
        limit(month),
        ofMonth({ period_id: 2, granted: 240, used_before_day: 240 }),
      ],
      [['month', z('11-30T16:00')]],
    ],
  ])('%s', async (_, rows, expected, lane) => {
    expect(await refuse(rows, lane)).toEqual(expected);
  });
});

describe('a call that is taken', () => {
  const take = (rows: readonly Row[]) =>
    ledger.read(
      rows,
      `CREATE TEMP TABLE taken ON COMMIT DROP AS SELECT usage.take('app', 'api', '${noon}', '${at(60)}') AS ids`,
      `SELECT granted, used_before_day, call_limit, ARRAY[period_id] = t.ids FROM usage.quota_period, taken t`,
    );
  const some = { granted: 9, refunded: 2, external: 4, call_limit: 30 };
  it.each<[string, Row[], unknown[]]>([
    ['is the first of its window', [limit(day)], [[1, 0, 40, true]]],
    ['counts once more', [limit(day), counted({ ...some, used_before_day: 3 })], [[10, 3, 40, true]]],
    [
      'begins a day after all that was used',
      [limit(month), ofMonth({ ...some, call_limit: 240, day_starts_at: at(-36 * hour) })],
      [[10, 11, 240, true]],
    ],
  ])('%s', async (_, rows, expected) => {
    expect(await take(rows)).toEqual(expected);
  });

  it('counts nowhere without a limit', async () => {
    expect(await ledger.read([], `SELECT usage.take('app', 'api', '${noon}', '${noon}')`)).toEqual([[[]]]);
  });
});

describe('the next day of 1688', () => {
  it.each<[string, Row[], string]>([
    ['begins at midnight in China', [], z('11-25T16:00')],
    ['begins in the zone of the limit of a day', [limit({ ...day, zone: 'UTC' })], z('11-26T00:00')],
    ['has no zone of a month', [limit({ ...month, zone: 'UTC' })], z('11-25T16:00')],
    [
      'has the zone of the API before that of the app',
      [limit({ ...day, api: '*', zone: 'Asia/Tokyo' }), limit({ ...day, zone: 'UTC' })],
      z('11-26T00:00'),
    ],
  ])('%s', async (_, rows, expected) => {
    const found = await ledger.read(rows, `SELECT usage.next_day('app', 'api', '${noon}')`);
    expect(found.map(utc)).toEqual([[expected]]);
  });
});

describe('the number of calls that 1688 shows', () => {
  const used = { granted: 9, refunded: 2, external: 4, is_assumed_spent: true };
  // What is used then; of each window, what others used and whether that is assumed.
  it.each<[string, Row[], string, unknown[]]>([
    ['is what is used then', [limit(day), counted(used)], `'day', 12`, [12, [5, false]]],
    ['is never less than was granted', [limit(day), counted(used)], `'day', 6`, [7, [0, false]]],
    [
      'of a day says nothing of the month',
      [limit(day), limit(month), ofMonth(used), counted({ period_id: 2 })],
      `'day', 3`,
      [3, [4, true], [3, false]],
    ],
    [
      'of an API says nothing of the app',
      [limit({ ...day, api: '*' }), counted({ ...used, api: '*' })],
      `'day', 3`,
      [null, [4, true]],
    ],
    [
      'of a window without a limit changes nothing',
      [limit(day), counted(used)],
      `'month', 3`,
      [null, [4, true]],
    ],
  ])('%s', async (_, rows, shown, expected) => {
    const reconcile = `SELECT usage.reconcile('app', 'api', ${shown})`;
    const periods = 'SELECT external, is_assumed_spent FROM usage.quota_period ORDER BY period_id';
    const then = (await ledger.read(rows, reconcile)).flat();
    expect([...then, ...(await ledger.read(rows, reconcile, periods))]).toEqual(expected);
  });
});

it('calls of others count in day and month, and not in a minute', async () => {
  const rows = [
    ...[limit(day), limit(month), limit({ ...day, period_kind: 'minute' })],
    counted({ external: 4, granted: 2 }),
  ];
  const found = await ledger.read(
    rows,
    `SELECT usage.record_external('app', 'api', 3)`,
    'SELECT period_kind, granted, external FROM usage.quota_period ORDER BY 1',
  );
  expect(found).toEqual([
    ['day', 2, 7],
    ['month', 0, 3],
  ]);
});
