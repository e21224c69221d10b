import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { at, call, limit, openStillLedger, type Row, type StillLedger } from '../../support/still-ledger.ts';

let ledger: StillLedger;
beforeAll(async () => {
  ledger = await openStillLedger();
});
afterAll(() => ledger.close());

const refusal = { outcome: 'gateway_error' };

/** Calls of the second before the refusal at noon, call 1: with it `refused` were refused and `passed` not. */
const second = (passed: number, refused = 1): Row[] => [
  call(1, 0, refusal),
  ...Array.from({ length: passed + refused - 1 }, (_, n) => call(2 + n, -0.5, n < passed ? {} : refusal)),
];

const pace = (values: Row[1], api = 'api', appKey = 'app'): Row => [
  'usage.pace',
  { app_key: appKey, api, next_slot_at: at(-60), calls_since: 7, changed_at: at(-60), ...values },
];

const paused = (pause: string, api = 'api', appKey = 'app'): Row => [
  'usage.backoff',
  { app_key: appKey, api, started_at: at(-30), pause, failures: 0 },
];

/** What a second later is found of the pace: calls a second, its change, seconds until a raise, what passed. */
async function lower(rows: readonly Row[], api = 'api'): Promise<unknown> {
  const found = await ledger.read(
    rows,
    `SELECT usage.lower_pace('app', '${api}', 1, '${at(0)}', '${at(1)}')`,
    `SELECT round(found_per_second::numeric, 4)::float8, last_change, extract(epoch FROM raise_after - '${at(1)}')::int, passed_before
     FROM usage.pace WHERE app_key = 'app' AND api = '${api}'`,
  );
  return found[0];
}

describe('calls that passed in the second before a refusal', () => {
  const passed = async (row: Row, scope: string): Promise<unknown> => {
    const flight = { granted_at: at(-0.5), app_key: 'app', quota_period_ids: [], send_by: at(5) };
    const inFlight = [0.999, 0.5, 1].map((ago, n): Row => {
      return ['usage.in_flight', { call_id: 11 + n, sent_at: at(-ago), ...flight }];
    });
    return ((await lower([call(1, 0, refusal), call(2, -0.5), ...inFlight, row], scope)) as unknown[])[3];
  };
  const unsent = { state: 'reserved', outcome: null, sent_at: null };
  it.each<[string, Row, number, string?]>([
    ['are those of the same app', call(3, -0.5, { app_key: 'other' }), 1],
    ['and API', call(3, -0.5, { api: 'other' }), 1],
    ['or of any API, if the whole app was refused', call(3, -0.5, { api: 'other' }), 2, '*'],
    ['but none that no limit counts', call(3, -0.5, { is_exempt: true }), 1],
    ['but none that was called off', call(3, -0.5, { state: 'refunded' }), 1],
    ['but none that was refused', call(3, -0.5, refusal), 1],
    ['also without any answer', call(3, -0.5, { outcome: null }), 2],
    ['not those of a whole second before', call(3, -1), 1],
    ['up to a millisecond less', call(3, -0.999), 2],
    ['also of the same moment', call(3, 0), 2],
    ['but none that left later', call(3, 0, { sent_at: at(0.001) }), 1],
    ['nor was granted later, by a clock that was set back', call(3, 0.001, { sent_at: at(0) }), 1],
    ['also of those that waited almost five seconds to leave', call(3, -4.999, { sent_at: at(-0.5) }), 2],
    ['but not of those that waited five', call(3, -5, { sent_at: at(-0.5) }), 1],
    ['also on their way', call(11, -0.5, unsent), 2],
    ['not on their way for a second', call(13, -2, unsent), 1],
    ['not before they left', call(14, -0.5, unsent), 1],
  ])('%s', async (_, row, expected, scope = 'api') => {
    expect(await passed(row, scope)).toBe(expected);
  });
});

describe('answers that came in the second before that of a refusal', () => {
  const answered = (callId: number, seconds: number, values: Row[1] = {}) =>
    call(callId, -3, { settled_at: at(seconds), ...values });
  it.each<[string, Row[], number]>([
    ['count where they are more than the calls that left', [answered(3, 0.001), answered(4, 1)], 2],
    ['and not together with them', [answered(3, 1)], 1],
    ['nor a whole second before', [answered(3, 0), answered(4, 1)], 1],
    ['nor as refusals', [answered(3, 1, refusal), answered(4, 1)], 1],
    [
      'nor as calls that were given up',
      [answered(3, 1, { state: 'unknown', outcome: null }), answered(4, 1)],
      1,
    ],
  ])('%s', async (_, rows, expected) => {
    expect(((await lower([call(1, 0, refusal), call(2, -0.5), ...rows])) as unknown[])[3]).toBe(expected);
  });
});

