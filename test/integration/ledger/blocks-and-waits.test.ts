import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listBlockedApis } from '../../../src/ledger/block-store.ts';
import { createQuotaReport } from '../../../src/ledger/quota-report.ts';
import { createQuotaStore } from '../../../src/ledger/quota-store.ts';
import { at, limit, openStillLedger, type Row, type StillLedger } from '../../support/still-ledger.ts';

let ledger: StillLedger;
beforeAll(async () => {
  ledger = await openStillLedger();
});
afterAll(() => ledger.close());

const hour = 3600;
const held = (values: Row[1] = {}): Row => [
  'usage.api_hold',
  { api: 'api', code: 'X', held_at: at(-hour), ...values },
];
const day = { api: 'api', period_kind: 'day', call_limit: 40 };
const counted = (values: Row[1] = {}): Row => [
  'usage.quota_period',
  {
    ...{ app_key: 'app', api: 'api', period_kind: 'day', call_limit: 40, granted: 40, refunded: 0 },
    ...{ unknown: 0, external: 0, used_before_day: 0, is_assumed_spent: false },
    ...{ starts_at: at(-12 * hour), ends_at: at(12 * hour), ...values },
  },
];
const full = [limit(day), counted()];

describe('an API that is blocked', () => {
  const minute = { period_kind: 'minute', starts_at: at(0), ends_at: at(60) };
  const due = { probe_after: at(0), held_until: at(hour) };
  it.each<[string, Row[], unknown, 'manual'?]>([
    ['is none while nothing is against it', [limit(day)], undefined],
    ['is held for its code', [held()], { reason: 'X', isHeld: true }],
    [
      'is held for a window that only 1688 knows',
      [held({ code: 'gw.QosApi' })],
      { reason: 'quota', isHeld: true },
    ],
    ['is held with the app', [held({ api: '*' })], { reason: 'X', isHeld: true }],
    ['is not held with another', [held({ api: 'other' })], undefined],
    ['is none that is held for five minutes', [held({ held_until: at(300) })], undefined],
    ['is one that is held for longer', [held({ held_until: at(300.001) })], { reason: 'X', isHeld: true }],
    ['may be asked when its probe is due', [held(due)], { reason: null, isHeld: true }],
    [
      'may be asked when its probe for speed is due',
      [held({ ...due, code: 'gw.QosApi' })],
      { reason: null, isHeld: true },
    ],
    ['may not before', [held({ ...due, probe_after: at(0.001) })], { reason: 'X', isHeld: true }],
    [
      'may not while the app is held',
      [held(due), held({ api: '*', code: 'Y' })],
      { reason: 'Y', isHeld: true },
    ],
    ['has a day that is used up', full, { reason: 'quota', isHeld: false }],
    [
      'has a day of which calls by hand have a part',
      [limit(day), counted({ granted: 39 })],
      { reason: 'quota', isHeld: false },
    ],
    ['has none to calls by hand', [limit(day), counted({ granted: 39 })], undefined, 'manual'],
    [
      'is none for a minute',
      [
        limit({ ...day, ...{ period_kind: 'minute' } }),
        counted(minute),
        counted({ ...minute, starts_at: at(60), ends_at: at(120) }),
      ],
      undefined,
    ],
    ['has no calls left for its probe', [...full, held(due)], { reason: 'quota', isHeld: true }],
  ])('%s', async (_, rows, expected, lane = 'refresh' as never) => {
    const blocks = await ledger.within(rows, (pool) => listBlockedApis(pool, 'app', [{ api: 'api', lane }]));
    expect(blocks.get('api')).toEqual(expected);
  });
});

describe('a hold that is asked for', () => {
  const hold = (rows: readonly Row[], forMs: number | null) =>
    ledger.within(rows, async (pool) => {
      await createQuotaStore({ pool }).holdApi({ api: 'api', code: 'NEW', forMs });
      const { rows: found } = await pool.query<unknown[]>({
        text: `SELECT code, extract(epoch FROM held_at - '${at(0)}')::int, extract(epoch FROM held_until - '${at(0)}')::int,
                 probe_after IS NULL FROM usage.api_hold`,
        rowMode: 'array',
      });
      return found[0];
    });
  it.each<[string, Row[], number | null, unknown[]]>([
    ['lasts its time', [], 60_000, ['NEW', 0, 60, true]],
    ['lasts without an end', [], null, ['NEW', 0, null, true]],
    ['lengthens one that ends before', [held({ held_until: at(59) })], 60_000, ['NEW', 0, 60, true]],
    ['leaves one that ends with it', [held({ held_until: at(60) })], 60_000, ['X', -hour, 60, true]],
    ['leaves one without an end', [held()], 60_000, ['X', -hour, null, true]],
    [
      'without an end takes the place of one with an end',
      [held({ held_until: at(60) })],
      null,
      ['NEW', 0, null, true],
    ],
    [
      'without an end takes the place of one with probes',
      [held({ probe_after: at(60) })],
      null,
      ['NEW', 0, null, true],
    ],
    ['without an end leaves since when there is none', [held()], null, ['NEW', -hour, null, true]],
  ])('%s', async (_, rows, forMs, expected) => {
    expect(await hold(rows, forMs)).toEqual(expected);
  });
});

describe('the limits that are shown', () => {
  const report = (rows: readonly Row[]) =>
    ledger.within(rows, (pool) => createQuotaReport({ pool, appKey: 'app' }).listLimits());
  it('are those of the app, from the shortest window on, with what is used of each', async () => {
    const flight: Row = [
      'usage.in_flight',
      { call_id: 9, granted_at: at(-1), app_key: 'app', quota_period_ids: [7], send_by: at(5) },
    ];
    const rows = [
      ...[
        limit({ ...day, period_kind: 'month', call_limit: 240 }),
        limit(day),
        limit(),
        limit({ ...day, app_key: 'other' }),
      ],
      ...[
        counted({ period_id: 7, granted: 9, refunded: 2, unknown: 1, external: 3, is_assumed_spent: true }),
        flight,
      ],
    ];
    const shown = (await report(rows)).map(
      (one) => JSON.parse(JSON.stringify(one)) as Record<string, unknown>,
    );
    expect(shown.map(({ api, period }) => [api, period])).toEqual([
      ['*', 'second'],
      ['api', 'day'],
      ['api', 'month'],
    ]);
    expect(JSON.stringify(shown[1])).toMatch(
      /"used":10.*"reserved":1.*"remaining":30|"remaining":30.*"used":10/,
    );
    expect(
      await report([limit(day), counted({ granted: 0, external: 41 })]).then((all) => JSON.stringify(all)),
    ).toContain('"remaining":0');
  });
});
