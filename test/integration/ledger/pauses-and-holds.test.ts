import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { at, call, noon, openStillLedger, type Row, type StillLedger } from '../../support/still-ledger.ts';

let ledger: StillLedger;
beforeAll(async () => {
  ledger = await openStillLedger();
});
afterAll(() => ledger.close());

const hour = 3600;

const paused = (pause: string, values: Row[1] = {}): Row => [
  'usage.backoff',
  { app_key: 'app', api: 'api', started_at: at(-60), pause, failures: 0, ...values },
];
const held = (values: Row[1] = {}): Row => [
  'usage.api_hold',
  { api: 'api', code: 'OLD', held_at: at(-2 * hour), ...values },
];

/** A time as seconds after noon. */
const seconds = (column: string) => `extract(epoch FROM ${column} - '${noon}')::float8`;
const holds = `SELECT api, code, ${seconds('held_at')}, ${seconds('held_until')}, ${seconds('probe_after')},
  extract(epoch FROM probe_every)::int, probe_call_id FROM usage.api_hold ORDER BY api`;
const pauses = `SELECT app_key, api, ${seconds('started_at')}, extract(epoch FROM pause)::float8,
  ${seconds('longest_pause_since')}, failures FROM usage.backoff ORDER BY app_key, api`;

describe('a wait', () => {
  it.each([
    [0.5, 1],
    [-5, 1],
    [1500, 1500],
    [1500.2, 1501],
  ])('of %d ms is given as %d', async (ms, expected) => {
    const until = `timestamptz '${noon}' + ${ms} * interval '1 ms'`;
    expect(await ledger.read([], `SELECT usage.wait_ms('${noon}', ${until})::int`)).toEqual([[expected]]);
  });

  it.each([
    [0.5, 1],
    [3, 3],
    [9, 8],
  ])('until a probe, of what is held for %d hours, lasts %d', async (since, expected) => {
    const wait = `SELECT extract(epoch FROM usage.probe_wait('${at(-since * hour)}', '${noon}'))::int / 3600`;
    expect(await ledger.read([], wait)).toEqual([[expected]]);
  });
});

describe('a pause', () => {
  const slow = (rows: readonly Row[], query: string, code = 'gw.Qos') =>
    ledger.read(rows, `SELECT usage.slow_down('app', 'api', '${at(0)}', '${at(1)}', '${code}')`, query);
  it.each<[string, Row[], unknown[]]>([
    ['lasts two seconds', [], [1, 2, null]],
    ['lasts twice as long the next time', [paused('4 s')], [1, 8, null]],
    ['lasts two seconds after failures that made none', [paused('0')], [1, 2, null]],
    ['is below the longest one', [paused('59 s')], [1, 118, null]],
    ['is the longest one from two minutes on', [paused('60 s')], [1, 120, 1]],
    ['is never longer', [paused('120 s', { longest_pause_since: at(-9) })], [1, 120, -9]],
    ['is not lengthened by a call of its first moment', [paused('4 s', { started_at: at(0) })], [0, 4, null]],
    ['that begins now is not lengthened', [paused('4 s', { started_at: at(1) })], [1, 4, null]],
    [
      'of before the clock was set back gives way',
      [paused('120 s', { started_at: at(hour), longest_pause_since: at(hour - 9) })],
      [1, 120, 1],
    ],
  ])('%s', async (_, rows, expected) => {
    const [row] = await slow(rows, pauses);
    expect(row?.slice(2, 5)).toEqual(expected);
  });

  const long = (since: number) => paused('120 s', { longest_pause_since: at(since) });
  const toMidnight = 12 * hour;
  it.each<[string, Row[], unknown[], string?]>([
    ['of the longest holds nothing for ten minutes', [long(-598.999)], []],
    [
      'of the longest holds the API after ten minutes',
      [long(-599)],
      [['api', 'gw.Qos', 1, toMidnight, hour + 1, hour, null]],
    ],
    [
      'for an outage has more probes',
      [long(-599)],
      [['api', 'GATEWAY_UNAVAILABLE', 1, toMidnight, 901, 900, null]],
      'GATEWAY_UNAVAILABLE',
    ],
    [
      'for a network has more probes',
      [long(-599)],
      [['api', 'GATEWAY_UNREACHABLE', 1, toMidnight, 901, 900, null]],
      'GATEWAY_UNREACHABLE',
    ],
    [
      'takes the place of a hold that ends now',
      [long(-599), held({ held_until: at(1), probe_call_id: 9 })],
      [['api', 'gw.Qos', 1, toMidnight, hour + 1, hour, null]],
    ],
    [
      'leaves a hold alone that lasts',
      [long(-599), held({ held_until: at(1.001) })],
      [['api', 'OLD', -2 * hour, 1.001, null, null, null]],
    ],
    [
      'ends the probe of a hold with probes',
      [held({ probe_every: '1 hour', probe_call_id: 9 })],
      [['api', 'OLD', -2 * hour, null, null, hour, null]],
    ],
    [
      'leaves other probes alone',
      [held({ probe_call_id: 9 }), held({ api: 'other', probe_every: '1 hour', probe_call_id: 8 })],
      [
        ['api', 'OLD', -2 * hour, null, null, null, '9'],
        ['other', 'OLD', -2 * hour, null, null, hour, '8'],
      ],
    ],
  ])('%s', async (_, rows, expected, code) => {
    expect(await slow(rows, holds, code)).toEqual(expected);
  });

  it.each<[string, Row[], unknown[]]>([
    ['does not come of a first failure', [], [[0, 1]]],
    ['does not come of the fourth', [paused('0', { failures: 3 })], [[0, 4]]],
    ['comes of the fifth', [paused('0', { failures: 4 })], [[2, 5]]],
  ])('%s', async (_, rows, expected) => {
    const text = `SELECT usage.count_failure('app', 'api', '${at(0)}', '${at(1)}', 'GATEWAY_UNAVAILABLE')`;
    const found = await ledger.read(rows, text, pauses);
    expect(found.map((row) => [row[3], row[5]])).toEqual(expected);
  });
});

