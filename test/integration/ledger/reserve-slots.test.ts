import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  at,
  decision,
  denied,
  granted,
  limit,
  noon,
  openStillLedger,
  reserveText,
  type Request,
  type Row,
  type StillLedger,
} from '../../support/still-ledger.ts';

let ledger: StillLedger;
beforeAll(async () => {
  ledger = await openStillLedger();
});
afterAll(() => ledger.close());

const hour = 3600;
const hourMs = 3_600_000;

const day = limit({ api: 'api', period_kind: 'day', call_limit: 40 });
const proven: Row = ['sync.api_permission', { app_key: 'app', api: 'api', observed: 'allowed' }];
const world = [day, proven];

const reserve = (rows: readonly Row[], request: Request = {}, query = decision) =>
  ledger.read(rows, reserveText(request), query);

type Case = [string, Row[], unknown[]];

const pace = (seconds: number, values: Row[1] = {}): Row => [
  'usage.pace',
  { app_key: 'app', api: 'api', next_slot_at: at(seconds), calls_since: 0, ...values },
];
const ofApp = (seconds: number, values: Row[1] = {}) => pace(seconds, { api: '*', ...values });

describe('the time of a call', () => {
  const pause = (pauseText: string, values: Row[1] = {}): Row => [
    'usage.backoff',
    { app_key: 'app', api: 'api', started_at: at(-1), pause: pauseText, failures: 0, ...values },
  ];
  const member = (appKey: string, name: string, api: string): Row => [
    'usage.api_group',
    { app_key: appKey, name, api },
  ];
  const full: Row = [
    'usage.quota_period',
    {
      ...{
        period_id: 1,
        app_key: 'app',
        api: 'api',
        period_kind: 'day',
        call_limit: 40,
        granted: 40,
        refunded: 0,
      },
      ...{ unknown: 0, external: 0, used_before_day: 0, is_assumed_spent: false },
      ...{ starts_at: at(-12 * hour), ends_at: at(12 * hour) },
    },
  ];
  it.each<Case>([
    ['is after a pause', [pause('3 s')], denied('second', 2000)],
    ['is after the longer pause', [pause('3 s'), pause('2 s', { api: '*' })], denied('second', 2000)],
    ['is the end of a pause', [pause('1 s')], granted()],
    ['is after a pause that begins now', [pause('2 s', { started_at: at(0) })], denied('second', 2000)],
    [
      'is not after one of before the clock was set back',
      [pause('2 s', { started_at: at(0.001) })],
      granted(),
    ],
    [
      'is not after the pauses of others',
      [pause('3 s', { api: 'other' }), pause('3 s', { app_key: 'other' })],
      granted(),
    ],
    ['is the slot of the API', [pace(1)], granted(1000)],
    ['is the slot of the app', [ofApp(1), pace(0.5)], granted(1000)],
    ['is the slot of both', [ofApp(1), pace(1)], granted(1000)],
    [
      'is the latest slot of its groups',
      [ofApp(0.5), pace(1.5, { api: '@g' }), member('app', '@g', 'api')],
      granted(1500),
    ],
    ['is no slot of others', [pace(1, { app_key: 'other' }), pace(1, { api: 'other' })], granted()],
    [
      'is no slot of groups of others',
      [
        pace(1, { api: '@g' }),
        pace(1, { api: '@h' }),
        member('other', '@g', 'api'),
        member('app', '@h', 'other'),
      ],
      granted(),
    ],
    ['is no slot a minute ahead', [ofApp(60)], granted()],
    ['is at most two seconds ahead', [ofApp(2)], granted(2000)],
    ['is asked for again if it is later', [ofApp(2.001)], denied('second', 1)],
    ['is asked for again if the app would wait for the API', [ofApp(0.5), pace(1.5)], denied('second', 1500)],
    ['and if the app waits for nothing', [ofApp(-9), pace(1.5)], denied('second', 1500)],
    ['is the next day if this one is used up', [full, ofApp(0.5), pace(1.5)], denied('day', 12 * hourMs)],
    ['is the next day, whatever the slot', [full, ofApp(5)], denied('day', 12 * hourMs)],
  ])('%s', async (_, rows, expected) => {
    expect(await reserve([...world, ...rows])).toEqual([expected]);
  });

  it('is unknown without a limit, and a pace is none', async () => {
    expect(await reserve([proven, limit()])).toEqual([['limit_unknown', null, null, null]]);
  });

  it('counts wherever it may arrive', async () => {
    const minute = limit({ api: 'api', period_kind: 'minute', call_limit: 9 });
    const minutes = `SELECT extract(epoch FROM starts_at - '${noon}')::int FROM usage.quota_period ORDER BY 1`;
    expect(await reserve([proven, minute], {}, minutes)).toEqual([[0], [60]]);
    const nextFull: Row = [
      full[0],
      { ...full[1], period_kind: 'minute', starts_at: at(60), ends_at: at(120) },
    ];
    expect(await reserve([proven, minute, nextFull])).toEqual([denied('minute', 120_000)]);
  });
});

describe('the slot after a call', () => {
  const slots = `SELECT api, round(extract(epoch FROM next_slot_at - '${noon}'), 3)::float8, calls_since, round(found_per_second::numeric, 2)::float8
    FROM usage.pace WHERE app_key = 'app' ORDER BY api`;
  it.each<[string, Row[], unknown[][]]>([
    ['is one of the declared pace', [limit()], [['*', 0.04, 0, null]]],
    [
      'is one of the pace that was found',
      [limit(), ofApp(-9, { found_per_second: 20 })],
      [['*', 0.05, 0, 20]],
    ],
    [
      'is one of the declared pace if that is slower',
      [limit(), ofApp(-9, { found_per_second: 50 })],
      [['*', 0.04, 0, 50]],
    ],
    ['follows the time of the call', [limit(), ofApp(1)], [['*', 1.04, 0, null]]],
    [
      'is not that of another API',
      [limit(), pace(-9, { api: 'other', found_per_second: 2 })],
      [
        ['*', 0.04, 0, null],
        ['other', -9, 0, 2],
      ],
    ],
    [
      'is not that of another app',
      [limit(), ofApp(-9, { app_key: 'other', found_per_second: 2 })],
      [['*', 0.04, 0, null]],
    ],
    [
      'stays that of an API of which nothing was found',
      [limit(), pace(-9)],
      [
        ['*', 0.04, 0, null],
        ['api', -9, 0, null],
      ],
    ],
    [
      'uses the pace up within half of its time',
      [ofApp(-0.024, { found_per_second: 20, calls_since: 4 })],
      [['*', 0.05, 5, 20]],
    ],
    [
      'does not from half of it on',
      [ofApp(-0.025, { found_per_second: 20, calls_since: 4 })],
      [['*', 0.05, 4, 20]],
    ],
    ['uses no declared pace up', [limit(), ofApp(0)], [['*', 0.04, 0, null]]],
    [
      'is that of the pace of the app that is raised now',
      [
        ofApp(-9, { found_per_second: 20, calls_since: 40, raise_after: at(0) }),
        pace(-9, { found_per_second: 30, calls_since: 40, raise_after: at(1) }),
      ],
      [
        ['*', 0.049, 0, 20.6],
        ['api', 0.033, 40, 30],
      ],
    ],
  ])('%s', async (_, rows, expected) => {
    expect(await reserve([...world, ...rows], {}, slots)).toEqual(expected);
  });
});
