import { describe, expect, test } from 'vitest';
import type { Arrival, Incident, LedgerCall, Limit } from '../../../bench/chaos/evidence.ts';
import { judgeCatalog, type Leftovers } from '../../../bench/chaos/judges/judge-catalog.ts';
import { judgeDrain } from '../../../bench/chaos/judges/judge-drain.ts';
import { judgeMatching } from '../../../bench/chaos/judges/judge-matching.ts';
import { judgePayments } from '../../../bench/chaos/judges/judge-payments.ts';
import { judgeSecrets } from '../../../bench/chaos/judges/judge-secrets.ts';
import { judgeUnknowns } from '../../../bench/chaos/judges/judge-unknowns.ts';
import { judgePeriods } from '../../../bench/chaos/judges/judge-periods.ts';

const api = 'com.alibaba.fenxiao.crossborder:product.search.queryProductDetail:1';
const minuteMs = 60_000;

/** A good call that was granted at 0, sent at 10, and settled at 100. */
function call(callId: string, changed: Partial<LedgerCall> = {}): LedgerCall {
  return {
    ...{ callId, api, operation: 'offer.detail', requestHash: `hash ${callId}` },
    ...{ state: 'committed', outcome: 'ok', isExempt: false, isStored: true },
    ...{ grantedAt: 0, sendBy: 15_000, sentAt: 10, settledAt: 100 },
    ...changed,
  };
}

function arrival(requestId: string | null, changed: Partial<Arrival> = {}): Arrival {
  return { requestId, api, at: 50, outcome: 'ok', isCounted: true, ...changed };
}

const found = (breaches: readonly { what: string; callIds: readonly string[] }[]) =>
  breaches.map(({ what, callIds }) => [what, ...callIds]);

describe('matching', () => {
  const lost = { state: 'unknown', outcome: null, isStored: false } as const;

  test('is content with an honest ledger', () => {
    const calls = [
      call('1'),
      call('2', lost),
      call('3', lost),
      call('4', { state: 'refunded', outcome: 'not_sent', isStored: false, sentAt: null }),
      call('5', { outcome: 'gateway_error', isStored: false }),
      call('6', { isExempt: true, isStored: false }),
    ];
    const arrivals = [
      arrival('1'),
      arrival('3', { outcome: 'fault:reset' }),
      arrival('5', { outcome: '401' }),
      arrival('6', { outcome: 'oauth', isCounted: false }),
    ];
    expect(judgeMatching(arrivals, calls)).toEqual({
      counts: { arrivals: 4, committed: 3, unknown: 2, refunded: 1 },
      breaches: [],
    });
  });

  test.each([
    ['an arrival without a row', [arrival('1'), arrival('2')], [call('1')], 'without a row'],
    ['an arrival that names no call', [arrival('1'), arrival(null)], [call('1')], 'without a row'],
    ['a call that arrived twice', [arrival('1'), arrival('1')], [call('1')], 'more than once'],
    ['a committed call that never arrived', [], [call('1')], 'never arrived'],
    ['a refunded call that arrived', [arrival('1')], [call('1', { state: 'refunded' })], 'refunded'],
    ['a call that is still open', [arrival('1')], [call('1', { state: 'reserved' })], 'still open'],
    ['a good answer that nobody gave', [arrival('1', { outcome: '401' })], [call('1')], 'nobody gave'],
    ['a good answer that is not stored', [arrival('1')], [call('1', { isStored: false })], 'not stored'],
  ])('sees %s', (_case, arrivals, calls, words) => {
    const { breaches } = judgeMatching(arrivals, calls);
    expect(found(breaches)).toEqual([
      [expect.stringContaining(words), expect.stringMatching(/^(1|2|none)$/)],
    ]);
  });
});

