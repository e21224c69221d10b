import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  at,
  call,
  limit,
  noon,
  openStillLedger,
  type Row,
  type StillLedger,
} from '../../support/still-ledger.ts';

let ledger: StillLedger;
beforeAll(async () => {
  ledger = await openStillLedger();
});
afterAll(() => ledger.close());

const hour = 3600;
const hash = '\\x01';

/** A call that was granted ten seconds before noon and may leave until noon; with the row of its flight. */
const flying = (callId: number, values: Row[1] = {}, flight: Row[1] = {}): Row[] => [
  call(callId, -10, { state: 'reserved', outcome: null, sent_at: null, send_by: at(0), ...values }),
  [
    'usage.in_flight',
    {
      ...{ call_id: callId, granted_at: at(-10), app_key: 'app', api: 'api', request_hash: `\\x0${callId}` },
      ...{ quota_period_ids: [], send_by: at(0), token_hash: hash, ...flight },
    },
  ],
];
const paused = (values: Row[1] = {}): Row => [
  'usage.backoff',
  { app_key: 'app', api: 'api', started_at: at(-5), pause: '5.001 s', failures: 0, ...values },
];
const token = (values: Row[1] = {}): Row => [
  'usage.access_token',
  { app_key: 'app', token_hash: hash, is_refused: true, observed_at: at(-5), observed_call_id: 3, ...values },
];
const held = (values: Row[1]): Row => [
  'usage.api_hold',
  { api: 'api', code: 'OLD', held_at: at(-2 * hour), ...values },
];

describe('a call that is about to leave', () => {
  const send = async (rows: readonly Row[]) => {
    const text = 'CREATE TEMP TABLE answer ON COMMIT DROP AS SELECT usage.mark_sent(1) AS may_send';
    const found = await ledger.read(
      [...rows, ...flying(2, {}, { api: 'second' })],
      text,
      `SELECT may_send, state, extract(epoch FROM f.sent_at - '${noon}')::float8 FROM answer, usage.api_call c
       LEFT JOIN usage.in_flight f USING (call_id) WHERE call_id IN (1, 2) ORDER BY call_id`,
    );
    expect(found[1]?.slice(1)).toEqual(['reserved', null]);
    return found[0];
  };
  const sent = [true, 'reserved', 0];
  const calledOff = [false, 'refunded', null];
  it.each<[string, Row[], unknown[]]>([
    ['may leave', flying(1), sent],
    ['may not a millisecond too late', flying(1, {}, { send_by: at(-0.001) }), [false, 'reserved', null]],
    ['leaves once', flying(1, {}, { sent_at: at(-3) }), [false, 'reserved', -3]],
    ['is called off by a pause', [...flying(1), paused()], calledOff],
    ['is called off by a pause of the app', [...flying(1), paused({ api: '*' })], calledOff],
    ['is called off by one that begins now', [...flying(1), paused({ started_at: at(0) })], calledOff],
    [
      'is not by one of before the clock was set back',
      [...flying(1), paused({ started_at: at(0.001) })],
      sent,
    ],
    ['is not by one that ends now', [...flying(1), paused({ pause: '5 s' })], sent],
    [
      'is not by one that began with its grant',
      [...flying(1), paused({ started_at: at(-10), pause: '1 min' })],
      sent,
    ],
    ['is not by one of another API', [...flying(1), paused({ api: 'second' })], sent],
    ['is not by one of another app', [...flying(1), paused({ app_key: 'other' })], sent],
    ['is not if no limit counts it', [...flying(1, {}, { request_hash: null }), paused()], sent],
    ['is not once it left', [...flying(1, {}, { sent_at: at(-3) }), paused()], [false, 'reserved', -3]],
    ['is called off when its token is refused', [...flying(1), token()], calledOff],
    ['is not by a refusal of the moment of its grant', [...flying(1), token({ observed_at: at(-10) })], sent],
    ['is not when its token is taken', [...flying(1), token({ is_refused: false })], sent],
    ['is not when another token is refused', [...flying(1), token({ token_hash: '\\x02' })], sent],
    ['is not when a token of another app is refused', [...flying(1), token({ app_key: 'other' })], sent],
    [
      'is not once it left with the token',
      [...flying(1, {}, { sent_at: at(-3) }), token()],
      [false, 'reserved', -3],
    ],
  ])('%s', async (_, rows, expected) => {
    expect((await send(rows))?.slice()).toEqual(expected);
  });

  it('is the probe of what it may end', async () => {
    const probes = `SELECT api, probe_call_id::int, extract(epoch FROM probe_after - '${noon}')::int FROM usage.api_hold ORDER BY api`;
    const rows = [
      held({ probe_after: at(0) }),
      held({ api: '*', probe_after: at(-1), probe_every: '15 min' }),
    ];
    const others = [
      held({ probe_after: at(1) }),
      held({ api: 'other', probe_after: at(-1) }),
      held({ api: '*' }),
    ];
    expect(await ledger.read([...flying(1), ...rows], 'SELECT usage.mark_sent(1)', probes)).toEqual([
      ['*', 1, 900],
      ['api', 1, 2 * hour],
    ]);
    expect(await ledger.read([...flying(1), ...others], 'SELECT usage.mark_sent(1)', probes)).toEqual([
      ['*', null, null],
      ['api', null, 1],
      ['other', null, -1],
    ]);
  });
});

