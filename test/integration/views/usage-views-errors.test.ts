import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { endpoints } from '../../../src/extract/endpoints/endpoints.ts';
import { classify } from '../../../src/extract/gateway/classify.ts';
import { api, appKey, openLedger, type OpenLedger } from '../../support/open-ledger.ts';
import { connectAbroad, insertCalls, pastCall, type PastCall } from './usage-calls.ts';

let at: OpenLedger;
beforeAll(async () => {
  at = await openLedger();
});
beforeEach(() => at.reset());
afterAll(() => at.db.drop());

async function select(sql: string): Promise<Record<string, unknown>[]> {
  const abroad = await connectAbroad(at.db.pool);
  try {
    return (await abroad.query<Record<string, unknown>>(sql)).rows;
  } finally {
    abroad.release(true);
  }
}

it('puts together what went wrong on a day of Shanghai, with its first, its last and an example', async () => {
  const limit = {
    outcome: 'gateway_error',
    gatewayCode: 'gw.QosAppFrequencyLimit',
    httpStatus: 400,
  } as const;
  await insertCalls(at.db.pool, [
    pastCall('2026-09-30T23:59:59+08:00', limit),
    pastCall('2026-10-01T00:00:00+08:00', limit),
    pastCall('2026-10-01T08:00:00+08:00'),
    pastCall('2026-10-01T09:00:00+08:00', { state: 'reserved', outcome: null }),
    pastCall('2026-10-01T23:59:59+08:00', limit),
    pastCall('2026-10-02T08:00:00+08:00', {
      state: 'refunded',
      outcome: 'transport_error',
      httpStatus: null,
    }),
    pastCall('2026-10-02T09:00:00+08:00', { state: 'unknown', outcome: 'transport_error', httpStatus: null }),
    pastCall('2026-10-02T10:00:00+08:00', { state: 'unknown', outcome: null, httpStatus: null }),
    pastCall('2026-10-02T11:00:00+08:00', { state: 'refunded', outcome: 'not_sent', httpStatus: null }),
  ]);
  const plain = { app_key: appKey, api, gateway_code: null, http_status: null };
  const limited = {
    ...{ ...plain, outcome: 'gateway_error', gateway_code: 'gw.QosAppFrequencyLimit', http_status: 400 },
    ...{ error_code: 'GATEWAY_TOO_FAST_APP', recovery: 'throttle' },
  };
  expect(
    await select('SELECT day::text AS date, e.* FROM usage.errors e ORDER BY day, outcome COLLATE "C"'),
  ).toMatchObject([
    { ...limited, date: '2026-09-30', calls: 1 },
    {
      ...{ ...limited, date: '2026-10-01', calls: 2, refunded: 0, example_call_id: '5' },
      first_at: new Date('2026-10-01T00:00:00+08:00'),
      last_at: new Date('2026-10-01T23:59:59+08:00'),
    },
    {
      ...plain,
      outcome: 'not_sent',
      calls: 1,
      refunded: 1,
      error_code: 'GATEWAY_STOPPED',
      recovery: 'throttle',
    },
    { ...plain, outcome: 'transport_error', calls: 2, refunded: 1, error_code: null, recovery: 'retry' },
    { ...plain, outcome: 'unknown', calls: 1, refunded: 0, error_code: null, recovery: null },
  ]);
});

it('names the errors as the gateway client does, as far as code and status tell', async () => {
  const source = readFileSync(
    new URL('../../../src/extract/gateway/refusal-kinds.ts', import.meta.url),
    'utf8',
  );
  const known = [...source.matchAll(/\['([\w.]+)', errors\./g)].map((match) => match[1] ?? '');
  expect(known.length).toBeGreaterThan(10);
  const codes = [...known, 'gw.QosRequestLimit', 'gw.NeverSeen', 'isv.never-seen'];
  const bodies = codes.flatMap((code) => [
    JSON.stringify({ error_code: code, error_message: '' }),
    JSON.stringify({ result: { success: false, code, message: '' } }),
  ]);
  const statuses = [200, 302, 400, 401, 403, 408, 429, 500, 503];
  const answers = [...bodies, '<html>', '{"some":1}'].flatMap((body) =>
    statuses.map((status) => ({
      status,
      outcome: classify({ status, body: Buffer.from(body) }, endpoints['offer.detail'].expects),
    })),
  );
  const expected = new Map<string, string>();
  const calls: PastCall[] = [];
  for (const [index, { status, outcome }] of answers.entries()) {
    if (outcome.kind === 'success') continue;
    const call = pastCall(new Date(Date.UTC(2026, 9, 1) + index * 1000), {
      outcome: outcome.outcome,
      gatewayCode: outcome.gatewayCode,
      httpStatus: status,
    });
    calls.push(call);
    const key = [call.outcome, call.gatewayCode, status].join(' ');
    expected.set(key, `${outcome.error.code} ${outcome.error.recovery}`);
  }
  await insertCalls(at.db.pool, calls);
  const rows = await select(
    `SELECT concat_ws(' ', outcome, coalesce(gateway_code, ''), http_status) AS key,
            concat_ws(' ', error_code, recovery) AS named
     FROM usage.errors`,
  );
  expect(new Map(rows.map(({ key, named }) => [key, named]))).toEqual(expected);
  expect(new Set(rows.map(({ named }) => named)).size).toBeGreaterThan(12);
});

it('names an answer that was too large to be read to its end', async () => {
  const invalid = { outcome: 'invalid_answer' } as const;
  await insertCalls(at.db.pool, [
    pastCall('2026-10-01T08:00:00+08:00', { ...invalid, bytes: null }),
    pastCall('2026-10-01T08:00:01+08:00', { ...invalid, bytes: null, httpStatus: 302 }),
    pastCall('2026-10-01T08:00:02+08:00', { ...invalid, bytes: 0 }),
    pastCall('2026-10-01T08:00:03+08:00', { ...invalid, bytes: 0, httpStatus: null, state: 'unknown' }),
  ]);
  const tooLarge = { error_code: 'GATEWAY_ANSWER_TOO_LARGE', recovery: 'fail' };
  const unreadable = { error_code: 'GATEWAY_ANSWER_UNREADABLE', recovery: 'retry' };
  expect(await select('SELECT error_code, recovery FROM usage.failed_call ORDER BY granted_at')).toEqual([
    ...[tooLarge, tooLarge],
    ...[unreadable, unreadable],
  ]);
});
