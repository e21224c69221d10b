import type { PoolClient } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { totalHours } from '../../../src/ledger/total-hours.ts';
import type { CallOutcome, CallState } from '../../../src/model/ledger.ts';
import { api, appKey, openLedger, otherApi, type OpenLedger } from '../../support/open-ledger.ts';
import { connectAbroad, insertCalls, pastCall, shanghaiDay, type PastCall } from './usage-calls.ts';

/* Two weeks around the turn of September: every 37 minutes a call, but none on two days, as it comes. */

const ends: readonly (readonly [CallState, CallOutcome | null])[] = [
  ['committed', 'ok'],
  ['committed', 'ok'],
  ['committed', 'business_error'],
  ['committed', 'gateway_error'],
  ['unknown', 'transport_error'],
  ['committed', 'invalid_answer'],
  ['committed', 'transport_error'],
  ['refunded', 'not_sent'],
  ['unknown', null],
  ['refunded', 'transport_error'],
  ['reserved', null],
];
const authorization = 'system.oauth2:getToken:1';
const first = new Date('2026-09-23T21:10:00+08:00');
const now = new Date('2026-10-07T03:20:00+08:00');
const quiet = ['2026-09-27', '2026-10-02'];

const lanes = ['refresh', 'discovery', 'manual', 'refresh'] as const;

function drawCall(index: number): PastCall {
  const at = new Date(first.getTime() + index * 37 * 60_000);
  const [state, outcome] = ends[(index * 7) % ends.length] ?? ['committed', 'ok'];
  const isExempt = index % 31 === 0;
  const isAnswered = state === 'committed';
  return pastCall(at, {
    api: isExempt ? authorization : index % 3 === 0 ? otherApi : api,
    ...{ state, outcome, isExempt, lane: lanes[index % lanes.length] ?? 'refresh' },
    latencyMs: isAnswered ? 100 + ((index * 13) % 400) : null,
    bytes: isAnswered ? index * 3 : null,
    rows: outcome === 'ok' ? index % 5 : null,
  });
}

const count = Math.floor((now.getTime() - first.getTime()) / (37 * 60_000));
const calls = Array.from({ length: count }, (_, index) => drawCall(index)).filter(
  ({ at }) => !quiet.includes(shanghaiDay(at)),
);

function summarize(some: readonly PastCall[]) {
  const of = (test: (call: PastCall) => boolean) => some.filter(test).length;
  const answered = (end: CallOutcome) => of(({ outcome, state }) => state === 'committed' && outcome === end);
  const sum = (values: readonly (number | null)[]) =>
    values.reduce<number>((total, value) => total + (value ?? 0), 0);
  const timed = some.flatMap(({ latencyMs }) => latencyMs ?? []);
  return {
    calls: of(({ state }) => state !== 'refunded'),
    reserved: of(({ state }) => state === 'reserved'),
    committed: of(({ state }) => state === 'committed'),
    unknown: of(({ state }) => state === 'unknown'),
    refunded: of(({ state }) => state === 'refunded'),
    exempt: of(({ isExempt, state }) => isExempt && state !== 'refunded'),
    ok: answered('ok'),
    business_error: answered('business_error'),
    gateway_error: answered('gateway_error'),
    transport_error: answered('transport_error'),
    invalid_answer: answered('invalid_answer'),
    not_sent: of(({ outcome, state }) => state === 'refunded' && outcome === 'not_sent'),
    timed_calls: timed.length,
    total_latency_ms: String(sum(timed)),
    average_latency_ms: timed.length === 0 ? null : Math.round(sum(timed) / timed.length),
    max_latency_ms: timed.length === 0 ? null : Math.max(...timed),
    response_bytes: String(sum(some.map(({ bytes }) => bytes))),
    rows_loaded: String(sum(some.map(({ rows }) => rows))),
  };
}

/** A row for every step and limited API, and for the exempt one where it was called. */
function expectRows(steps: readonly string[], stepOf: (at: Date) => string) {
  return steps.flatMap((step) =>
    [api, authorization, otherApi].toSorted().flatMap((name) => {
      const own = calls.filter((call) => call.api === name && stepOf(call.at) === step);
      if (name === authorization && own.length === 0) return [];
      return [{ step, app_key: appKey, api: name, ...summarize(own) }];
    }),
  );
}

function listSteps(stepMs: number, stepOf: (at: Date) => string): string[] {
  const steps = new Set<string>();
  for (let at = first.getTime(); at <= now.getTime(); at += stepMs / 2) steps.add(stepOf(new Date(at)));
  return [...steps, stepOf(now)].filter((step, index, all) => all.indexOf(step) === index);
}

let at: OpenLedger;
let abroad: PoolClient;

async function select(sql: string): Promise<Record<string, unknown>[]> {
  return (await abroad.query<Record<string, unknown>>(sql)).rows;
}

beforeAll(async () => {
  at = await openLedger();
  await at.setTime(first.toISOString());
  await at.quota.applyPresets({ appKey, account: 'personal', apis: [api, otherApi] });
  await insertCalls(at.db.pool, calls);
  await at.setTime(now.toISOString());
  abroad = await connectAbroad(at.db.pool);
  await at.db.pool.query(
    `INSERT INTO usage.quota_period (app_key, api, period_kind, starts_at, ends_at, call_limit, external)
     VALUES ($1, $2, 'day', '2026-10-05T00:00+08', '2026-10-06T00:00+08', 500, 30),
            ($1, $2, 'day', '2026-10-06T00:00+08', '2026-10-07T00:00+08', 500, 12),
            ($1, $2, 'month', '2026-10-01T00:00+08', '2026-11-01T00:00+08', 15000, 42)`,
    [appKey, otherApi],
  );
});
afterAll(async () => {
  abroad.release(true);
  await at.db.drop();
});

