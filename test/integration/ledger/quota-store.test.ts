import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Lane } from '../../../src/model/ledger.ts';
import {
  api,
  appKey,
  openLedger,
  otherApi,
  requestFor,
  settlementFor,
  type OpenLedger,
} from '../../support/open-ledger.ts';

let at: OpenLedger;

beforeAll(async () => {
  at = await openLedger();
});
afterAll(() => at.db.drop());
beforeEach(() => at.reset());

async function listLimits() {
  const { rows } = await at.db.pool.query<Record<string, unknown>>(
    `SELECT api, period_kind, call_limit, source, is_assumed FROM usage.quota_limit
     WHERE valid_to IS NULL ORDER BY api, period_kind`,
  );
  return rows.map((row) => Object.values(row).join(' '));
}

const personal = { appKey, account: 'personal', apis: [api, otherApi] } as const;

describe('presets', () => {
  it('of a personal account are 500 a day and 15,000 a month for each API, assumed, and 4 a second for all', async () => {
    await at.quota.applyPresets(personal);
    expect(await listLimits()).toEqual([
      '* second 4 preset true',
      `${api} day 500 preset true`,
      `${api} month 15000 preset true`,
      `${otherApi} day 500 preset true`,
      `${otherApi} month 15000 preset true`,
    ]);
  });

  it('change nothing when they are applied again', async () => {
    await at.quota.applyPresets(personal);
    await Promise.all([at.quota.applyPresets(personal), at.quota.applyPresets(personal)]);
    const { rows } = await at.db.pool.query('SELECT count(*)::int AS count FROM usage.quota_limit');
    expect(rows).toEqual([{ count: 5 }]);
  });

  it('give way to those of another account type', async () => {
    await at.quota.applyPresets(personal);
    await at.quota.applyPresets({ ...personal, account: 'business', callsPerSecond: 10 });
    expect(await listLimits()).toEqual([
      '* second 10 preset true',
      `${api} day 10000 preset true`,
      `${otherApi} day 10000 preset true`,
    ]);
  });

  it('never replace what somebody knows', async () => {
    await at.quota.setLimit({ appKey, api, period: 'day', callLimit: 2_000 });
    await at.quota.applyPresets({ ...personal, apis: [api] });
    await at.quota.setLimit({ appKey, api: '*', period: 'second', callLimit: 9 });
    await at.quota.applyPresets({ ...personal, apis: [api] });
    expect(await listLimits()).toEqual([
      '* second 9 configured false',
      `${api} day 2000 configured false`,
      `${api} month 15000 preset true`,
    ]);
  });
});

