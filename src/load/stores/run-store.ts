import type { Pool } from 'pg';
import { AppError } from '../../core/errors.ts';
import type { LoadReport } from '../../model/catalog.ts';
import type { Run, RunEnd, RunForecast, RunRequest, RunStatus, Source } from '../../model/run.ts';
import { loadErrors } from '../errors.ts';
import { runInTransaction } from '../run-in-transaction.ts';
import { readSql, runSql } from '../sql-file.ts';

export type BeginAnswer =
  | { readonly kind: 'started' | 'resumed'; readonly run: Run }
  /** Another process is at it right now. */
  | { readonly kind: 'active'; readonly runId: string };

/** Runs: one row each in `sync.run`, at most one active for a scope. */
export interface RunStore {
  /**
   * Binds the database to its source at the first run.
   *
   * @throws AppError DATABASE_OTHER_SOURCE when it holds data of the other one
   */
  claimSource(source: Source): Promise<void>;
  /** Starts a run of the scope, or takes over one whose process died, with feeds, bounds and plan of this request. */
  begin(request: RunRequest): Promise<BeginAnswer>;
  read(runId: string): Promise<Run | null>;
  listActive(): Promise<Run[]>;
  /** Says that somebody is driving these runs. */
  heartbeat(runIds: readonly string[]): Promise<void>;
  /** Those of these runs that nobody drives, nor could: no process that works by their plan was heard of for 15 s. */
  listAbandoned(runIds: readonly string[]): Promise<string[]>;
  /** Makes an active run one of another plan. */
  adopt(runId: string, planHash: string): Promise<void>;
  /** Ends the run if it is still active (the first end wins) and gives back all it had taken. */
  end(runId: string, status: RunEnd, cause: string | null): Promise<void>;
  addCounts(runId: string, report: LoadReport): Promise<void>;
  /** Counts a target that was given up, with the code of its error. */
  addError(runId: string, code: string): Promise<void>;
  /** Calls that it made and that were not taken back, by operation. */
  countCalls(runId: string): Promise<Readonly<Record<string, number>>>;
  /** Calls that are granted and not settled: nothing may be concluded before they are. */
  countReserved(runId: string): Promise<number>;
}

/** Missed for this long, a run's driver counts as dead: ten ticks. At half, a slow database would seem dead. */
const heartbeatTimeoutMs = 15_000;

interface RunRow {
  readonly run_id: string;
  readonly scope: string;
  readonly feeds: string[];
  readonly status: RunStatus;
  readonly cause: string | null;
  readonly budget_calls: number | null;
  readonly calls_used: number;
  readonly started_at: Date | null;
  readonly deadline_at: Date | null;
  readonly ended_at: Date | null;
  readonly categories_seen: number;
  readonly offers_new: number;
  readonly offers_changed: number;
  readonly offers_unchanged: number;
  readonly prices_opened: number;
  readonly prices_closed: number;
  readonly rejects: number;
  readonly errors: number;
  readonly forecast: RunForecast | null;
  readonly plan_hash: string | null;
}

function toRun(row: RunRow): Run {
  return {
    runId: row.run_id,
    scope: row.scope,
    feedNames: row.feeds,
    status: row.status,
    cause: row.cause,
    budgetCalls: row.budget_calls,
    callsUsed: row.calls_used,
    startedAt: row.started_at,
    deadlineAt: row.deadline_at,
    endedAt: row.ended_at,
    counts: {
      categories: row.categories_seen,
      offersNew: row.offers_new,
      offersChanged: row.offers_changed,
      offersUnchanged: row.offers_unchanged,
      pricesOpened: row.prices_opened,
      pricesClosed: row.prices_closed,
      rejects: row.rejects,
      errors: row.errors,
    },
    forecast: row.forecast,
    planHash: row.plan_hash,
  };
}

async function claimSource(pool: Pool, source: Source): Promise<void> {
  const { rows } = await pool.query<{ source: Source }>(
    `UPDATE sync.database_identity SET source = coalesce(source, $1) RETURNING source`,
    [source],
  );
  const found = rows[0]?.source;
  if (found === source) return;
  throw new AppError(
    loadErrors.DATABASE_OTHER_SOURCE,
    `this database holds ${String(found)} data; a ${source} run would mix invented and real offers`,
    { facts: { found: found ?? null, wanted: source } },
  );
}