interface PlanNode {
  readonly 'Relation Name'?: string;
  readonly 'Actual Loops': number;
  readonly Plans?: readonly PlanNode[];
}

function countNodes(node: PlanNode): number {
  const own = node['Relation Name']?.startsWith('api_call_') ? node['Actual Loops'] : 0;
  return own + (node.Plans ?? []).reduce((sum, child) => sum + countNodes(child), 0);
}

it('looks up the hours of the span that is asked for, and no others', async () => {
  const nodes = async (condition: string) => {
    const [row] = await select(`EXPLAIN (ANALYZE, FORMAT JSON) SELECT * FROM usage.daily WHERE ${condition}`);
    const [plan] = row?.['QUERY PLAN'] as { Plan: PlanNode }[];
    return plan ? countNodes(plan.Plan) : 0;
  };
  const bounds = await nodes(`day = '2020-01-01'`);
  const oneDay = await nodes(`day = '2026-09-28'`);
  const twoDays = await nodes(`day BETWEEN '2026-09-28' AND '2026-09-29'`);
  expect([oneDay - bounds, twoDays - bounds]).toEqual([24, 48]);
});

describe.each(['from the calls', 'from totals'])('the views, %s,', (from) => {
  beforeAll(async () => {
    if (from === 'from totals') while ((await totalHours(at.db.pool)) > 0);
  });

  it('counts the calls of each day of Shanghai, also of days without any', async () => {
    const rows = await select(
      'SELECT day::text AS step, d.* FROM usage.daily d ORDER BY day, app_key COLLATE "C", api COLLATE "C"',
    );
    const expected = expectRows(listSteps(86_400_000, shanghaiDay), shanghaiDay);
    expect(rows.map((row) => ({ ...row, day: undefined }))).toEqual(expected);
    expect(expected.filter(({ step }) => quiet.includes(step))).toHaveLength(4);
  });

  it('counts the calls of each hour, also of hours without any', async () => {
    const hourOf = (time: Date) => new Date(Math.floor(time.getTime() / 3_600_000) * 3_600_000).toISOString();
    const rows = await select(
      'SELECT * FROM usage.hourly ORDER BY hour, app_key COLLATE "C", api COLLATE "C"',
    );
    expect(rows.map(({ hour, ...row }) => ({ step: (hour as Date).toISOString(), ...row }))).toEqual(
      expectRows(listSteps(3_600_000, hourOf), hourOf),
    );
  });

  it('counts the calls of each lane', async () => {
    const rows = await select(
      `SELECT (hour AT TIME ZONE 'Asia/Shanghai')::date::text AS step, api, lane, sum(calls)::int AS calls,
              sum(ok)::int AS ok, sum(failed)::int AS failed, sum("unknown")::int AS "unknown",
              sum(refunded)::int AS refunded, sum(reserved)::int AS reserved
       FROM usage.lanes GROUP BY 1, 2, 3 ORDER BY 1, api COLLATE "C", lane COLLATE "C"`,
    );
    const expected = listSteps(86_400_000, shanghaiDay).flatMap((step) =>
      [api, authorization, otherApi].toSorted().flatMap((name) =>
        ['discovery', 'manual', 'refresh'].flatMap((lane) => {
          const own = calls.filter(
            (call) => call.api === name && call.lane === lane && shanghaiDay(call.at) === step,
          );
          if (own.length === 0) return [];
          const { calls: counted, ok, unknown, refunded, reserved } = summarize(own);
          const failed = counted - ok - unknown - reserved;
          return [{ step, api: name, lane, calls: counted, ok, failed, unknown, refunded, reserved }];
        }),
      ),
    );
    expect(rows).toEqual(expected);
  });

  it('gives a span the rows that all together have for it', async () => {
    const all = await select('SELECT * FROM usage.daily ORDER BY day, api');
    const days = all.filter((row) => JSON.stringify(row).includes(otherApi)).length;
    const some = await select(
      `SELECT * FROM usage.daily WHERE day BETWEEN '2026-09-30' AND '2026-10-02' AND api = '${otherApi}' ORDER BY day`,
    );
    expect(days).toBe(15);
    expect(some).toHaveLength(3);
    expect(all).toEqual(expect.arrayContaining(some));
  });

  it('sets what a month used against what is approved for it', async () => {
    const used = (month: string, name: string) =>
      calls.filter(
        (call) =>
          call.api === name &&
          call.state !== 'refunded' &&
          !call.isExempt &&
          shanghaiDay(call.at).startsWith(month),
      ).length;
    const row = (month: string, name: string, approved: number, external: number) => {
      const usedCalls = used(month, name) + external;
      return {
        month: `${month}-01`,
        ...{
          app_key: appKey,
          api: name,
          approved_calls: approved,
          used_calls: usedCalls,
          external_calls: external,
        },
        remaining_calls: approved - usedCalls,
        share_used: (Math.round((usedCalls * 10_000) / approved) / 10_000).toFixed(4),
      };
    };
    expect(
      await select(
        `SELECT month::text, app_key, api, approved_calls, used_calls, external_calls, remaining_calls, share_used
         FROM usage.monthly ORDER BY month, api COLLATE "C"`,
      ),
    ).toEqual([
      // Eight days of it, from the 23rd on, with 500 calls each.
      row('2026-09', api, 4_000, 0),
      row('2026-09', otherApi, 4_000, 0),
      row('2026-10', api, 15_000, 0),
      row('2026-10', otherApi, 15_000, 42),
    ]);
  });
});