describe('a limit that comes later', () => {
  const usedOf = async (of: string, period: string) => {
    const { rows } = await at.db.pool.query<{ used: number }>(
      'SELECT used FROM usage.quota_status WHERE api = $1 AND period_kind = $2',
      [of, period],
    );
    return rows[0]?.used;
  };
  // Without any limit no call is made.
  beforeEach(async () => {
    for (const of of [api, otherApi])
      await at.quota.setLimit({ appKey, api: of, period: 'minute', callLimit: 1000 });
  });
  const ask = (name: string, lane: Lane = 'manual') => at.ledger.reserve(requestFor(name, { lane }));

  it('counts the calls of its day and month that were made before it', async () => {
    await at.setTime('2026-05-10T03:00:00Z');
    for (const name of ['a', 'b', 'c']) await at.grant(name);
    await at.setTime('2026-05-12T03:00:00Z');
    for (const name of ['d', 'e']) await at.grant(name);
    await at.grant('other', { api: otherApi });
    await at.quota.setLimit({ appKey, api, period: 'month', callLimit: 6 });
    await at.quota.setLimit({ appKey, api, period: 'day', callLimit: 100 });
    await at.quota.setLimit({ appKey, api: '*', period: 'day', callLimit: 100 });
    expect([await usedOf(api, 'month'), await usedOf(api, 'day'), await usedOf('*', 'day')]).toEqual([
      5, 2, 3,
    ]);
    expect((await ask('f')).kind).toBe('granted');
    expect((await ask('g')).kind).toBe('denied');
  });

  it('spreads what is left of its month over the days that are left', async () => {
    await at.setTime('2026-05-10T03:00:00Z');
    for (let n = 0; n < 6; n += 1) await at.grant(`early ${String(n)}`);
    await at.setTime('2026-05-30T03:00:00Z');
    await at.quota.setLimit({ appKey, api, period: 'month', callLimit: 10 });
    // Four are left for two days.
    const kinds = [await ask('a', 'refresh'), await ask('b', 'refresh'), await ask('c', 'refresh')].map(
      ({ kind }) => kind,
    );
    expect(kinds).toEqual(['granted', 'granted', 'denied']);
  });

  it('counts what may have arrived in its day and month in Shanghai, without refunded and exempt calls', async () => {
    // A call has five seconds to leave, and takes a minute at most.
    for (const time of ['04-30T23:58', '05-01T00:01', '05-11T23:58', '05-12T00:01']) {
      await at.setTime(`2026-${time}:00+08:00`);
      await at.grant(time);
    }
    await at.setTime('2026-05-12T12:00:00+08:00');
    const { callId } = await at.grant('refunded');
    await at.ledger.settle(settlementFor(callId, { state: 'refunded', outcome: 'not_sent', body: null }));
    await at.grant('exempt', { isExempt: true });
    await at.quota.setLimit({ appKey, api, period: 'month', callLimit: 100 });
    await at.quota.setLimit({ appKey, api, period: 'day', callLimit: 100 });
    expect([await usedOf(api, 'month'), await usedOf(api, 'day')]).toEqual([3, 1]);
  });

  it('of rolling windows counts those of the last 24 hours and 31 days, to the minute', async () => {
    // Two minutes more and one less than 31 days, and than 24 hours: a call arrives a minute later.
    for (const time of ['05-01T11:58', '05-01T12:01', '05-31T11:58', '05-31T12:01']) {
      await at.setTime(`2026-${time}:00+08:00`);
      await at.grant(time);
    }
    await at.setTime('2026-06-01T12:00:00+08:00');
    await at.quota.setLimit({ appKey, api, period: 'month', callLimit: 9, reset: 'rolling' });
    await at.quota.setLimit({ appKey, api, period: 'day', callLimit: 9, reset: 'rolling' });
    expect([await usedOf(api, 'month'), await usedOf(api, 'day')]).toEqual([3, 1]);
  });

  it('may be lower than what was made: no further call is', async () => {
    for (const name of ['a', 'b', 'c']) await at.grant(name);
    await at.quota.setLimit({ appKey, api, period: 'day', callLimit: 2 });
    expect([await usedOf(api, 'day'), (await ask('d')).kind]).toEqual([3, 'denied']);
    await at.quota.setLimit({ appKey, api, period: 'day', callLimit: 4 });
    expect([(await ask('e')).kind, (await ask('f')).kind]).toEqual(['granted', 'denied']);
  });

  it('that only changes its number counts no call twice', async () => {
    const limit = { appKey, api, period: 'day' } as const;
    await at.quota.setLimit({ ...limit, callLimit: 10 });
    await at.grant('a');
    await at.quota.setLimit({ ...limit, callLimit: 20 });
    expect(await usedOf(api, 'day')).toBe(1);
  });
});

describe('a change of limits', () => {
  it('leaves no instant without a limit', async () => {
    await at.quota.setLimit({ appKey, api, period: 'day', callLimit: 1 });
    for (let n = 2; n < 8; n++) await at.quota.setLimit({ appKey, api, period: 'day', callLimit: n });
    const { rows } = await at.db.pool.query<{ gaps: number }>(
      `SELECT count(*)::int AS gaps FROM (
         SELECT valid_from, lag(valid_to, 1, '-infinity') OVER (ORDER BY limit_id) AS before FROM usage.quota_limit
       ) l WHERE valid_from <> before`,
    );
    expect(rows).toEqual([{ gaps: 0 }]);
  });
});