const isLocked = `SELECT count(*)::int FROM pg_locks WHERE relation = 'sync.ledger_lock'::regclass AND pid = pg_backend_pid()`;

describe('what an answer shows of its token', () => {
  const observe = (rows: readonly Row[], isRefused: boolean, query: string) =>
    ledger.read(rows, `SELECT usage.observe_token('app', '${hash}', 7, '${at(-1)}', ${isRefused})`, query);
  const tokens = `SELECT is_refused, extract(epoch FROM observed_at - '${noon}')::int, observed_call_id::int
    FROM usage.access_token WHERE app_key = 'app' AND token_hash = '${hash}'`;
  const others = [
    ...[token({ app_key: 'other', is_refused: false }), token({ token_hash: '\\x02', is_refused: false })],
    token({ app_key: 'other', token_hash: '\\x02' }),
  ];
  it.each<[string, Row[], boolean, { of: unknown[]; locks: number }]>([
    ['is new', others, false, { of: [false, 0, 7], locks: 1 }],
    ['is a refusal', [], true, { of: [true, 0, 7], locks: 1 }],
    ['is no news of a good one', [token({ is_refused: false })], false, { of: [false, -5, 3], locks: 0 }],
    [
      'is no news of one that was refused with its grant',
      [token({ observed_at: at(-1) })],
      false,
      { of: [true, -1, 3], locks: 0 },
    ],
    [
      'is news of one that was refused before',
      [token({ observed_at: at(-1.001) })],
      false,
      { of: [false, 0, 7], locks: 1 },
    ],
    [
      'always is news if refused',
      [token({ is_refused: false, observed_at: at(0) })],
      true,
      { of: [true, 0, 7], locks: 1 },
    ],
  ])('%s', async (_, rows, isRefused, { of, locks }) => {
    expect(await observe(rows, isRefused, tokens)).toEqual([of]);
    expect(await observe(rows, isRefused, isLocked)).toEqual([[locks]]);
  });

  it('forgets tokens of the app of more than 400 days ago', async () => {
    const old = { observed_at: at(-400 * 24 * hour - 0.001) };
    const rows = [
      ...[
        token({ token_hash: '\\x03', observed_at: at(-400 * 24 * hour) }),
        token({ token_hash: '\\x04', ...old }),
      ],
      token({ app_key: 'other', token_hash: '\\x05', ...old }),
    ];
    const left = `SELECT encode(token_hash, 'hex') FROM usage.access_token ORDER BY 1`;
    expect(await observe(rows, true, left)).toEqual([['01'], ['03'], ['05']]);
  });
});