// Calls a second, change, seconds until a raise, what passed: each by hand, with 25 a second declared.
describe('the first refusal', () => {
  it.each<[string, Row[], unknown[]]>([
    ['takes 3 % of the declared pace', [limit(), ...second(10)], [24.25, -0.03, 15, 10]],
    ['takes 3 % of what was sent where nothing is declared', second(9), [9.7, -0.03, 15, 9]],
    [
      'takes 3 % of one call where it was not seen to leave',
      [call(1, 0, { ...refusal, sent_at: null })],
      [0.97, -0.03, 15, 0],
    ],
    [
      'of 3 of 9 calls brings the pace just below what passed',
      [limit(), ...second(6, 3)],
      [5.7, -0.03, 15, 6],
    ],
    ['of 3 of 10 does not', [limit(), ...second(7, 3)], [24.25, -0.03, 15, 7]],
    ['of 2 of 3 does not', [limit(), ...second(1, 2)], [24.25, -0.03, 15, 1]],
    ['of all calls does not', [limit(), ...second(0, 4)], [24.25, -0.03, 15, 0]],
    [
      'knows nothing of other paces and pauses',
      [
        limit(),
        ...[
          pace({ found_per_second: 2, last_change: 0.03 }, 'api', 'other'),
          pace({ found_per_second: 3, last_change: 0.03 }, 'other'),
        ],
        ...[paused('4 s', 'api', 'other'), paused('4 s', 'other'), ...second(10)],
      ],
      [24.25, -0.03, 15, 10],
    ],
    ['within a first pause takes 40 %', [limit(), paused('2 s'), ...second(10)], [15, -0.03, 15, 10]],
    ['within a longer pause takes nothing', [limit(), paused('2.001 s'), ...second(10)], [25, -0.03, 15, 10]],
  ])('%s', async (_, rows, expected) => {
    expect(await lower(rows)).toEqual(expected);
  });
});

describe('a further refusal', () => {
  const found = (perSecond: number, lastChange: number | null, values: Row[1] = {}): Row =>
    pace({ found_per_second: perSecond, last_change: lastChange, passed_before: 1, ...values });
  it.each<[string, Row[], unknown[]]>([
    ['takes twice as much', [limit(), found(20, -0.03), ...second(18)], [18.8, -0.06, 15, 18]],
    ['up to 12 %', [limit(), found(20, -0.1), ...second(18)], [17.6, -0.12, 15, 18]],
    [
      'begins with the declared pace where that is lower',
      [limit({ call_limit: 5 }), found(20, -0.03), ...second(18)],
      [3.7903, -0.06, 15, 18],
    ],
    ['leaves a call in three seconds', [limit(), found(0.34, -0.12), ...second(1)], [0.3333, -0.12, 15, 1]],
    [
      'leaves a twentieth of a declared pace that is low',
      [limit({ call_limit: 5 }), found(0.2, -0.12), ...second(1)],
      [0.2016, -0.12, 15, 1],
    ],
    [
      'that agrees with the one before brings it below what passed',
      [limit(), found(20, -0.03, { passed_before: 12 }), ...second(10)],
      [9.5, -0.06, 15, 10],
    ],
    [
      'agrees within a fifth only',
      [limit(), found(20, -0.03, { passed_before: 13 }), ...second(10)],
      [18.8, -0.06, 15, 10],
    ],
    [
      'agrees at just less than nine tenths of the pace',
      [limit(), found(20, -0.03, { passed_before: 17 }), ...second(17)],
      [16.15, -0.06, 15, 17],
    ],
    [
      'does not agree at nine tenths',
      [limit(), found(20, -0.03, { passed_before: 18 }), ...second(18)],
      [18.8, -0.06, 15, 18],
    ],
    [
      'does not agree within a pause',
      [limit(), paused('4 s'), found(20, -0.03, { passed_before: 10 }), ...second(10)],
      [20, -0.06, 15, 10],
    ],
    [
      'does not agree with a raise that was taken back',
      [limit(), found(20, null, { passed_before: 10 }), ...second(10)],
      [19.4, -0.03, 15, 10],
    ],
  ])('%s', async (_, rows, expected) => {
    expect(await lower(rows)).toEqual(expected);
  });
});

describe('a refusal after a raise', () => {
  const raised = (perSecond: number, lastChange: number): Row =>
    pace({ found_per_second: perSecond, last_change: lastChange, passed_before: 1 });
  it.each<[string, Row[], unknown[]]>([
    [
      'of one step takes it back, whatever passed, and rests for two minutes',
      [limit(), raised(20.6, 0.03), ...second(22)],
      [20, null, 120, 22],
    ],
    ['of more takes it back', [limit(), raised(22.4, 0.12), ...second(10)], [20, null, 15, 10]],
    [
      'of more stays just below what passed',
      [limit(), raised(22.4, 0.12), ...second(22)],
      [20.9, null, 15, 22],
    ],
    ['of more never raises', [limit(), raised(22.4, 0.12), ...second(30)], [22.4, null, 15, 30]],
  ])('%s', async (_, rows, expected) => {
    expect(await lower(rows)).toEqual(expected);
  });
});

describe('a refusal of a call that was granted before the pace changed', () => {
  const changed = (lastChange: number | null, seconds: number): Row =>
    pace({
      found_per_second: 20,
      last_change: lastChange,
      changed_at: at(seconds),
      passed_before: 5,
      raise_after: at(9),
    });
  it.each<[string, Row[], unknown[]]>([
    ['is no news after a raise', [limit(), changed(0.03, 0), ...second(2, 4)], [20, 0.03, 8, 5]],
    [
      'is no news after a raise that was taken back',
      [limit(), changed(null, 0), ...second(2, 4)],
      [20, null, 8, 5],
    ],
    ['is one finding with that', [limit(), changed(-0.03, 0), ...second(5)], [20, -0.03, 15, 5]],
    [
      'shows how much of a burst was refused',
      [limit(), changed(-0.03, 0.5), ...second(2, 4)],
      [1.9, -0.03, 15, 5],
    ],
    ['is news a millisecond later', [limit(), changed(-0.03, -0.001), ...second(18)], [18.8, -0.06, 15, 18]],
  ])('%s', async (_, rows, expected) => {
    expect(await lower(rows)).toEqual(expected);
  });
});