const proven = (values: Row[1] = {}): Row => [
  'sync.api_permission',
  { app_key: 'app', api: 'api', observed: 'allowed', observed_at: at(-60), observed_call_id: 3, ...values },
];
const application = (values: Row[1] = {}): Row => [
  'sync.application',
  { app_key: 'app', observed: 'allowed', observed_at: at(-60), observed_call_id: 3, ...values },
];

/** Call 7, which was granted a second before noon, shows something. */
const observe = (rows: readonly Row[], shows: string, query: string, code: string | null = null) =>
  ledger.read(
    rows,
    `SELECT usage.observe('app', 'api', 7, '${at(-1)}', '${shows}', ${code === null ? 'NULL' : `'${code}'`})`,
    query,
  );
const isLocked = `SELECT count(*)::int FROM pg_locks WHERE relation = 'sync.ledger_lock'::regclass AND pid = pg_backend_pid()`;

describe('an answer waits for nobody', () => {
  const known = [proven(), application()];
  const probed = { probe_after: at(hour) };
  it.each<[string, Row[], number, string?]>([
    ['where it is no news', known, 0],
    ['but where it is a refusal', known, 1, 'denied'],
    ['but where the API was never heard', [application()], 1],
    ['but where the app was never heard', [proven(), application({ app_key: 'other' })], 1],
    [
      'but where the app was refused',
      [proven(), application({ observed: 'denied' }), application({ app_key: 'other' })],
      1,
    ],
    ['but where the API is probed', [...known, held(probed)], 1],
    ['but where the app is probed', [...known, held({ ...probed, api: '*' })], 1],
    ['though another API is probed', [...known, held({ ...probed, api: 'other' })], 0],
    ['though a person holds the API', [...known, held()], 0],
    ['but within a pause', [...known, paused('2 s')], 1],
    ['but within a pause of the app', [...known, paused('2 s', { api: '*' })], 1],
    ['though another API pauses', [...known, paused('2 s', { api: 'other' })], 0],
    ['though another app pauses', [...known, paused('2 s', { app_key: 'other' })], 0],
  ])('%s', async (_, rows, expected, shows = 'allowed') => {
    expect(await observe(rows, shows, isLocked)).toEqual([[expected]]);
  });
});