async function begin(pool: Pool, request: RunRequest): Promise<BeginAnswer> {
  const inserted = await pool.query<RunRow>(
    `INSERT INTO sync.run
       (scope, trigger, source, status, feeds, budget_calls, requested_at, started_at, heartbeat_at, deadline_at,
        forecast, plan_hash)
     SELECT $1, $2, $3, 'running', $4::jsonb, $5, now, now, clock_timestamp(),
            now + $6::float8 * interval '1 ms', $7::jsonb, $8
     FROM usage.ledger_now() now
     ON CONFLICT (scope) WHERE status IN ('queued', 'running') DO NOTHING
     RETURNING *`,
    [
      request.scope,
      request.trigger,
      request.source,
      JSON.stringify(request.feedNames),
      request.budgetCalls,
      request.deadlineMs,
      request.forecast ? JSON.stringify(request.forecast) : null,
      request.planHash ?? null,
    ],
  );
  if (inserted.rows[0]) return { kind: 'started', run: toRun(inserted.rows[0]) };
  const adopted = await pool.query<RunRow>(
    `UPDATE sync.run
     SET heartbeat_at = clock_timestamp(), status = 'running', feeds = $3::jsonb,
         budget_calls = calls_used + $4::int,
         deadline_at = usage.ledger_now() + $5::float8 * interval '1 ms', plan_hash = $6
     WHERE scope = $1 AND status IN ('queued', 'running')
       AND heartbeat_at < clock_timestamp() - $2::float8 * interval '1 ms'
     RETURNING *`,
    [
      request.scope,
      heartbeatTimeoutMs,
      JSON.stringify(request.feedNames),
      request.budgetCalls,
      request.deadlineMs,
      request.planHash ?? null,
    ],
  );
  if (adopted.rows[0]) return { kind: 'resumed', run: toRun(adopted.rows[0]) };
  const active = await pool.query<{ run_id: string }>(
    `SELECT run_id FROM sync.run WHERE scope = $1 AND status IN ('queued', 'running')`,
    [request.scope],
  );
  // Ended between the two statements: the next try inserts.
  return active.rows[0] ? { kind: 'active', runId: active.rows[0].run_id } : begin(pool, request);
}

async function addCounts(pool: Pool, runId: string, report: LoadReport): Promise<void> {
  await pool.query(
    `UPDATE sync.run SET
       categories_seen = categories_seen + $2, offers_new = offers_new + $3,
       offers_changed = offers_changed + $4, offers_unchanged = offers_unchanged + $5,
       prices_opened = prices_opened + $6, prices_closed = prices_closed + $7, rejects = rejects + $8
     WHERE run_id = $1`,
    [
      runId,
      report.categories,
      report.offersNew,
      report.offersChanged,
      report.offersUnchanged,
      report.pricesOpened,
      report.pricesClosed,
      report.rejects,
    ],
  );
}

async function addError(pool: Pool, runId: string, code: string): Promise<void> {
  await pool.query('UPDATE sync.run SET errors = errors + 1, last_error_code = $2 WHERE run_id = $1', [
    runId,
    code,
  ]);
}

/** Over `sync.run` and `sync.database_identity`. */
export function createRunStore({ pool }: { readonly pool: Pool }): RunStore {
  return {
    claimSource: (source) => claimSource(pool, source),
    begin: (request) => begin(pool, request),
    adopt: async (runId, planHash) => {
      await pool.query(
        `UPDATE sync.run SET plan_hash = $2, heartbeat_at = clock_timestamp()
         WHERE run_id = $1 AND status IN ('queued', 'running')`,
        [runId, planHash],
      );
    },
    read: async (runId) => {
      const { rows } = await pool.query<RunRow>('SELECT * FROM sync.run WHERE run_id = $1', [runId]);
      return rows[0] ? toRun(rows[0]) : null;
    },
    listActive: async () => {
      const { rows } = await pool.query<RunRow>(
        `SELECT * FROM sync.run WHERE status IN ('queued', 'running') ORDER BY run_id`,
      );
      return rows.map(toRun);
    },
    heartbeat: async (runIds) => {
      await pool.query(
        'UPDATE sync.run SET heartbeat_at = clock_timestamp() WHERE run_id = ANY ($1::bigint[])',
        [runIds],
      );
    },
    listAbandoned: async (runIds) => {
      const rows = await runSql<{ runId: string }>(pool, readSql('list-abandoned-runs'), [
        runIds,
        heartbeatTimeoutMs,
      ]);
      return rows.map(({ runId }) => runId);
    },
    end: async (runId, status, cause) => {
      // It frees many rows, which loads may be freeing in another order.
      await runInTransaction(pool, (client) => client.query(readSql('end-run'), [runId, status, cause]));
    },
    addCounts: (runId, report) => addCounts(pool, runId, report),
    addError: (runId, code) => addError(pool, runId, code),
    countCalls: async (runId) => {
      const { rows } = await pool.query<{ operation: string; calls: number }>(
        `SELECT operation, count(*)::int AS calls FROM usage.api_call
         WHERE run_id = $1 AND state <> 'refunded' GROUP BY operation`,
        [runId],
      );
      return Object.fromEntries(rows.map(({ operation, calls }) => [operation, calls]));
    },
    countReserved: async (runId) => {
      const { rows } = await pool.query<{ count: string }>(
        'SELECT count(*) FROM usage.in_flight WHERE run_id = $1',
        [runId],
      );
      return Number(rows[0]?.count ?? 0);
    },
  };
}