describe('unknowns', () => {
  const lost = (callId: string, changed: Partial<LedgerCall> = {}) =>
    call(callId, { state: 'unknown', outcome: null, settledAt: 70_000, isStored: false, ...changed });
  const kill: Incident = { kind: 'kill-worker', fromMs: 20, toMs: 30, openCalls: ['1'] };
  const cut: Incident = { kind: 'cut-gateway', fromMs: 20, toMs: 30, openCalls: [] };

  test('are explained by what happened to them', () => {
    const calls = [
      lost('1'),
      lost('2', { outcome: 'transport_error', settledAt: 25 }),
      lost('3', { outcome: 'transport_error' }),
    ];
    const arrivals = [arrival('3', { outcome: 'fault:hang' })];
    expect(judgeUnknowns({ arrivals, calls, incidents: [kill, cut] })).toEqual({
      ...{ byKill: 1, byCut: 1, byFault: 1, atRisk: 3 },
      breaches: [],
    });
  });

  test('left on a connection that was cut, before anybody had heard of it, and never arrived', () => {
    const broken = (callId: string, times: Partial<LedgerCall>) =>
      lost(callId, { outcome: 'transport_error', ...times });
    const calls = [
      broken('1', { settledAt: 400 }),
      broken('2', { grantedAt: 40, sentAt: 60, settledAt: 420 }),
      // It arrived: the cut did not take it.
      broken('3', { grantedAt: 40, sentAt: 60, settledAt: 420 }),
      // When it left, the others had ended.
      broken('4', { grantedAt: 390, sentAt: 401, settledAt: 420 }),
      // What ended after seconds says nothing about a cut.
      broken('5', { settledAt: 6000 }),
      broken('6', { grantedAt: 500, sentAt: 5500, settledAt: 5600 }),
    ];
    const { byCut, breaches } = judgeUnknowns({ arrivals: [arrival('3')], calls, incidents: [cut] });
    expect(byCut).toBe(3);
    expect(found(breaches)).toEqual([[expect.stringContaining('no disturbance explains'), '3', '4', '6']]);
  });

  test.each(['slow-gateway', 'narrow-gateway', 'step-clock', 'pause-redis', 'flush-redis'])(
    'are not explained by %s, which costs no call',
    (kind) => {
      const { breaches } = judgeUnknowns({
        arrivals: [],
        calls: [lost('1')],
        incidents: [{ ...kill, kind }],
      });
      expect(found(breaches)).toEqual([[expect.stringContaining('no disturbance explains'), '1']]);
    },
  );

  test('are a breach when nothing happened to them', () => {
    const calls = [
      lost('1'),
      lost('2'),
      lost('3', { outcome: 'transport_error', settledAt: 15 }),
      lost('4', { outcome: 'transport_error', grantedAt: 40 }),
    ];
    const { breaches } = judgeUnknowns({ arrivals: [arrival('2')], calls, incidents: [kill, cut] });
    expect(found(breaches)).toEqual([[expect.stringContaining('no disturbance explains'), '2', '3', '4']]);
  });
});

describe('windows', () => {
  const at = (text: string, requestId: string, changed: Partial<Arrival> = {}) =>
    arrival(requestId, { at: Date.parse(text), ...changed });
  const day: Limit = { api, period: 'day', calls: 2 };

  test('begin with the day of China, and hold as many calls as they may', () => {
    const arrivals = [
      at('2026-11-30T15:59:59.998Z', '1'),
      at('2026-11-30T15:59:59.999Z', '2'),
      at('2026-11-30T16:00:00.000Z', '3'),
      at('2026-11-30T16:00:00.001Z', '4'),
      at('2026-11-30T16:00:00.002Z', '5', { isCounted: false }),
      at('2026-11-30T16:00:00.003Z', '6', { api: 'another' }),
    ];
    const limits: Limit[] = [
      day,
      { api, period: 'month', calls: 2 },
      { api: '*', period: 'minute', calls: 3 },
    ];
    const { breaches, fullest, busiestSecond } = judgePeriods(arrivals, limits);
    expect(breaches).toEqual([]);
    expect(busiestSecond).toBe(5);
    expect(fullest.map(({ period, calls }) => [period, calls])).toEqual([
      ['2026-11-30', 2],
      ['2026-11', 2],
      ['2026-12-01 00:00', 3],
    ]);
  });

  test.each([
    ['day', '2026-12-01T15:59:59Z'],
    ['month', '2026-12-31T15:59:59Z'],
    ['minute', '2026-11-30T16:00:59Z'],
  ] as const)('that hold one call too many are a breach: a %s', (period, last) => {
    const arrivals = [at(last, '3'), at('2026-11-30T16:00:00Z', '1'), at('2026-11-30T16:00:01Z', '2')];
    const { breaches } = judgePeriods(arrivals, [{ ...day, period }]);
    expect(found(breaches)).toEqual([[expect.stringContaining('3 calls'), '3']]);
  });

  test('know the busiest second wherever it begins', () => {
    const times = [0, 900, 1000, 1899, 1900, 3000];
    const arrivals = times.map((time, i) => arrival(String(i), { at: time }));
    expect(judgePeriods(arrivals, []).busiestSecond).toBe(3);
  });
});