describe('an answer', () => {
  it('ends the pauses of its API and app that began before its grant', async () => {
    const rows = [
      ...[paused('2 s'), paused('3 s', { api: '*', started_at: at(-1) })],
      ...[paused('4 s', { api: 'other' }), paused('5 s', { app_key: 'other' })],
    ];
    const left = await observe(rows, 'allowed', pauses);
    expect(left.map((row) => row[3])).toEqual([3, 4, 5]);
    const [early] = await observe([paused('6 s', { started_at: at(-1.001) })], 'allowed', pauses);
    expect(early).toBeUndefined();
    const [now] = await observe([paused('7 s', { started_at: at(0) })], 'allowed', pauses);
    expect(now?.[3]).toBe(7);
    const [later] = await observe([paused('8 s', { started_at: at(0.001) })], 'allowed', pauses);
    expect(later).toBeUndefined();
  });

  const probes = { probe_every: '1 hour', probe_after: at(hour) };
  const asked = { probe_after: at(hour) };
  it.each<[string, Row[], string[]]>([
    ['ends the holds for calls that came too fast', [held(probes), held({ ...probes, api: '*' })], []],
    [
      'not those of its first moment',
      [held({ ...probes, held_at: at(-1) }), held({ ...probes, api: '*', held_at: at(-1) })],
      ['*', 'api'],
    ],
    [
      'not those of another API',
      [held({ ...probes, api: 'other' }), held({ ...asked, api: 'another' })],
      ['another', 'other'],
    ],
    ['ends the hold for a refusal of its API', [held(asked)], []],
    ['not one of the whole app', [held({ ...asked, api: '*' })], ['*']],
    ['not that of a person', [held()], ['api']],
  ])('%s', async (_, rows, expected) => {
    expect((await observe(rows, 'allowed', holds)).map(([api]) => api)).toEqual(expected);
  });

  const apps = `SELECT observed, observed_call_id::int FROM sync.application WHERE app_key = 'app'`;
  it.each<[string, Row[], string, unknown[]]>([
    ['shows that the app is known', [], 'denied', ['allowed', 7]],
    ['shows that the app is not', [], 'app_refused', ['denied', 7]],
    ['is news of the app', [application({ observed: 'denied' })], 'allowed', ['allowed', 7]],
    [
      'is news of an app that was never heard',
      [application({ observed: 'denied', observed_at: null })],
      'allowed',
      ['allowed', 7],
    ],
    [
      'of the same moment is news, too',
      [application({ observed: 'denied', observed_at: at(-1) })],
      'allowed',
      ['allowed', 7],
    ],
    [
      'of before is none',
      [application({ observed: 'denied', observed_at: at(-0.999) })],
      'allowed',
      ['denied', 3],
    ],
    ['is no news if it was known', [application()], 'denied', ['allowed', 3]],
  ])('%s', async (_, rows, shows, expected) => {
    expect(await observe(rows, shows, apps)).toEqual([expected]);
  });

  const permissions = `SELECT observed, observed_call_id::int FROM sync.api_permission WHERE app_key = 'app' AND api = 'api'`;
  it.each<[string, Row[], string, unknown[]]>([
    ['shows the permission', [], 'denied', [['denied', 7]]],
    ['of an unknown app shows none', [], 'app_refused', []],
    ['is news of the permission', [proven({ observed: 'denied' })], 'allowed', [['allowed', 7]]],
    [
      'is news of one that was never heard',
      [proven({ observed: 'denied', observed_at: null })],
      'allowed',
      [['allowed', 7]],
    ],
    ['of the same moment is news of it', [proven({ observed_at: at(-1) })], 'denied', [['denied', 7]]],
    ['of before is no news of it', [proven({ observed_at: at(-0.999) })], 'denied', [['allowed', 3]]],
    ['that repeats it is no news', [proven({ observed: 'denied' })], 'denied', [['denied', 3]]],
  ])('%s', async (_, rows, shows, expected) => {
    expect(await observe(rows, shows, permissions)).toEqual(expected);
  });
});

describe('a refusal', () => {
  const first = (code: string) => ['api', code, 0, null, hour, null, null];
  const later = [
    proven({ observed_at: at(0) }),
    proven({ app_key: 'other', observed: 'denied' }),
    proven({ api: 'other', observed: 'denied' }),
  ];
  it.each<[string, Row[], string | null, unknown[]]>([
    ['holds the API, with a probe in an hour', [], 'gw.NoGrant', [first('gw.NoGrant')]],
    ['without a code holds it for what it shows', [], null, [first('denied')]],
    [
      'again holds it for as long as it was held',
      [held({ probe_after: at(0), probe_call_id: 7 })],
      'NEW',
      [['api', 'NEW', -2 * hour, null, 2 * hour, null, null]],
    ],
    [
      'takes the place of a hold with an end',
      [held({ held_until: at(60), probe_every: '1 hour' })],
      'NEW',
      [first('NEW')],
    ],
    ['leaves the hold of a person', [held()], 'NEW', [['api', 'OLD', -2 * hour, null, null, null, null]]],
    ['of before a grant holds nothing', later, 'NEW', []],
  ])('%s', async (_, rows, code, expected) => {
    expect(await observe(rows, 'denied', holds, code)).toEqual(expected);
  });

  const long = (api: string) => paused('120 s', { api, longest_pause_since: at(-600) });
  it.each<[string, string, string | null, string[]]>([
    ['for the speed of an API names it', 'too_fast_api', 'gw.Qos', ['api', 'gw.Qos']],
    ['for the speed of an app names all', 'too_fast_app', 'gw.Qos', ['*', 'gw.Qos']],
    ['without a code has ours', 'too_fast_app', null, ['*', 'GATEWAY_TOO_FAST_APP']],
  ])('%s', async (_, shows, code, expected) => {
    const found = await observe([long('api'), long('*')], shows, holds, code);
    expect(found.map((row) => row.slice(0, 2))).toEqual([expected]);
    const paces = 'SELECT api FROM usage.pace';
    expect(await observe([], shows, paces, code)).toEqual([expected.slice(0, 1)]);
  });

  it('that is an outage counts as one failure', async () => {
    const found = await observe([paused('0', { failures: 4 })], 'unreachable', pauses);
    expect(found.map((row) => [row[3], row[5]])).toEqual([[2, 5]]);
  });
});

