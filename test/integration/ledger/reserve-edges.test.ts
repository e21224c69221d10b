import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  at,
  call,
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

const flight = (callId: number, values: Row[1] = {}): Row => [
  'usage.in_flight',
  {
    ...{ call_id: callId, granted_at: at(-1), app_key: 'app', api: 'api', request_hash: '\\x02' },
    ...{ quota_period_ids: [], send_by: at(5), ...values },
  },
];
const held = (values: Row[1]): Row => [
  'usage.api_hold',
  { api: 'api', code: 'X', held_at: at(-hour), ...values },
];

type Case = [string, Row[], unknown[], Request?];

describe('of the same request', () => {
  const same = { request_hash: '\\x01' };
  it.each<Case>([
    ['another call that is under way is waited for', [flight(901, same)], ['in_flight', null, 1000, null]],
    ['one of another app is none', [flight(901, { ...same, app_key: 'other' })], granted()],
    ['one of another request is none', [flight(901)], granted()],
  ])('%s', async (_, rows, expected) => {
    expect(await reserve([...world, ...rows])).toEqual([expected]);
  });

  const answer = (rawId: number, values: Row[1] = {}): Row => [
    'raw.payload',
    {
      ...{ raw_id: rawId, stored_at: at(-9), observed_at: at(-9), call_id: rawId, operation: 'offer.detail' },
      ...{
        request: {},
        request_hash: '\\x01',
        http_status: 200,
        body: '\\x',
        body_bytes: 0,
        body_sha256: '\\x',
      },
      ...values,
    },
  ];
  const fresh = { freshFor: '10 seconds' };
  const old = at(-10);
  it.each<Case>([
    ['a stored answer is taken', [answer(1)], [1], fresh],
    ['the youngest is taken', [answer(1), answer(2, { observed_at: at(-8) }), answer(3)], [2], fresh],
    [
      'none that was asked for too long ago',
      [answer(1, { observed_at: old, stored_at: at(-5) })],
      [null],
      fresh,
    ],
    ['none that was stored too long ago', [answer(1, { stored_at: old })], [null], fresh],
    ['none of another request', [answer(1, { request_hash: '\\x02' })], [null], fresh],
    ['none if none may be old', [answer(1, { observed_at: at(1), stored_at: at(1) })], [null]],
  ])('%s', async (_, rows, expected, request) => {
    expect(await reserve([...world, ...rows], request, 'SELECT (answer).raw_id::int FROM answer')).toEqual([
      expected,
    ]);
  });
});

describe('an API that may be refused is called by one at a time', () => {
  const probed = { probe_after: at(-1) };
  const appProbed = held({ ...probed, api: '*', held_until: at(hour) });
  const other = flight(901, { api: 'other' });
  it.each<Case>([
    ['if nothing is known of it', [day, flight(901)], denied('hold', 100)],
    ['also once a hold of it ended', [day, held({ held_until: at(0) }), flight(901)], denied('hold', 100)],
    ['and so the first of it goes', [day], granted()],
    ['beside those of another API', [day, other], granted()],
    ['and those of another app', [day, flight(901, { app_key: 'other' })], granted()],
    ['if it is held, and its probe is due', [...world, held(probed), flight(901)], denied('hold', 100)],
    ['and so the probe goes', [...world, held(probed)], granted()],
    ['but many where it answered', [...world, flight(901)], granted()],
    ['as all are while the app is held', [...world, appProbed, other], denied('hold', 100)],
    ['not beside those of another app', [...world, appProbed, flight(901, { app_key: 'other' })], granted()],
    [
      'not once the hold of the app ended',
      [day, held({ ...probed, api: '*', held_until: at(0) }), other],
      granted(),
    ],
    [
      'not while another API is held',
      [day, held({ ...probed, api: 'third', held_until: at(hour) }), other],
      granted(),
    ],
  ])('%s', async (_, rows, expected) => {
    expect(await reserve(rows)).toEqual([expected]);
  });
});

describe('a hold', () => {
  const until = { held_until: at(hour) };
  const manual = { lane: 'manual' };
  it.each<Case>([
    ['refuses to its end', [held(until)], denied('hold', hourMs)],
    ['refuses no more at its end', [held({ held_until: at(0) })], granted()],
    ['of a person refuses without an end', [held({})], denied('hold', null)],
    ['refuses calls by hand', [held(until)], denied('hold', hourMs), manual],
    ['of another API refuses none', [held({ api: 'other' })], granted()],
    ['of the app refuses', [held({ ...until, api: '*' })], denied('hold', hourMs)],
    ['refuses until its probe', [held({ probe_after: at(60) })], denied('hold', 60_000)],
    ['refuses no more when its probe is due', [held({ probe_after: at(0) })], granted()],
    ['with a probe refuses no call by hand', [held({ probe_after: at(60) })], granted(), manual],
    [
      'that ends later decides',
      [held({ probe_after: at(-1) }), held({ ...until, api: '*' })],
      denied('hold', hourMs),
      manual,
    ],
    [
      'that is probed later decides',
      [held({ probe_after: at(60) }), held({ api: '*', probe_after: at(30) })],
      denied('hold', 60_000),
    ],
  ])('%s', async (_, rows, expected, request) => {
    expect(await reserve([...world, ...rows], request)).toEqual([expected]);
  });
});

