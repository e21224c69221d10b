import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  api,
  appKey,
  openLedger,
  otherApi,
  requestFor,
  settlementFor,
  type OpenLedger,
} from '../../support/open-ledger.ts';
import { connectAbroad } from './usage-calls.ts';

let at: OpenLedger;
beforeAll(async () => {
  at = await openLedger();
});
beforeEach(() => at.reset());
afterAll(() => at.db.drop());

async function select(sql: string, ...values: unknown[]): Promise<Record<string, unknown>[]> {
  return (await at.db.pool.query<Record<string, unknown>>(sql, values)).rows;
}

let spent = 0;

/** Calls of an API one after another, all at the time that it is. */
async function spend(count: number, of = api): Promise<string[]> {
  const ids: string[] = [];
  for (let index = 0; index < count; index += 1) {
    const { callId } = await at.grant(`${of} ${spent++}`, { api: of });
    ids.push(callId);
  }
  return ids;
}

describe('the status of a quota', () => {
  const status = (columns: string) =>
    select(`SELECT ${columns} FROM usage.quota_status ORDER BY api COLLATE "C", period_kind`);
  /** Minutes from now to the projected exhaustion. */
  const inMinutes =
    'round(extract(epoch FROM projected_exhaustion_at - usage.ledger_now()) / 60)::int AS spent_in_minutes';

  it('adds calls of others to ours, keeps the unknown counted and gives back the refunded', async () => {
    await at.setTime('2026-11-25T12:00:00+08:00');
    await at.quota.setLimit({ appKey, api, period: 'day', callLimit: 100 });
    const [a, b, c] = await spend(4);
    await at.ledger.settle(settlementFor(String(a)));
    await at.ledger.settle(
      settlementFor(String(b), { state: 'unknown', outcome: 'transport_error', body: null }),
    );
    await at.ledger.settle(settlementFor(String(c), { state: 'refunded', outcome: 'not_sent', body: null }));
    await at.db.pool.query('UPDATE usage.quota_period SET external = 10');
    expect(await status('period_kind, call_limit, used, reserved, "unknown", external, remaining')).toEqual([
      { period_kind: 'day', call_limit: 100, used: 13, reserved: 1, unknown: 1, external: 10, remaining: 87 },
    ]);
  });

  it('shows limits of which nothing was used, and no end of them', async () => {
    await at.quota.applyPresets({ appKey, account: 'personal', apis: [api] });
    await at.quota.setLimit({ appKey, api: otherApi, period: 'day', callLimit: 7, reset: 'rolling' });
    expect(await status('api, period_kind, used, remaining, projected_exhaustion_at, hold_code')).toEqual([
      { api, period_kind: 'day', used: 0, remaining: 500, projected_exhaustion_at: null, hold_code: null },
      {
        api,
        period_kind: 'month',
        used: 0,
        remaining: 15_000,
        projected_exhaustion_at: null,
        hold_code: null,
      },
      {
        api: otherApi,
        period_kind: 'day',
        used: 0,
        remaining: 7,
        projected_exhaustion_at: null,
        hold_code: null,
      },
    ]);
  });

  it('says when the pace of the last hour uses up the day', async () => {
    await at.quota.setLimit({ appKey, api, period: 'day', callLimit: 12 });
    await at.setTime('2026-11-25T11:40:00+08:00');
    await spend(6);
    await at.setTime('2026-11-25T12:10:00+08:00');
    expect(await status(inMinutes)).toEqual([{ spent_in_minutes: 60 }]);
    await at.setTime('2026-11-25T12:50:00+08:00');
    expect(await status(inMinutes)).toEqual([{ spent_in_minutes: null }]);
  });

  it('says nothing when the day begins again before', async () => {
    await at.quota.setLimit({ appKey, api, period: 'day', callLimit: 12 });
    await at.setTime('2026-11-25T13:40:00+08:00');
    await spend(1);
    await at.setTime('2026-11-25T14:10:00+08:00');
    expect(await status(inMinutes)).toEqual([{ spent_in_minutes: null }]);
  });

  it('takes the pace of the last day for a month, and that of the last minute for a minute', async () => {
    await at.quota.setLimit({ appKey, api, period: 'month', callLimit: 12 });
    await at.quota.setLimit({ appKey, api, period: 'minute', callLimit: 8 });
    await at.setTime('2026-11-10T12:00:10+08:00');
    const [refunded] = await spend(5);
    await at.ledger.settle(
      settlementFor(String(refunded), { state: 'refunded', outcome: 'not_sent', body: null }),
    );
    expect(await status(`period_kind, ${inMinutes}`)).toEqual([
      { period_kind: 'minute', spent_in_minutes: null },
      { period_kind: 'month', spent_in_minutes: 2 * 24 * 60 },
    ]);
  });

  it('calls what is used up exhausted now', async () => {
    await at.quota.setLimit({ appKey, api, period: 'day', callLimit: 2 });
    await at.setTime('2026-11-25T12:00:00+08:00');
    await spend(2);
    await at.setTime('2026-11-25T18:00:00+08:00');
    expect(await status(`remaining, ${inMinutes}`)).toEqual([{ remaining: 0, spent_in_minutes: 0 }]);
  });

  it('projects a rolling window only when more begins than it holds', async () => {
    await at.quota.setLimit({ appKey, api, period: 'day', callLimit: 48, reset: 'rolling' });
    await at.setTime('2026-11-25T12:00:00+08:00');
    await spend(2);
    expect(await status(inMinutes)).toEqual([{ spent_in_minutes: null }]);
    await spend(1);
    expect(await status(inMinutes)).toEqual([{ spent_in_minutes: 15 * 60 }]);
  });

  it('counts all APIs against a limit of the app', async () => {
    await at.quota.setLimit({ appKey, api: '*', period: 'day', callLimit: 12 });
    await at.setTime('2026-11-25T12:00:00+08:00');
    await spend(2);
    await spend(1, otherApi);
    expect(await status(`api, used, ${inMinutes}`)).toEqual([{ api: '*', used: 3, spent_in_minutes: 180 }]);
  });

  it('counts the APIs of a group against its limit', async () => {
    await at.quota.setLimit({ appKey, api: '@both', period: 'day', callLimit: 12 });
    await at.db.pool.query(`INSERT INTO usage.api_group VALUES ($1, '@both', $2), ($1, '@both', $3)`, [
      appKey,
      api,
      otherApi,
    ]);
    await at.setTime('2026-11-25T12:00:00+08:00');
    await spend(2);
    await spend(1, otherApi);
    expect(await status(`api, used, ${inMinutes}`)).toEqual([
      { api: '@both', used: 3, spent_in_minutes: 180 },
    ]);
    expect(await select('SELECT api, used_calls FROM usage.monthly ORDER BY used_calls')).toEqual([
      { api: otherApi, used_calls: 1 },
      { api, used_calls: 2 },
      { api: '@both', used_calls: 3 },
    ]);
    await at.db.pool.query('TRUNCATE usage.api_group');
  });

  /** Grants calls of a run until one is refused. */
  async function spendAsRun(): Promise<number> {
    for (let count = 0; ; count += 1) {
      const answer = await at.ledger.reserve(requestFor(`run ${spent++}`, { lane: 'refresh' }));
      if (answer.kind !== 'granted') return count;
    }
  }

  it.each([
    ['the day less its reserve', '12:00', { day: 40, month: 3000 }, [38, 2, 500]],
    ['of the reserve what is released by then', '23:00', { day: 40, month: 3000 }, [39, 1, 500]],
    ['the share of the month', '12:00', { day: 400, month: 240 }, [38, 20, 40]],
    ['the limit of the minute', '12:00', { day: 40, minute: 7 }, [7, 2, null]],
    ['what the group of the API has left', '12:00', { day: 40, group: 5 }, [5, 2, null]],
    ['what the app has left', '12:00', { day: 40, app: 20 }, [19, 2, null]],
  ])('says what a run may spend now: %s', async (_, time, limits, [spendable, reserve, share]) => {
    const { day, month, minute, group, app } = { month: 0, minute: 0, group: 0, app: 0, ...limits };
    await at.setTime(`2026-11-25T${time}:00+08:00`);
    await at.quota.setLimit({ appKey, api, period: 'day', callLimit: day });
    if (month) await at.quota.setLimit({ appKey, api, period: 'month', callLimit: month });
    if (minute) await at.quota.setLimit({ appKey, api, period: 'minute', callLimit: minute });
    if (group)
      await at.quota.applyGroups(appKey, [{ name: 'one', apis: [api], daily: group, monthly: null }]);
    if (app) await at.quota.setLimit({ appKey, api: '*', period: 'day', callLimit: app });
    const read = () =>
      select(`SELECT period_kind, spendable_now, manual_reserve, used_today, month_share
              FROM usage.quota_status WHERE api = '${api}' ORDER BY period_kind`);
    const [ofDay, ...others] = await read();
    expect(ofDay).toMatchObject({ period_kind: 'day', spendable_now: spendable, manual_reserve: reserve });
    expect(others.find(({ period_kind: kind }) => kind === 'month')?.['month_share'] ?? null).toBe(share);
    expect(new Set([ofDay, ...others].map((row) => row?.['spendable_now']))).toEqual(new Set([spendable]));
    expect(await spendAsRun()).toBe(spendable);
    expect((await read()).map((row) => row['spendable_now'])).toEqual([ofDay, ...others].map(() => 0));
  });

  it('lets a run spend nothing of an API that is held', async () => {
    await at.quota.setLimit({ appKey, api, period: 'day', callLimit: 40 });
    await at.quota.holdApi({ api: '*', code: 'HELD_BY_HAND', forMs: null });
    expect(await status('remaining, spendable_now')).toEqual([{ remaining: 40, spendable_now: 0 }]);
    await at.quota.resumeApi('*');
  });

  it('counts a call that may arrive after midnight in both days, and usage.daily in the one of its grant', async () => {
    await at.quota.setLimit({ appKey, api, period: 'day', callLimit: 40 });
    await at.setTime('2026-11-25T23:59:57+08:00');
    await spend(2);
    expect(await status('used')).toEqual([{ used: 2 }]);
    await at.setTime('2026-11-26T00:00:30+08:00');
    expect(await status('used')).toEqual([{ used: 2 }]);
    const days = `SELECT day::text, calls FROM usage.daily WHERE day BETWEEN '2026-11-25' AND '2026-11-26' ORDER BY day`;
    expect((await select(days)).filter(({ calls }) => calls !== 0)).toEqual([
      { day: '2026-11-25', calls: 2 },
    ]);
  });

  it('shows what holds an API, its own hold before that of all', async () => {
    await at.quota.applyPresets({ appKey, account: 'business', apis: [api, otherApi] });
    await at.quota.holdApi({ api: '*', code: 'gw.QosAppFrequencyLimit', forMs: 600_000 });
    await at.quota.holdApi({ api, code: 'gw.NoUsageLeftError', forMs: null });
    const rows = await status('api, hold_code, held_at IS NULL AS is_free, held_until, probe_after');
    expect(rows).toMatchObject([
      { api, hold_code: 'gw.NoUsageLeftError', is_free: false, held_until: null, probe_after: null },
      { api: otherApi, hold_code: 'gw.QosAppFrequencyLimit', is_free: false },
    ]);
    await at.quota.resumeApi(api);
    await at.quota.resumeApi('*');
    expect(await status('hold_code, held_at')).toEqual([
      { hold_code: null, held_at: null },
      { hold_code: null, held_at: null },
    ]);
  });
});