describe('a limit that is lifted', () => {
  it('gives way to the preset of its window, with no instant between', async () => {
    await at.quota.applyPresets({ ...personal, apis: [api] });
    await at.quota.setLimit({ appKey, api, period: 'day', callLimit: 2_000 });
    await at.quota.setLimit({ appKey, api: '*', period: 'day', callLimit: 9 });
    const presets = { ...personal, apis: [api] };
    expect(await at.quota.liftLimit(presets, { api, period: 'day' })).toBe(true);
    expect(await at.quota.liftLimit(presets, { api: '*', period: 'day' })).toBe(true);
    expect(await at.quota.liftLimit(presets, { api, period: 'month' })).toBe(false);
    expect(await listLimits()).toEqual([
      '* second 4 preset true',
      `${api} day 500 preset true`,
      `${api} month 15000 preset true`,
    ]);
    const { rows } = await at.db.pool.query(
      `SELECT call_limit, valid_from = lag(valid_to, 1, '-infinity') OVER (ORDER BY limit_id) AS follows
       FROM usage.quota_limit WHERE api = $1 AND period_kind = 'day' ORDER BY limit_id`,
      [api],
    );
    expect(rows).toEqual([500, 2_000, 500].map((callLimit) => ({ call_limit: callLimit, follows: true })));
  });
});

describe('the status', () => {
  it('has a row for every limit, called or not', async () => {
    await at.setTime('2026-11-25T12:00:00+08:00');
    await at.quota.applyPresets({ ...personal, apis: [api] });
    expect(await at.quota.quotaStatus()).toEqual([
      {
        appKey,
        api,
        period: 'day',
        source: 'preset',
        isAssumed: true,
        callLimit: 500,
        used: 0,
        reserved: 0,
        unknown: 0,
        external: 0,
        remaining: 500,
        resetAt: new Date('2026-11-26T00:00:00+08:00'),
      },
      expect.objectContaining({ period: 'month', resetAt: new Date('2026-12-01T00:00:00+08:00') }),
    ]);
  });

  it('starts anew with the window', async () => {
    await at.setTime('2026-11-30T12:00:00+08:00');
    await at.quota.applyPresets({ ...personal, apis: [api] });
    await at.grant('a');
    expect((await at.quota.quotaStatus()).map((row) => row.used)).toEqual([1, 1]);
    await at.setTime('2026-12-01T00:00:01+08:00');
    expect((await at.quota.quotaStatus()).map((row) => row.used)).toEqual([0, 0]);
  });

  it('says when the calls of a rolling window stop counting', async () => {
    await at.setTime('2026-11-25T12:10:00+08:00');
    await at.quota.setLimit({ appKey, api, period: 'day', callLimit: 5, reset: 'rolling' });
    expect(await at.quota.quotaStatus()).toMatchObject([{ used: 0, resetAt: null }]);
    await at.grant('a');
    expect(await at.quota.quotaStatus()).toMatchObject([
      { used: 1, resetAt: new Date('2026-11-26T13:00:00+08:00') },
    ]);
  });
});

