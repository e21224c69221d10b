import type { Pool } from 'pg';
import { cleanJson } from '../core/clean-text.ts';
import { AppError } from '../core/errors.ts';
import type { JsonObject } from '../core/json.ts';
import type { Logger } from '../core/log.ts';
import type { Ledger, ReserveAnswer, ReserveRequest, Settlement, PeriodKind } from '../model/ledger.ts';
import { classifyDatabaseErrors } from '../db/database-error.ts';
import { ledgerErrors } from './errors.ts';
import { retryThroughOutage } from '../db/retry-through-outage.ts';
import { retryUntilAttached } from '../db/retry-until-attached.ts';
import { packBody, toStoredAnswer, type StoredAnswerRow } from '../raw/stored-answer.ts';
import { runSqlForOne } from '../db/sql-file.ts';
import { readSql } from './read-sql.ts';

export interface LedgerStore extends Ledger {
  /** Ends the calls whose process died: unsent ones are refunded, sent ones stay counted as unknown. */
  sweep(): Promise<{ readonly refunded: number; readonly unknown: number }>;
}

export interface LedgerStoreOptions {
  readonly pool: Pool;
  readonly log: Logger;
  /**
   * Longer than any call may take between `markSent` and its settlement, in milliseconds. If it is shorter than a call's own timeouts,
   * running calls are given up as unknown, and a call that arrives after midnight may count in the wrong day. If it is much longer, calls
   * before midnight count in both days for longer.
   */
  readonly maxCallMs?: number;
  /** Ends retries of settlements; what is not settled then becomes `unknown`. */
  readonly signal?: AbortSignal;
}

/** `maxCallMs` of every store of the ledger, where none is given. */
export const defaultMaxCallMs = 60_000;

interface ReserveRow extends Omit<StoredAnswerRow, 'callId' | 'observedAt'> {
  readonly kind: ReserveAnswer['kind'] | 'limit_unknown' | 'run_unknown';
  readonly callId: string;
  readonly observedAt: Date;
  readonly sendAfterMs: number;
  readonly deniedBy: PeriodKind | 'run' | 'hold';
  readonly retryAfterMs: number | null;
  readonly answerCallId: string;
  readonly answerObservedAt: Date;
}

function toAnswerRow(row: ReserveRow): StoredAnswerRow {
  const { rawId, runId, windowId, request, httpStatus, body, bodySha256 } = row;
  const { answerCallId: callId, answerObservedAt: observedAt } = row;
  return { rawId, callId, runId, windowId, request, observedAt, httpStatus, body, bodySha256 };
}

async function toReserveAnswer(row: ReserveRow, request: ReserveRequest): Promise<ReserveAnswer> {
  switch (row.kind) {
    case 'granted':
      return {
        kind: 'granted',
        callId: row.callId,
        observedAt: row.observedAt,
        sendAfterMs: row.sendAfterMs,
      };
    case 'cached':
      return { kind: 'cached', answer: await toStoredAnswer(toAnswerRow(row)) };
    case 'token_refused':
      return { kind: 'token_refused' };
    case 'in_flight':
      return { kind: 'in_flight', retryAfterMs: row.retryAfterMs ?? 0 };
    case 'denied':
      return { kind: 'denied', by: row.deniedBy, retryAfterMs: row.retryAfterMs };
    case 'limit_unknown':
      throw new AppError(
        ledgerErrors.QUOTA_LIMIT_UNKNOWN,
        'no call was made: no limit of this API is known',
        { facts: { api: request.api } },
      );
    case 'run_unknown':
      throw new AppError(ledgerErrors.RUN_UNKNOWN, 'no call was made: its run does not exist', {
        facts: { runId: request.runId },
      });
    default:
      return row.kind satisfies never;
  }
}

async function reserve(pool: Pool, request: ReserveRequest, maxCallMs: number): Promise<ReserveAnswer> {
  const row = await runSqlForOne<ReserveRow>(pool, readSql('reserve-call'), [
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
    maxCallMs,
    request.isExempt,
    request.tokenHash === null ? null : Buffer.from(request.tokenHash, 'hex'),
  ]);
  return toReserveAnswer(row, request);
}

async function settle(options: LedgerStoreOptions, settlement: Settlement): Promise<string | null> {
  const packed = settlement.body && (await packBody(settlement.body));
  const write = () =>
    runSqlForOne<{ isKnown: boolean; rawId: string | null }>(options.pool, readSql('settle-call'), [
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
    ]);
  const settled = await retryThroughOutage(() => retryUntilAttached(write), options);
  if (settled.isKnown) return settled.rawId;
  throw new AppError(ledgerErrors.LEDGER_CALL_UNKNOWN, 'a call was settled that was never granted here', {
    facts: { callId: settlement.callId },
  });
}

function sweep(pool: Pool, maxCallMs: number): Promise<{ refunded: number; unknown: number }> {
  return runSqlForOne<{ refunded: number; unknown: number }>(pool, readSql('sweep-calls'), [maxCallMs]);
}

/**
 * The ledger over Postgres; the decisions are functions of schema `usage`.
 *
 * @throws AppError of the database; QUOTA_LIMIT_UNKNOWN and RUN_UNKNOWN from `reserve`, LEDGER_CALL_UNKNOWN from
 * `settle`
 */
export function createLedgerStore(options: LedgerStoreOptions): LedgerStore {
  const { pool } = options;
  const maxCallMs = options.maxCallMs ?? defaultMaxCallMs;
  return {
    reserve: (request) =>
      classifyDatabaseErrors(() => retryUntilAttached(() => reserve(pool, request, maxCallMs))),
    markSent: async (callId) => {
      const { maySend } = await classifyDatabaseErrors(() =>
        runSqlForOne<{ maySend: boolean }>(pool, readSql('mark-call-sent'), [callId]),
      );
      return maySend;
    },
    settle: async (settlement) => ({ rawId: await settle(options, settlement) }),
    sweep: () => classifyDatabaseErrors(() => sweep(pool, maxCallMs)),
  };
}
