import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { at, limit, noon, openStillLedger, type Row, type StillLedger } from '../../support/still-ledger.ts';

let ledger: StillLedger;
beforeAll(async () => {
  ledger = await openStillLedger();
});
afterAll(() => ledger.close());

const member = (appKey: string, name: string, api: string): Row => [
  'usage.api_group',
  { app_key: appKey, name, api },
];

describe('the limits that a call of an API counts in', () => {
  const from = (seconds: number) => ({ api: 'api', call_limit: 7, valid_from: at(seconds) });
  const until = (seconds: number) => ({ api: 'api', call_limit: 7, valid_to: at(seconds) });
  it.each<[string, Row[], number[]]>([
    [
      'are its own, those of its groups, and those of the app',
      [
        ...[limit({ api: 'api', call_limit: 1 }), limit({ call_limit: 2 })],
        ...[limit({ api: '@g', call_limit: 3 }), member('app', '@g', 'api')],
      ],
      [1, 2, 3],
    ],
    [
      'are none of another app, API or group',
      [
        ...[limit({ app_key: 'other', api: 'api' }), limit({ api: 'other' }), limit({ api: '@g' })],
        ...[member('other', '@g', 'api'), member('app', '@g', 'other'), member('app', '@h', 'api')],
      ],
      [],
    ],
    ['hold from their first moment', [limit(from(0))], [7]],
    ['do not hold before', [limit(from(0.001))], []],
    ['do not hold at their last moment', [limit(until(0))], []],
    ['hold before that', [limit(until(0.001))], [7]],
    [
      'are the younger one of two',
      [
        limit({ limit_id: 2, api: 'api', call_limit: 1, valid_from: at(-100) }),
        limit({ limit_id: 1, api: 'api', call_limit: 2, valid_from: at(-50), valid_to: at(50) }),
      ],
      [2],
    ],
    [
      'are the later one of two of the same time',
      [
        limit({ limit_id: 1, api: 'api', call_limit: 1 }),
        limit({ limit_id: 2, api: 'api', call_limit: 2, valid_to: at(50) }),
      ],
      [2],
    ],
    [
      'are one of each kind of window',
      [limit({ call_limit: 1 }), limit({ call_limit: 2, period_kind: 'day' })],
      [1, 2],
    ],
  ])('%s', async (_, rows, expected) => {
    const found = await ledger.read(
      rows,
      `SELECT call_limit FROM usage.limits_in_effect('app', 'api', '${noon}') ORDER BY 1`,
    );
    expect(found.flat()).toEqual(expected);
  });
});

const pace = (perSecond: number, values: Row[1] = {}): Row => [
  'usage.pace',
  { app_key: 'app', api: 'api', next_slot_at: at(-60), found_per_second: perSecond, ...values },
];

describe('the declared pace', () => {
  it.each<[string, Row[], number | null, string?]>([
    ['is none without a limit', [], null],
    ['is the lower one of API and app', [limit(), limit({ api: 'api', call_limit: 62 })], 25],
    ['is not about days', [limit(), limit({ period_kind: 'day', call_limit: 3 })], 25],
    ['is at most what was found of the app', [limit(), pace(10, { api: '*' })], 10],
    ['of the app is not what was found of it', [limit(), pace(10, { api: '*' })], 25, '*'],
    ['is not what was found of the API', [limit(), pace(10)], 25],
    ['is not what was found of another app', [limit(), pace(10, { app_key: 'other', api: '*' })], 25],
  ])('%s', async (_, rows, expected, api = 'api') => {
    const found = await ledger.read(rows, `SELECT usage.declared_pace('app', '${api}', '${noon}')`);
    expect(found).toEqual([[expected]]);
  });
});

describe('a pace that was found', () => {
  /** Its calls a second, last change, calls since, and seconds from the change and until a raise. */
  const raise = (rows: readonly Row[]) =>
    ledger.read(
      rows,
      `SELECT usage.raise_pace('app', 'api', '${noon}')`,
      `SELECT round(found_per_second::numeric, 4)::float8, last_change, calls_since,
              extract(epoch FROM changed_at - '${noon}')::int, extract(epoch FROM raise_after - '${noon}')::int
       FROM usage.pace ORDER BY app_key, api`,
    );
  const kept = (perSecond: number, lastChange: number | null, callsSince: number, values: Row[1] = {}): Row =>
    pace(perSecond, {
      ...{ last_change: lastChange, calls_since: callsSince, changed_at: at(-60), raise_after: at(0) },
      ...values,
    });
  it.each<[string, Row, unknown[]]>([
    ['goes up by a step after 40 calls', kept(20, -0.03, 40), [20.6, 0.03, 0, 0, 15]],
    ['not after 39', kept(20, -0.03, 39), [20, -0.03, 39, -60, 0]],
    ['not before its time', kept(20, -0.03, 40, { raise_after: at(1) }), [20, -0.03, 40, -60, 1]],
    ['goes up by twice the last raise', kept(20, 0.04, 40), [21.6, 0.08, 0, 0, 15]],
    ['goes up by one step once a raise was taken back', kept(20, null, 40), [20.6, 0.03, 0, 0, 15]],
    ['at most doubles', kept(2, 0.6, 40), [4, 1, 0, 0, 15]],
    ['needs 10 calls after a larger change', kept(20, -0.06, 10), [20.6, 0.03, 0, 0, 15]],
    ['and no fewer', kept(20, -0.06, 9), [20, -0.06, 9, -60, 0]],
    ['is forgotten at the declared pace', kept(12.5, 0.5, 40), [null, null, 0, 0, null]],
    ['is kept just below', kept(12.4999, 0.5, 40), [24.9998, 1, 0, 0, 15]],
  ])('%s', async (_, row, expected) => {
    expect(await raise([limit(), row])).toEqual([expected]);
  });

  it('goes up where no pace is declared', async () => {
    expect(await raise([kept(20, -0.03, 40)])).toEqual([[20.6, 0.03, 0, 0, 15]]);
  });

  it('goes up with that of the app, each by its own step, and with no other', async () => {
    const rows = [
      ...[kept(4, 0.05, 40, { api: '*' }), kept(2, 0.04, 40), kept(3, 0.06, 40, { api: 'other' })],
      kept(5, 0.07, 40, { app_key: 'other' }),
    ];
    expect(await raise(rows)).toEqual([
      [4.4, 0.1, 0, 0, 15],
      [2.16, 0.08, 0, 0, 15],
      [3, 0.06, 40, -60, 0],
      [5, 0.07, 40, -60, 0],
    ]);
  });
});