const period = (periodId: number, values: Row[1] = {}): Row => [
  'usage.quota_period',
  {
    ...{ period_id: periodId, app_key: 'app', api: `api${periodId}`, period_kind: 'day', call_limit: 40 },
    ...{
      starts_at: at(-12 * hour),
      ends_at: at(12 * hour),
      granted: 9,
      refunded: 2,
      unknown: 3,
      external: 0,
    },
    ...{ used_before_day: 0, is_assumed_spent: false, ...values },
  },
];
const run = (runId: number): Row => [
  'sync.run',
  {
    ...{ run_id: runId, scope: `scope${runId}`, trigger: 'test', source: 'sandbox', status: 'running' },
    ...{ feeds: [], calls_used: 5, requested_at: at(-60) },
  },
];
const counts = [period(1), period(2), run(1), run(2)];
const ofRun = { run_id: 1, quota_period_ids: [1] };
const used = `SELECT calls_used FROM sync.run ORDER BY run_id`;
const windows = 'SELECT refunded, unknown FROM usage.quota_period ORDER BY period_id';

describe('the end of a call', () => {
  const settle = (
    rows: readonly Row[],
    state: string,
    query: string,
    answer: { body?: string; shows?: string } = {},
  ) =>
    ledger.read(
      [...counts, ...rows],
      `CREATE TEMP TABLE answer ON COMMIT DROP AS SELECT * FROM usage.settle(1, '${state}', 'ok', 'CODE', 200, 12, 2,
         ${answer.body ?? 'NULL'}, 2, '\\x05', ${answer.shows ?? 'NULL'})`,
      query,
    );
  const ended = (state: string): Row => call(1, -10, { ...ofRun, state, outcome: null });
  // Refunded and unknown of its window, calls of its run, its state.
  it.each<[string, Row[], string, unknown[]]>([
    ['that was answered changes no count', flying(1, ofRun), 'committed', [2, 3, 5, 'committed']],
    ['that was not sent gives it back', flying(1, ofRun), 'refunded', [3, 3, 4, 'refunded']],
    ['that nobody knows is counted as that', flying(1, ofRun), 'unknown', [2, 4, 5, 'unknown']],
    ['that was not known is answered later', [ended('unknown')], 'committed', [2, 2, 5, 'committed']],
    [
      'that was given back is answered all the same',
      [ended('refunded')],
      'committed',
      [1, 3, 6, 'committed'],
    ],
    ['that was answered stays', [ended('committed')], 'refunded', [2, 3, 5, 'committed']],
    ['that was answered stays answered', [ended('committed')], 'unknown', [2, 3, 5, 'committed']],
    ['that was given back stays so', [ended('refunded')], 'unknown', [2, 3, 5, 'refunded']],
    ['that is not known stays so', [ended('unknown')], 'refunded', [2, 3, 5, 'unknown']],
    [
      'changes no count if no limit counts it',
      flying(1, { ...ofRun, is_exempt: true }),
      'refunded',
      [2, 3, 5, 'refunded'],
    ],
  ])('%s', async (_, rows, state, expected) => {
    const all = `SELECT refunded, unknown, calls_used, state FROM usage.quota_period, sync.run, usage.api_call
      WHERE period_id = 1 AND sync.run.run_id = 1 AND call_id = 1`;
    expect(await settle(rows, state, all)).toEqual([expected]);
    const others = `SELECT refunded, unknown, calls_used FROM usage.quota_period, sync.run WHERE period_id = 2 AND run_id = 2`;
    expect(await settle(rows, state, others)).toEqual([[2, 3, 5]]);
  });

  it('is that of no other call of the same moment', async () => {
    const others = 'SELECT call_id::int, state FROM usage.api_call ORDER BY call_id';
    expect(await settle([...flying(2), ...flying(1), ...flying(3)], 'refunded', others)).toEqual([
      [1, 'refunded'],
      [2, 'reserved'],
      [3, 'reserved'],
    ]);
    expect(await settle([call(2, -10), ...flying(1), call(3, -10)], 'refunded', others)).toEqual([
      [1, 'refunded'],
      [2, 'committed'],
      [3, 'committed'],
    ]);
    const flights = 'SELECT call_id::int FROM usage.in_flight ORDER BY call_id';
    expect(await settle([...flying(2), ...flying(1), ...flying(3)], 'refunded', flights)).toEqual([[2], [3]]);
    expect(await settle([call(2, -20), ended('unknown'), call(3, -30)], 'committed', others)).toEqual([
      [1, 'committed'],
      [2, 'committed'],
      [3, 'committed'],
    ]);
  });

  it('is not before its grant, by a clock that was set back', async () => {
    const times = `SELECT extract(epoch FROM settled_at - '${noon}')::int, extract(epoch FROM sent_at - '${noon}')::int
      FROM usage.api_call`;
    expect(await settle(flying(1, {}, { sent_at: at(-3) }), 'committed', times)).toEqual([[0, -3]]);
    expect(await settle([call(1, 60, { state: 'unknown' })], 'committed', times)).toEqual([[60, 60]]);
  });

  it('stores an answer only of a call that was answered', async () => {
    const body = { body: `'\\x06'` };
    const stored =
      'SELECT is_known, answer.raw_id IS NOT NULL, (SELECT count(*)::int FROM raw.payload) FROM answer';
    expect(await settle(flying(1), 'committed', stored, body)).toEqual([[true, true, 1]]);
    expect(await settle(flying(1), 'committed', stored)).toEqual([[true, false, 0]]);
    expect(await settle(flying(1), 'unknown', stored, body)).toEqual([[true, false, 0]]);
    expect(await settle([call(1, -10, { raw_id: 77 })], 'committed', stored, body)).toEqual([
      [true, true, 0],
    ]);
    expect(await settle(flying(2), 'committed', stored, body)).toEqual([[false, false, 0]]);
  });

  it('locks the call until the transaction ends', async () => {
    const locked = 'SELECT call_id::int, xmax <> 0 FROM usage.api_call ORDER BY 1';
    expect(await settle([ended('committed'), call(2, -10)], 'committed', locked)).toEqual([
      [1, true],
      [2, false],
    ]);
  });

  it.each<[string, Row[], string, unknown[]]>([
    ['refused its token', flying(1), 'token_refused', [true, null]],
    ['took its token', flying(1), 'allowed', [false, 'allowed']],
    ['took its token, and refused the API', flying(1), 'denied', [false, 'denied']],
    ['says nothing of the token when it was too fast', flying(1), 'too_fast_api', [null, null]],
    ['says nothing of a token it had not', flying(1, {}, { token_hash: null }), 'allowed', [null, 'allowed']],
    [
      'says nothing of the API if no limit counts it',
      flying(1, { is_exempt: true }),
      'allowed',
      [false, null],
    ],
  ])('%s', async (_, rows, shows, expected) => {
    const seen = `SELECT (SELECT is_refused FROM usage.access_token), (SELECT observed FROM sync.api_permission)`;
    expect(await settle(rows, 'committed', seen, { shows: `'${shows}'` })).toEqual([expected]);
  });

  it.each<[string, string, unknown[]]>([
    ['that was not sent gives its probe back', 'refunded', [0, null]],
    ['that nobody knows spends its probe', 'unknown', [hour, 1]],
  ])('%s', async (_, state, own) => {
    const probes = `SELECT extract(epoch FROM probe_after - '${noon}')::int, probe_call_id::int FROM usage.api_hold ORDER BY api`;
    const rows = [
      held({ probe_after: at(hour), probe_call_id: 1 }),
      held({ api: 'b', probe_after: at(hour), probe_call_id: 2 }),
    ];
    expect(await settle([...flying(1), ...rows], state, probes)).toEqual([own, [hour, 2]]);
  });
});

