import type { Pool, PoolClient } from 'pg';
import type { DetailPrompt } from '../../../src/model/learning.ts';
import type { CallOutcome, CallState } from '../../../src/model/ledger.ts';
import { api, appKey } from '../../support/open-ledger.ts';

/** A call as the views see it. */
export interface PastCall {
  /** Default: the next one. */
  readonly callId: string | null;
  readonly at: Date;
  readonly api: string;
  readonly state: CallState;
  readonly outcome: CallOutcome | null;
  readonly isExempt: boolean;
  readonly latencyMs: number | null;
  readonly bytes: number | null;
  readonly rows: number | null;
  readonly operation: string;
  readonly lane: 'refresh' | 'discovery' | 'manual';
  readonly question: string;
  readonly windowId: string | null;
  readonly gatewayCode: string | null;
  readonly httpStatus: number | null;
  /** Offers new, completed and changed, and prices changed. */
  readonly refreshStats: readonly [number, number, number, number] | null;
  readonly runId: string | null;
  readonly stockChanged: number | null;
  readonly promptedBy: DetailPrompt | null;
}

/** An answered call, with everything that a test does not speak about left plain. */
export function pastCall(at: string | Date, changes: Partial<PastCall> = {}): PastCall {
  return {
    callId: null,
    at: new Date(at),
    api,
    state: 'committed',
    outcome: 'ok',
    isExempt: false,
    latencyMs: 100,
    bytes: 10,
    rows: 1,
    operation: 'offer.detail',
    lane: 'refresh',
    question: String(at),
    windowId: null,
    gatewayCode: null,
    httpStatus: 200,
    refreshStats: null,
    runId: null,
    stockChanged: null,
    promptedBy: null,
    ...changes,
  };
}

/** Calls of the past, oldest first, as the ledger would have left them; their months are made. */
export async function insertCalls(pool: Pool, calls: readonly PastCall[]): Promise<void> {
  for (const at of [calls.at(0)?.at, calls.at(-1)?.at]) {
    await pool.query('SELECT sync.ensure_partitions($1::timestamptz, 1)', [at]);
  }
  await pool.query(
    `INSERT INTO usage.api_call (call_id, granted_at, app_key, api, operation, request, request_hash, lane, is_exempt,
       quota_period_ids, state, send_at, send_by, outcome, latency_ms, response_bytes, rows_loaded, window_id,
       gateway_code, http_status, offers_new, offers_completed, offers_changed, prices_changed, run_id,
       stock_changed, prompted_by)
     SELECT coalesce(c."callId", nextval('usage.call_id_seq')), c.at, $2, c.api, c.operation, '{}', sha256(c.question::bytea), c.lane, c."isExempt", '{}', c.state,
            c.at, c.at, c.outcome, c."latencyMs", c.bytes, c.rows, c."windowId", c."gatewayCode", c."httpStatus",
            (c."refreshStats" ->> 0)::int, (c."refreshStats" ->> 1)::int, (c."refreshStats" ->> 2)::int, (c."refreshStats" ->> 3)::int,
            c."runId", c."stockChanged", c."promptedBy"
     FROM jsonb_to_recordset($1::jsonb) AS c ("callId" bigint, at timestamptz, api text, state text, outcome text, "isExempt" boolean,
       "latencyMs" int, bytes int, rows int, operation text, lane text, question text, "windowId" bigint, "gatewayCode" text,
       "httpStatus" int, "refreshStats" jsonb, "runId" bigint, "stockChanged" int, "promptedBy" text)
     ORDER BY c.at`,
    [JSON.stringify(calls), appKey],
  );
}

/** A session as a dashboard abroad has it: no whole hours from Shanghai, and texts in the C locale. */
export async function connectAbroad(pool: Pool): Promise<PoolClient> {
  const client = await pool.connect();
  await client.query(`SET TIME ZONE 'Asia/Kathmandu'`);
  await client.query(`SET lc_messages = 'C'`);
  await client.query(`SET lc_time = 'C'`);
  return client;
}

/** The day in Shanghai: `2026-10-01`. */
export function shanghaiDay(at: Date): string {
  return new Date(at.getTime() + 8 * 3_600_000).toISOString().slice(0, 10);
}