describe('a token', () => {
  const token = (values: Row[1] = {}): Row => [
    'usage.access_token',
    {
      app_key: 'app',
      token_hash: '\\x0a',
      is_refused: true,
      observed_at: at(-hour + 0.001),
      observed_call_id: 1,
      ...values,
    },
  ];
  const good = token({ is_refused: false });
  const carries = flight(901, { token_hash: '\\x0a' });
  const refused = ['token_refused', null, null, null];
  const own = { token: '0a' };
  it.each<Case>([
    ['that is unknown is tried by one call', [carries], denied('hold', 100), own],
    [
      'that is refused is tried by one call',
      [token({ observed_at: at(-2 * hour) }), carries],
      denied('hold', 100),
      own,
    ],
    ['that is good is carried by many', [good, carries], granted(), own],
    ['is not that of another app', [flight(901, { token_hash: '\\x0a', app_key: 'other' })], granted(), own],
    ['is not another one', [flight(901, { token_hash: '\\x0b' })], granted(), own],
    ['that was refused within an hour is not tried', [token()], refused, own],
    ['is tried again after an hour', [token({ observed_at: at(-hour) })], granted(), own],
    ['that was refused is tried by hand', [token()], granted(), { ...own, lane: 'manual' }],
    ['is not refused with another one', [token({ token_hash: '\\x0b' })], granted(), own],
    ['is not refused with that of another app', [token({ app_key: 'other' })], granted(), own],
    [
      'that is good stays so beside them',
      [good, token({ token_hash: '\\x0b' }), token({ app_key: 'other' })],
      granted(),
      own,
    ],
    ['is nothing to calls without', [token(), carries], granted()],
  ])('%s', async (_, rows, expected, request) => {
    expect(await reserve([...world, ...rows], request)).toEqual([expected]);
  });
});

describe('a run', () => {
  const run = (runId: number, budget: number | null, used = 5): Row => [
    'sync.run',
    {
      ...{ run_id: runId, scope: `scope${runId}`, trigger: 'test', source: 'sandbox', status: 'running' },
      ...{ feeds: [], budget_calls: budget, calls_used: used, requested_at: at(-60) },
    },
  ];
  const second = { runId: 2 };
  it.each<Case>([
    ['that is unknown gets nothing', [run(1, 9)], ['run_unknown', null, null, null], second],
    ['has calls left', [run(1, 5), run(2, 6)], granted(), second],
    ['has none left', [run(1, 6), run(2, 5)], denied('run', null), second],
    ['without a budget has calls', [run(1, 5), run(2, null, 90)], granted(), second],
  ])('%s', async (_, rows, expected, request) => {
    expect(await reserve([...world, ...rows], request)).toEqual([expected]);
  });

  it('is locked alone, and counts its call', async () => {
    const rows = [...world, run(1, 5), run(2, 5), run(3, 5)];
    expect(await reserve(rows, second, 'SELECT xmax <> 0 FROM sync.run ORDER BY run_id')).toEqual([
      [false],
      [true],
      [false],
    ]);
    const more = [...world, run(1, 9), run(2, 9), run(3, 9)];
    expect(await reserve(more, second, 'SELECT calls_used FROM sync.run ORDER BY run_id')).toEqual([
      [5],
      [6],
      [5],
    ]);
  });
});

describe('a call that is granted', () => {
  const isLocked = `SELECT count(*)::int FROM pg_locks WHERE relation = 'sync.ledger_lock'::regclass AND pid = pg_backend_pid()`;
  it('takes the lock of the ledger, unless no limit counts it', async () => {
    expect(await reserve(world, {}, isLocked)).toEqual([[1]]);
    expect(await reserve(world, { isExempt: true }, isLocked)).toEqual([[0]]);
  });

  const flights = `SELECT f.request_hash IS NULL, f.run_id::int, extract(epoch FROM f.send_by - '${noon}')::int, c.run_id::int
    FROM usage.in_flight f JOIN usage.api_call c USING (call_id)`;
  const run: Row = [
    'sync.run',
    {
      run_id: 1,
      scope: 'all',
      trigger: 'test',
      source: 'sandbox',
      status: 'running',
      feeds: [],
      calls_used: 0,
      requested_at: at(-60),
    },
  ];
  const slot: Row = ['usage.pace', { app_key: 'app', api: '*', next_slot_at: at(1), calls_since: 0 }];
  it('may leave within five seconds of its slot', async () => {
    expect(await reserve([...world, run, slot], { runId: 1 }, flights)).toEqual([[false, 1, 6, 1]]);
    expect(await reserve([run], { runId: 1, isExempt: true }, flights)).toEqual([[true, null, 5, 1]]);
  });

  it('is of the moment that was decided about', async () => {
    const ticking = `CREATE SEQUENCE usage.ticks; CREATE OR REPLACE FUNCTION usage.ledger_now() RETURNS timestamptz LANGUAGE plpgsql AS
      $$ BEGIN RETURN timestamptz '${noon}' + nextval('usage.ticks') * interval '10 ms'; END $$`;
    expect(await ledger.read(world, ticking, reserveText({}), decision)).toEqual([granted()]);
  });

  it('makes the partitions of its month, and so does its answer', async () => {
    const drop = 'DROP TABLE usage.api_call_2026_11, raw.payload_2026_11';
    expect(await ledger.read(world, drop, reserveText({}), decision)).toEqual([granted()]);
    const settle = `SELECT raw_id IS NOT NULL FROM usage.settle(1, 'committed', 'ok', NULL, 200, 1, 2, '\\x01', 2, '\\x02')`;
    expect(
      await ledger.read([call(1, -1, { state: 'unknown' })], 'DROP TABLE raw.payload_2026_11', settle),
    ).toEqual([[true]]);
  });

  it('finds out first whether the database was restored', async () => {
    const other = `UPDATE usage.ledger_epoch SET epoch = 'other'`;
    expect(await ledger.read(world, other, reserveText({}), decision)).toEqual([denied('day', 12 * hourMs)]);
  });
});