describe('the sweeper', () => {
  const sweep = (rows: readonly Row[], query?: string) =>
    ledger.read(
      [...counts, ...rows],
      ...[`SELECT * FROM usage.sweep('1 minute')`, ...(query === undefined ? [] : [query])],
    );
  it.each<[string, Row[], number[]]>([
    ['leaves a call that may still leave', flying(1), [0, 0]],
    ['gives back one that may not', flying(1, {}, { send_by: at(-0.001) }), [1, 0]],
    ['leaves one that may still be answered', flying(1, {}, { sent_at: at(-60), send_by: at(-70) }), [0, 0]],
    ['ends one that will not', flying(1, {}, { sent_at: at(-60.001) }), [0, 1]],
  ])('%s', async (_, rows, expected) => {
    expect(await sweep(rows)).toEqual([expected]);
    const left = await sweep(rows, 'SELECT count(*)::int FROM usage.in_flight');
    expect(left).toEqual([[1 - (expected[0] ?? 0) - (expected[1] ?? 0)]]);
  });

  const late = { send_by: at(-1) };
  const lost = { sent_at: at(-61) };
  const mixed = [
    ...[
      ...flying(1, ofRun, { ...late, ...ofRun }),
      ...flying(2, ofRun, { ...lost, ...ofRun }),
      ...flying(3, ofRun, ofRun),
    ],
    ...flying(4, { run_id: 2 }, { ...lost, run_id: 2 }),
    ...flying(5, ofRun, { ...lost, ...ofRun }),
  ];
  it('ends each call as it was, and counts it so', async () => {
    expect(
      await sweep(mixed, 'SELECT state, outcome, sent_at IS NULL FROM usage.api_call ORDER BY call_id'),
    ).toEqual([
      ['refunded', 'not_sent', true],
      ['unknown', null, false],
      ['reserved', null, true],
      ['unknown', null, false],
      ['unknown', null, false],
    ]);
    expect(await sweep(mixed, 'SELECT call_id::int FROM usage.in_flight')).toEqual([[3]]);
    expect(await sweep(mixed, windows)).toEqual([
      [3, 5],
      [2, 3],
    ]);
    expect(await sweep(mixed, used)).toEqual([[4], [5]]);
  });

  it('locks the runs whose calls it ends, and no other', async () => {
    const rows = flying(1, { run_id: 2 }, { ...lost, run_id: 2 });
    expect(await sweep(rows, 'SELECT xmax <> 0 FROM sync.run ORDER BY run_id')).toEqual([[false], [true]]);
  });

  it('waits for the ledger only if a window counts', async () => {
    expect(await sweep(flying(1, {}, late), isLocked)).toEqual([[0]]);
    expect(await sweep(flying(1, ofRun, { ...late, ...ofRun }), isLocked)).toEqual([[1]]);
  });
});

it('a count that changes takes the lock of the ledger', async () => {
  const rows = [...counts, limit()];
  const recount = `SELECT usage.recount('app', 1, '{1}', 1, 2)`;
  expect(await ledger.read(rows, recount, isLocked)).toEqual([[1]]);
  expect(await ledger.read(rows, recount, used)).toEqual([[4], [5]]);
  expect(await ledger.read(rows, recount, windows)).toEqual([
    [3, 5],
    [2, 3],
  ]);
  // A run that is written comes last.
  const untouched = `SELECT usage.recount('app', 1, '{1}', 0, 2)`;
  const written = 'SELECT run_id::int FROM sync.run ORDER BY cmin::text::int';
  expect(await ledger.read(rows, untouched, written)).toEqual([[1], [2]]);
});