describe('an API refuses all', () => {
  const day = 24 * hour;
  /** So many refusals, the first so many seconds after noon, then one a second; each of a request of its own. */
  const refusals = (count: number, first: number, values: Row[1] = {}): Row[] =>
    Array.from({ length: count }, (_, index) =>
      call(100 + index, first + index, {
        outcome: 'business_error',
        request_hash: `\\x1${index.toString().padStart(3, '0')}`,
        ...values,
      }),
    );
  const accepted = (seconds: number, values: Row[1] = {}) => call(9, seconds, values);
  it.each<[string, Row[], boolean]>([
    ['that has refused twenty targets since a day ago', refusals(20, -day), true],
    ['not of nineteen', refusals(19, -day), false],
    ['not within a day', refusals(20, -day + 0.001), false],
    ['not of one target', refusals(20, -day, { request_hash: '\\x10' }), false],
    ['not of other refusals', refusals(20, -day, { outcome: 'gateway_error' }), false],
    ['not of another app', refusals(20, -day, { app_key: 'other' }), false],
    ['not of another API', refusals(20, -day, { api: 'other' }), false],
    ['not of more than eight days ago', refusals(20, -8 * day - 20), false],
    ['of eight days ago', refusals(20, -8 * day + 1), true],
    ['not with an accepted call of this day', [...refusals(20, -day), accepted(-day + 0.001)], false],
    ['with an accepted call of before', [...refusals(20, -day), accepted(-day - 0.001)], true],
    ['counts from the call that was accepted last', [...refusals(21, -day - 1), accepted(-day - 0.5)], true],
    ['counts none of before', [...refusals(20, -day - 1), accepted(-day - 0.5)], false],
    ['with one of another app', [...refusals(20, -day), accepted(-1, { app_key: 'other' })], true],
    ['with one of another API', [...refusals(20, -day), accepted(-1, { api: 'other' })], true],
  ])('%s', async (_, rows, expected) => {
    const asked = `SELECT usage.refuses_all('app', 'api', '${noon}')`;
    expect(await ledger.read(rows, asked)).toEqual([[expected]]);
  });
});

describe('a refusal by an API that refuses all', () => {
  it('shows that the API may be called, and counts as a failure, with a code of its own', async () => {
    const denied = proven({ observed: 'denied' });
    const [row] = await observe([denied, paused('0', { failures: 4 })], 'all_refused', pauses);
    expect([row?.[3], row?.[5]]).toEqual([2, 5]);
    const permissions = `SELECT observed FROM sync.api_permission WHERE app_key = 'app' AND api = 'api'`;
    expect(await observe([denied], 'all_refused', permissions)).toEqual([['allowed']]);
    const long = paused('120 s', { failures: 9, longest_pause_since: at(-600) });
    const found = await observe([long], 'all_refused', holds, 'SP0056');
    expect(found.map((hold) => [hold[1], hold[5]])).toEqual([['GATEWAY_ALL_REFUSED', hour]]);
  });

  it('ends the hold for a permission that was missing, and not the one that it caused', async () => {
    const names = 'SELECT api FROM usage.api_hold';
    expect(await observe([held({ probe_after: at(hour) })], 'all_refused', names)).toEqual([]);
    const caused = held({ probe_after: at(hour), probe_every: '1 hour', held_until: at(9 * hour) });
    expect(await observe([caused], 'all_refused', names)).toEqual([['api']]);
  });
});