describe('the daily usage', () => {
  it('follows the days of Shanghai and shows those without a call', async () => {
    await at.setTime('2026-11-25T12:00:00+08:00');
    await at.quota.applyPresets({ ...personal, apis: [api] });
    const first = await at.grant('a');
    await at.ledger.settle(settlementFor(first.callId));
    const second = await at.grant('b');
    await at.ledger.settle(
      settlementFor(second.callId, { state: 'refunded', outcome: 'not_sent', body: null }),
    );
    await at.setTime('2026-11-27T00:30:00+08:00');
    const third = await at.grant('c');
    await at.ledger.settle(
      settlementFor(third.callId, { state: 'unknown', outcome: 'transport_error', body: null }),
    );
    const common = { appKey, api };
    expect(await at.quota.dailyUsage(7)).toEqual([
      { ...common, day: '2026-11-27', calls: 1, committed: 0, unknown: 1, refunded: 0 },
      { ...common, day: '2026-11-26', calls: 0, committed: 0, unknown: 0, refunded: 0 },
      { ...common, day: '2026-11-25', calls: 1, committed: 1, unknown: 0, refunded: 1 },
    ]);
    expect(await at.quota.dailyUsage(1)).toHaveLength(1);
  });

  it('adds up by outcome as well', async () => {
    await at.quota.applyPresets({ ...personal, apis: [api] });
    const outcomes = ['ok', 'business_error', 'gateway_error', 'invalid_answer'] as const;
    for (const outcome of outcomes) {
      const call = await at.grant(outcome);
      await at.ledger.settle(settlementFor(call.callId, { outcome, body: null }));
    }
    await at.grant('oauth', { isExempt: true });
    const { rows } = await at.db.pool.query('SELECT * FROM usage.daily');
    expect(rows).toMatchObject([
      {
        calls: 5,
        committed: 4,
        reserved: 1,
        exempt: 1,
        ok: 1,
        business_error: 1,
        gateway_error: 1,
        invalid_answer: 1,
        transport_error: 0,
        not_sent: 0,
        average_latency_ms: 12,
        response_bytes: '8',
      },
    ]);
  });
});