describe('payments', () => {
  const freshForMs = 10 * minuteMs;
  const rules = { freshForMs: () => freshForMs, maxCallMs: minuteMs };
  const same = { requestHash: 'the same' };
  const again = (grantedAt: number, changed: Partial<LedgerCall> = {}) =>
    call('2', { ...same, grantedAt, sentAt: grantedAt + 10, settledAt: grantedAt + 100, ...changed });
  const unknown = { state: 'unknown', outcome: 'transport_error' } as const;

  test.each([
    ['an answer that is too old', [call('1', same), again(freshForMs)]],
    ['a call without a good answer', [call('1', { ...same, outcome: 'gateway_error' }), again(100)]],
    ['another request', [call('1'), again(100)]],
    ['calls that no limit counts', [call('1', { ...same, isExempt: true }), again(50, { isExempt: true })]],
    ['a call that never left', [call('1', { ...same, state: 'refunded', sentAt: null }), again(50)]],
  ])('after %s are none too many', (_case, calls) => {
    expect(judgePayments(calls, rules)).toEqual({ lostAndPaidAgain: 0, breaches: [] });
  });

  test('of what was lost in flight are counted apart', () => {
    const late = call('1', { ...same, settledAt: 3 * minuteMs });
    expect(judgePayments([call('1', { ...same, ...unknown }), again(100)], rules)).toEqual({
      lostAndPaidAgain: 1,
      breaches: [],
    });
    // Its answer came after the ledger had given it up, and another was asked for.
    expect(judgePayments([late, again(minuteMs + 10)], rules).breaches).toEqual([]);
  });

  test.each([
    ['again after a good answer', call('1', same), again(100), 'paid again'],
    ['again after a good answer, in vain', call('1', same), again(5 * minuteMs, unknown), 'paid again'],
    ['at the same time', call('1', same), again(99), 'same time'],
    [
      'while the first is still out',
      call('1', { ...same, ...unknown, settledAt: 70_000 }),
      again(60_009),
      'same time',
    ],
  ])('%s are a breach', (_case, first, second, words) => {
    expect(found(judgePayments([second, first], rules).breaches)).toEqual([
      [expect.stringContaining(words), '1', '2'],
    ]);
  });
});

describe('drain', () => {
  const over = { openRuns: 0, openCalls: 0, lastStatus: 'succeeded' };

  test('is content when all work is over', () => {
    expect(judgeDrain(over, minuteMs)).toEqual([]);
  });

  test.each([{ openRuns: 1 }, { openCalls: 1 }, { lastStatus: 'partial_error' }, { lastStatus: null }])(
    'is not with %s',
    (changed) => {
      const what = expect.stringContaining('not over after 60 s') as string;
      expect(judgeDrain({ ...over, ...changed }, minuteMs)).toMatchObject([{ judge: 'drain', what }]);
    },
  );
});

describe('catalog', () => {
  const nothing: Leftovers = {
    ...{ runs: 3, slots: 2, openRuns: 0, openSlots: 0, unloadedAnswers: 0, quarantinedRows: 0, leases: 0 },
    ...{ overlappingPrices: 0, miscountedPeriods: 0, miscountedRuns: 0 },
  };
  const equal = { table: 'offer', expected: 2, missing: [], wrong: [] };

  test('is true when it equals the truth and nothing is left over', () => {
    expect(judgeCatalog([equal], nothing)).toEqual([]);
  });

  test.each([
    [{ ...equal, missing: ['a row'] }, 'offer: of 2 true rows 1 are missing, 0 rows are wrong'],
    [{ ...equal, wrong: ['a row'] }, 'offer: of 2 true rows 0 are missing, 1 rows are wrong'],
  ])('is not when a row differs', (difference, what) => {
    expect(judgeCatalog([equal, difference], nothing)).toMatchObject([{ judge: 'catalog', what }]);
  });

  const checked = Object.entries(nothing).flatMap(([name, count]) => (count === 0 ? [name] : []));
  test.each(checked)('is not when something is left over: %s', (name) => {
    expect(judgeCatalog([equal], { ...nothing, [name]: 1 })).toMatchObject([{ judge: 'leftovers' }]);
  });
});

describe('secrets', () => {
  const secrets = { 'app secret': 'a-very-secret-text' };

  test('are not found in what does not hold them', async () => {
    expect(await judgeSecrets([{ name: 'log', text: 'a very secret text' }], secrets)).toEqual([]);
  });

  test.each([
    ['a-very-secret-text', 'app secret is in log'],
    [Buffer.from('a-very-secret-text').toString('hex'), 'app secret is in log'],
    [Buffer.from('a-very-secret-text').toString('base64'), 'app secret is in log'],
    ['param2/1?_aop_signature=00', 'a signed request is in log'],
  ])('are found as %s', async (text, what) => {
    const breaches = await judgeSecrets([{ name: 'log', text: `before ${text} after` }], secrets);
    expect(breaches).toEqual([{ judge: 'secrets', what, callIds: [] }]);
  });
});
