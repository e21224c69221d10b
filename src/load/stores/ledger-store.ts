import type { Pool } from 'pg';
import { cleanJson } from '../../core/clean-text.ts';
import { AppError } from '../../core/errors.ts';
import type { JsonObject } from '../../core/json.ts';
import type { Logger } from '../../core/log.ts';
import type { Ledger, ReserveAnswer, ReserveRequest, Settlement, WindowKind } from '../../model/ledger.ts';
import { classifyDatabaseErrors } from '../database-error.ts';
import { loadErrors } from '../errors.ts';
import { retryThroughOutage } from '../retry-through-outage.ts';
import { packBody, toStoredAnswer, type StoredAnswerRow } from '../stored-answer.ts';
import { readSql, runSql } from '../sql-file.ts';

export interface LedgerStore extends Ledger {
  /** Ends the calls whose process died: unsent ones are refunded, sent ones stay counted as unknown. */
  sweep(): Promise<{ readonly refunded: number; readonly unknown: number }>;
}

export interface LedgerStoreOptions {
  readonly pool: Pool;
  readonly log: Logger;
  /**
   * Longer than any call may last between `markSent` and its settlement, in milliseconds. Shorter than a call's
   * own timeouts, calls that are still going on are given up as unknown, and one that arrives after midnight
   * may count in the wrong day; much longer, the calls before midnight count in both days for longer.
   */
  readonly longestCallMs?: number;
  /** Ends the retrying of settlements; what isn't settled then becomes `unknown`. */
  readonly signal?: AbortSignal;
}

const defaultLongestCallMs = 60_000;

interface ReserveRow {
  readonly kind: ReserveAnswer['kind'] | 'limit_unknown' | 'run_unknown';
  readonly call_id: string;
  readonly observed_at: Date;
  readonly send_after_ms: number;
  readonly denied_by: WindowKind | 'run' | 'hold';
  readonly retry_after_ms: number | null;
  readonly answer_raw_id: string;
  readonly answer_call_id: string;
  readonly answer_run_id: string | null;
  readonly answer_window_id: string | null;
  readonly answer_request: StoredAnswerRow['request'];
  readonly answer_observed_at: Date;
  readonly answer_http_status: number;
  readonly answer_body: Buffer;
  readonly answer_body_sha256: Buffer;
}

function toAnswerRow(row: ReserveRow): StoredAnswerRow {
  return {
    raw_id: row.answer_raw_id,
    call_id: row.answer_call_id,
    run_id: row.answer_run_id,
    window_id: row.answer_window_id,
    request: row.answer_request,
    observed_at: row.answer_observed_at,
    http_status: row.answer_http_status,
    body: row.answer_body,
    body_sha256: row.answer_body_sha256,
  };
}

async function toReserveAnswer(row: ReserveRow, request: ReserveRequest): Promise<ReserveAnswer> {
  switch (row.kind) {
    case 'granted':
      return {
        kind: 'granted',
        callId: row.call_id,
        observedAt: row.observed_at,
        sendAfterMs: row.send_after_ms,
      };
    case 'cached':
      return { kind: 'cached', answer: await toStoredAnswer(toAnswerRow(row)) };
    case 'in_flight':
      return { kind: 'in_flight', retryAfterMs: row.retry_after_ms ?? 0 };
    case 'denied':
      return { kind: 'denied', by: row.denied_by, retryAfterMs: row.retry_after_ms };
    case 'limit_unknown':
      throw new AppError(
        loadErrors.QUOTA_LIMIT_UNKNOWN,
        'no call was made: nothing says how often this API may be called',
        { facts: { api: request.api } },
      );
    case 'run_unknown':
      throw new AppError(loadErrors.RUN_UNKNOWN, 'no call was made: its run does not exist', {
        facts: { runId: request.runId },
      });
    default:
      return row.kind satisfies never;
  }
}

async function reserve(pool: Pool, request: ReserveRequest, longestCallMs: number): Promise<ReserveAnswer> {
  const rows = await runSql<ReserveRow>(pool, readSql('reserve-call'), [
    request.appKey,
    request.api,
    request.request.operation,
    JSON.stringify(cleanJson({ ...request.request } satisfies JsonObject)),
    Buffer.from(request.requestHash, 'hex'),
    request.lane,
    request.runId,
    request.jobId,
    request.windowId,
    request.freshForMs,
    request.sendWithinMs,
    longestCallMs,
    request.isExempt,
  ]);
  const [row] = rows;
  if (!row) throw new Error('usage.reserve returned no row');
  return toReserveAnswer(row, request);
}

async function settle(options: LedgerStoreOptions, settlement: Settlement): Promise<string | null> {
  const packed = settlement.body && (await packBody(settlement.body));
  const { rows } = await retryThroughOutage(
    () =>
      options.pool.query<{ is_known: boolean; raw_id: string | null }>(readSql('settle-call'), [
        settlement.callId,
        settlement.state,
        settlement.outcome,
        settlement.gatewayCode,
        settlement.httpStatus,
        settlement.latencyMs === null ? null : Math.round(settlement.latencyMs),
        settlement.responseBytes,
        packed?.gzipped ?? null,
        packed?.bytes ?? null,
        packed?.sha256 ?? null,
        settlement.shows,
      ]),
    options,
  );
  const [row] = rows;
  if (row?.is_known) return row.raw_id;
  throw new AppError(loadErrors.LEDGER_CALL_UNKNOWN, 'a call was settled that was never granted here', {
    facts: { callId: settlement.callId },
  });
}

async function sweep(pool: Pool, longestCallMs: number): Promise<{ refunded: number; unknown: number }> {
  const { rows } = await pool.query<{ refunded: number; unknown: number }>(
    `SELECT * FROM usage.sweep($1::float8 * interval '1 ms')`,
    [longestCallMs],
  );
  return rows[0] ?? { refunded: 0, unknown: 0 };
}

/**
 * The ledger over Postgres; the decisions are functions of schema `usage`.
 *
 * @throws AppError of the database; QUOTA_LIMIT_UNKNOWN and RUN_UNKNOWN from `reserve`, LEDGER_CALL_UNKNOWN from
 * `settle`
 */
export function createLedgerStore(options: LedgerStoreOptions): LedgerStore {
  const { pool } = options;
  const longestCallMs = options.longestCallMs ?? defaultLongestCallMs;
  return {
    reserve: (request) => classifyDatabaseErrors(() => reserve(pool, request, longestCallMs)),
    markSent: async (callId) => {
      const { rows } = await classifyDatabaseErrors(() =>
        pool.query<{ may_send: boolean }>('SELECT usage.mark_sent($1::bigint) AS may_send', [callId]),
      );
      return rows[0]?.may_send ?? false;
    },
    settle: async (settlement) => ({ rawId: await settle(options, settlement) }),
    sweep: () => classifyDatabaseErrors(() => sweep(pool, longestCallMs)),
  };
}