describe('the approved calls of a month', () => {
  const approved = () =>
    select(
      'SELECT month::text, api, approved_calls, used_calls, share_used FROM usage.monthly ORDER BY month, api',
    );

  it('are those of its days since their limit was entered when no limit of the month is lower', async () => {
    await at.setTime('2026-09-10T12:00:00+08:00');
    await at.quota.setLimit({ appKey, api, period: 'day', callLimit: 10 });
    await at.setTime('2026-10-16T12:00:00+08:00');
    await at.quota.setLimit({ appKey, api, period: 'day', callLimit: 20 });
    await spend(3);
    await at.setTime('2026-11-01T12:00:00+08:00');
    await at.quota.setLimit({ appKey, api, period: 'month', callLimit: 550 });
    expect(await approved()).toEqual([
      { month: '2026-09-01', api, approved_calls: 21 * 10, used_calls: 0, share_used: '0.0000' },
      { month: '2026-10-01', api, approved_calls: 15 * 10 + 16 * 20, used_calls: 3, share_used: '0.0064' },
      { month: '2026-11-01', api, approved_calls: 550, used_calls: 0, share_used: '0.0000' },
    ]);
  });

  it('are none of the time before the account had a limit', async () => {
    await at.setTime('2026-10-30T12:00:00+08:00');
    await at.quota.applyPresets({ appKey, account: 'business', apis: [api] });
    await at.setTime('2026-11-02T12:00:00+08:00');
    expect(
      await select(`SELECT month::text, approved_calls,
        to_char(approved_since AT TIME ZONE 'Asia/Shanghai', 'MM-DD HH24') AS since FROM usage.monthly ORDER BY month`),
    ).toEqual([
      { month: '2026-10-01', approved_calls: 2 * 10_000, since: '10-30 12' },
      { month: '2026-11-01', approved_calls: 30 * 10_000, since: '10-30 12' },
    ]);
  });

  it('have a row of the app when it has a limit of its own, with all its calls', async () => {
    await at.setTime('2026-10-16T12:00:00+08:00');
    await at.quota.setLimit({ appKey, api: '*', period: 'month', callLimit: 100 });
    await spend(1);
    await spend(2, otherApi);
    expect(await approved()).toEqual(
      expect.arrayContaining([
        { month: '2026-10-01', api: '*', approved_calls: 100, used_calls: 3, share_used: '0.0300' },
        { month: '2026-10-01', api, approved_calls: null, used_calls: 1, share_used: null },
      ]),
    );
  });

  it('have the calls of others in the month of Shanghai, its first and last hours included', async () => {
    await at.setTime('2026-09-30T23:00:00+08:00');
    await at.quota.setLimit({ appKey, api, period: 'month', callLimit: 100 });
    for (const [time, calls] of [
      ['2026-09-30T23:59:00+08:00', 7],
      ['2026-10-01T00:30:00+08:00', 5],
      ['2026-10-31T23:00:00+08:00', 2],
      ['2026-11-01T07:30:00+08:00', 1],
    ] as const) {
      await at.setTime(time);
      await spend(1);
      await at.corrections.recordExternal(appKey, api, calls);
    }
    const client = await connectAbroad(at.db.pool);
    const { rows } = await client.query(
      'SELECT month::text, external_calls, used_calls, remaining_calls FROM usage.monthly WHERE api = $1 ORDER BY 1',
      [api],
    );
    client.release(true);
    expect(rows).toEqual([
      { month: '2026-09-01', external_calls: 7, used_calls: 8, remaining_calls: 92 },
      { month: '2026-10-01', external_calls: 7, used_calls: 9, remaining_calls: 91 },
      { month: '2026-11-01', external_calls: 1, used_calls: 2, remaining_calls: 98 },
    ]);
  });
});