describe('a hold', () => {
  beforeEach(() => at.quota.applyPresets({ ...personal, callsPerSecond: 1_000 }));

  it('without an end stops its API, and no other, until a person resumes it', async () => {
    await at.quota.holdApi({ api, code: 'gw.NoUsageLeftError', forMs: null });
    expect(await at.ledger.reserve(requestFor('a'))).toEqual({
      kind: 'denied',
      by: 'hold',
      retryAfterMs: null,
    });
    expect(await at.ledger.reserve(requestFor('b', { api: otherApi }))).toMatchObject({ kind: 'granted' });
    expect(await at.quota.listHolds()).toMatchObject([{ api, code: 'gw.NoUsageLeftError', heldUntil: null }]);
    expect(await at.quota.resumeApi(api)).toBe(true);
    expect(await at.quota.resumeApi(api)).toBe(false);
    expect(await at.quota.listHolds()).toEqual([]);
    expect(await at.ledger.reserve(requestFor('a'))).toMatchObject({ kind: 'granted' });
  });

  it('of the whole key stops all APIs until its time', async () => {
    await at.setTime('2026-11-25T12:00:00+08:00');
    await at.quota.holdApi({ api: '*', code: 'gw.QosAppFrequencyLimit', forMs: 60_000 });
    const answer = await at.ledger.reserve(requestFor('a', { api: otherApi }));
    expect(answer).toMatchObject({ kind: 'denied', by: 'hold' });
    expect(answer.kind === 'denied' ? answer.retryAfterMs : 0).toBeLessThanOrEqual(60_000);
    await at.setTime('2026-11-25T12:01:01+08:00');
    expect(await at.ledger.reserve(requestFor('a', { api: otherApi }))).toMatchObject({ kind: 'granted' });
    expect(await at.quota.listHolds()).toEqual([]);
  });

  it.each([
    ['its API', 5, 1],
    ['the whole key', 1, 5],
  ])('of %s that lasts longer than the other one counts', async (_, apiMinutes, keyMinutes) => {
    await at.setTime('2026-11-25T12:00:00+08:00');
    await at.quota.holdApi({ api, code: 'one', forMs: apiMinutes * 60_000 });
    await at.quota.holdApi({ api: '*', code: 'all', forMs: keyMinutes * 60_000 });
    const answer = await at.ledger.reserve(requestFor('a'));
    expect(answer).toMatchObject({ kind: 'denied', by: 'hold' });
    expect(answer.kind === 'denied' ? answer.retryAfterMs : 0).toBeGreaterThan(4 * 60_000);
    await at.setTime('2026-11-25T12:05:01+08:00');
  });

  it('of the whole key stops a person too, whose call could end that of the API', async () => {
    await at.setTime('2026-11-25T12:00:00+08:00');
    await at.db.pool.query(
      `INSERT INTO usage.api_hold (api, code, held_at, held_until, probe_after, probe_every)
       VALUES ($1, 'gw.APIACLDecline', usage.ledger_now(), usage.ledger_now() + interval '1 day', usage.ledger_now(), '1 hour')`,
      [api],
    );
    await at.quota.holdApi({ api: '*', code: 'all', forMs: 60_000 });
    const byHand = requestFor('a', { lane: 'manual' });
    expect(await at.ledger.reserve(byHand)).toMatchObject({ kind: 'denied', by: 'hold' });
    expect(await at.quota.resumeApi('*')).toBe(true);
    expect(await at.ledger.reserve(byHand)).toMatchObject({ kind: 'granted' });
    expect(await at.quota.resumeApi(api)).toBe(true);
  });

  it('is never shortened by a later one', async () => {
    await at.quota.holdApi({ api, code: 'long', forMs: 600_000 });
    await at.quota.holdApi({ api, code: 'short', forMs: 1_000 });
    expect(await at.quota.listHolds()).toMatchObject([{ code: 'long' }]);
    await at.quota.holdApi({ api, code: 'for good', forMs: null });
    await at.quota.holdApi({ api, code: 'short', forMs: 1_000 });
    expect(await at.quota.listHolds()).toMatchObject([{ code: 'for good', heldUntil: null }]);
  });

  it('without an end takes the place of one that a call might end, for the reason that was given', async () => {
    const [byGateway, byHand] = ['gw.QosAPIFrequencyLimit', 'HELD_BY_HAND'];
    await at.db.pool.query(
      `INSERT INTO usage.api_hold (api, code, held_at, held_until, probe_after, probe_every)
       VALUES ($1, $2, usage.ledger_now(), 'tomorrow', usage.ledger_now(), '1 hour')`,
      [api, byGateway],
    );
    const before = await at.grant('before');
    await at.quota.holdApi({ api, code: byHand, forMs: null, reason: 'sale' });
    await at.ledger.settle(settlementFor(before.callId, { shows: 'allowed' }));
    expect(await at.ledger.reserve(requestFor('a'))).toMatchObject({ by: 'hold', retryAfterMs: null });
    const { rows } = await at.db.pool.query('SELECT probe_after, probe_every FROM usage.api_hold');
    expect(rows).toEqual([{ probe_after: null, probe_every: null }]);
    const [{ heldAt } = { heldAt: null }] = await at.quota.listHolds();
    await at.quota.holdApi({ api, code: byHand, forMs: null, reason: 'a longer sale' });
    expect(await at.quota.listHolds()).toEqual([
      { api, code: byHand, heldAt, heldUntil: null, probeAfter: null, reason: 'a longer sale' },
    ]);
  });

  it('does not keep stored answers back, which cost nothing', async () => {
    const call = await at.grant('a');
    await at.ledger.settle(settlementFor(call.callId));
    await at.quota.holdApi({ api, code: 'x', forMs: null });
    expect(await at.ledger.reserve(requestFor('a', { freshForMs: 60_000 }))).toMatchObject({
      kind: 'cached',
    });
  });
});

describe('the ledger clock', () => {
  it('moves in a database of sandbox data', async () => {
    await at.setTime('2030-01-01T00:00:00Z');
    expect((await at.quota.ledgerNow()).toISOString()).toMatch(/^2030-01-01T00:0/);
  });

  it.each(['live', null])('stays the real one when the source is %s', async (source) => {
    await at.db.pool.query('UPDATE sync.database_identity SET source = $1', [source]);
    await expect(at.quota.setLedgerOffset(1_000)).rejects.toMatchObject({ code: 'LEDGER_CLOCK_FIXED' });
    await at.db.pool.query(`UPDATE sync.database_identity SET source = 'sandbox'`);
  });
});
