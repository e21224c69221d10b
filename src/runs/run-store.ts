import { and, count, eq, exists, inArray, ne, notExists, or, sql, type SQL } from 'drizzle-orm';
import type { Pool } from 'pg';
import { targetsPostponed, type Run, type RunEnd, type RunRequest, type Source } from '../model/run.ts';
import { drizzleOn, type Database } from '../db/database.ts';
import { ledgerNow, readLedgerNow } from '../db/ledger-now.ts';
import { runInTransaction } from '../db/run-in-transaction.ts';
import { run } from '../schema/sync.ts';
import { apiCall, inFlight } from '../schema/usage.ts';
import { runSql } from '../db/sql-file.ts';
import { freeLeases, type Postponed, type TargetFailure } from '../refresh/queue/lease-store.ts';
import { claimDatabase } from './claim-database.ts';
import { readSql } from './read-sql.ts';

export type BeginAnswer = { readonly kind: 'started' | 'resumed'; readonly run: Run } | ActiveRun;

/** A run that another process drives. */
export interface ActiveRun {
  readonly kind: 'active';
  readonly runId: string;
  /** Time since the last heartbeat of that process; null: it was just now. */
  readonly silentMs: number | null;
}

/** Runs: one row each in `sync.run`, at most one active for a scope. */
export interface RunStore {
  /**
   * Binds the database to its source at the first run, and a live one to the app.
   *
   * @throws AppError DATABASE_OTHER_SOURCE, DATABASE_OTHER_APP when it holds data of another one
   */
  claimSource(source: Source): Promise<void>;
  /** Starts a run of the scope, or takes over one whose process died, with feeds, bounds and sync file of this request. */
  begin(request: RunRequest): Promise<BeginAnswer>;
  read(runId: string): Promise<Run | null>;
  listActive(): Promise<Run[]>;
  /** Records that a process is driving these runs. */
  heartbeat(runIds: readonly string[]): Promise<void>;
  /** Those of these runs that have no driver and can have none: no process with their sync file had a heartbeat in 15 s. */
  listAbandoned(runIds: readonly string[]): Promise<string[]>;
  /** Assigns an active run to another sync file. */
  adopt(runId: string, syncFileHash: string): Promise<void>;
  /** Ends the run if it is still active (the first end wins) and frees its leases. `left`: what waits for a later try. */
  end(runId: string, status: RunEnd, cause: string | null, left?: Postponed): Promise<void>;
  /**
   * Stores the code of a target that could not be fetched, and counts the target unless the error may pass. An error that may
   * pass does not replace the code for which a target was given up.
   */
  addFailure(runId: string, failure: TargetFailure): Promise<void>;
  /** Calls of the run that were not refunded, by operation. */
  countCalls(runId: string): Promise<Readonly<Record<string, number>>>;
  /**
   * Why none of its calls brought an answer: the code of the newest target that was given up; if there is none, of the newest
   * that was postponed; `targets_postponed` while all are still being tried. Null: some calls brought an answer, or the run
   * tried none.
   */
  reasonForSilence(runId: string): Promise<string | null>;
  /** Calls that are granted and not settled: the run can't end before they are settled. */
  countReserved(runId: string): Promise<number>;
}

/** After this long without a heartbeat, a run's driver counts as dead: ten ticks. At half, a slow database would seem dead. */
export const heartbeatTimeoutMs = 15_000;
/** After three ticks without a heartbeat, it is not known whether a process is alive. */
const silentFromMs = 4500;

const isActive = inArray(run.status, ['queued', 'running']);

const runFields = {
  runId: run.runId,
  scope: run.scope,
  feedNames: run.feeds,
  status: run.status,
  cause: run.cause,
  budgetCalls: run.budgetCalls,
  callsUsed: run.callsUsed,
  startedAt: run.startedAt,
  deadlineAt: run.deadlineAt,
  endedAt: run.endedAt,
  counts: {
    categories: run.categoriesSeen,
    offersNew: run.offersNew,
    offersCompleted: run.offersCompleted,
    offersChanged: run.offersChanged,
    offersUnchanged: run.offersUnchanged,
    pricesOpened: run.pricesOpened,
    pricesClosed: run.pricesClosed,
    rejects: run.rejects,
    errors: run.errors,
  },
  postponed: run.postponed,
  nextTryAt: run.nextTryAt,
  forecast: run.forecast,
  syncFileHash: run.syncFileHash,
} satisfies Record<keyof Run, unknown>;

const heartbeatAt = sql`clock_timestamp()`;

const selectRuns = (db: Database) => db.select(runFields).from(run).$dynamic();

async function read(db: Database, runId: string): Promise<Run | null> {
  const [found] = await selectRuns(db).where(eq(run.runId, runId));
  return found ?? null;
}

/** Null: a run of the scope is active. */
async function start(db: Database, request: RunRequest, now: Date): Promise<string | null> {
  const { scope, trigger, source, feedNames, budgetCalls, forecast, syncFileHash } = request;
  const [started] = await db
    .insert(run)
    .values({
      ...{ scope, trigger, source, feeds: feedNames, budgetCalls, forecast, syncFileHash },
      status: 'running',
      requestedAt: now,
      startedAt: now,
      heartbeatAt,
      deadlineAt: deadlineOf(request, now),
    })
    .onConflictDoNothing()
    .returning({ runId: run.runId });
  return started?.runId ?? null;
}

/** Takes over the active run of the scope if its process died; null: it did not. */
async function takeOver(db: Database, request: RunRequest, now: Date): Promise<string | null> {
  const [adopted] = await db
    .update(run)
    .set({
      heartbeatAt,
      status: 'running',
      feeds: request.feedNames,
      budgetCalls: sql`${run.callsUsed} + ${request.budgetCalls}::int`,
      deadlineAt: deadlineOf(request, now),
      syncFileHash: request.syncFileHash ?? null,
    })
    .where(
      and(
        eq(run.scope, request.scope),
        isActive,
        sql`${run.heartbeatAt} < clock_timestamp() - ${heartbeatTimeoutMs}::float8 * interval '1 ms'`,
      ),
    )
    .returning({ runId: run.runId });
  return adopted?.runId ?? null;
}

function deadlineOf({ deadlineMs }: RunRequest, now: Date): Date | null {
  return deadlineMs === null ? null : new Date(now.getTime() + deadlineMs);
}

async function begin(pool: Pool, request: RunRequest): Promise<BeginAnswer> {
  const db = drizzleOn(pool);
  const now = await readLedgerNow(pool);
  const startedId = await start(db, request, now);
  const begunId = startedId ?? (await takeOver(db, request, now));
  const begun = begunId === null ? null : await read(db, begunId);
  if (begun) return { kind: startedId === null ? 'resumed' : 'started', run: begun };
  const [active] = await db
    .select({
      runId: run.runId,
      heardMs: sql<number>`(extract(epoch FROM clock_timestamp() - ${run.heartbeatAt}) * 1000)::float8`,
    })
    .from(run)
    .where(and(eq(run.scope, request.scope), isActive));
  // The run ended between the two statements: the next try inserts.
  if (!active) return begin(pool, request);
  const { runId, heardMs } = active;
  return { kind: 'active', runId, silentMs: heardMs < silentFromMs ? null : heardMs };
}

/**
 * The queries of every tick, built once for each store. They have no name, because a named statement belongs to one connection,
 * which a pooler in transaction mode does not keep.
 */
function prepareFrequent(db: Database) {
  const runId = sql.placeholder('runId');
  return {
    read: selectRuns(db).where(eq(run.runId, runId)).prepare(''),
    listActive: selectRuns(db).where(isActive).orderBy(run.runId).prepare(''),
    heartbeat: db
      .update(run)
      .set({ heartbeatAt })
      .where(sql`${run.runId} = ANY (${sql.placeholder('runIds')}::bigint[])`)
      .prepare(''),
  };
}

async function countCalls(db: Database, runId: string): Promise<Record<string, number>> {
  const rows = await db
    .select({ operation: apiCall.operation, calls: count() })
    .from(apiCall)
    .where(and(eq(apiCall.runId, runId), ne(apiCall.state, 'refunded')))
    .groupBy(apiCall.operation);
  return Object.fromEntries(rows.map(({ operation, calls }) => [operation, calls]));
}

async function reasonForSilence(db: Database, runId: string): Promise<string | null> {
  const callsThat = (are: SQL | undefined) =>
    db
      .select({ one: sql`1` })
      .from(apiCall)
      .where(and(eq(apiCall.runId, runId), are));
  const [silent] = await db
    .select({ code: run.lastErrorCode })
    .from(run)
    .where(
      and(
        eq(run.runId, runId),
        // A call that found no connection is refunded, but was tried.
        exists(callsThat(or(ne(apiCall.state, 'refunded'), ne(apiCall.outcome, 'not_sent')))),
        notExists(callsThat(eq(apiCall.outcome, 'ok'))),
      ),
    );
  return silent ? (silent.code ?? targetsPostponed) : null;
}

export interface RunStoreParts {
  readonly pool: Pool;
  /** The app of the runs. Without it, a database is claimed for no app. */
  readonly appKey?: string | undefined;
}

/** Over `sync.run` and `sync.database_identity`. */
export function createRunStore({ pool, appKey }: RunStoreParts): RunStore {
  const db = drizzleOn(pool);
  const frequent = prepareFrequent(db);
  return {
    claimSource: (source) => claimDatabase(pool, { source, appKey: appKey ?? null }),
    begin: (request) => begin(pool, request),
    adopt: async (runId, syncFileHash) => {
      await db
        .update(run)
        .set({ syncFileHash, heartbeatAt })
        .where(and(eq(run.runId, runId), isActive));
    },
    read: async (runId) => (await frequent.read.execute({ runId }))[0] ?? null,
    listActive: () => frequent.listActive.execute(),
    heartbeat: async (runIds) => {
      await frequent.heartbeat.execute({ runIds });
    },
    listAbandoned: async (runIds) => {
      const given = [runIds, heartbeatTimeoutMs];
      const rows = await runSql<{ runId: string }>(pool, readSql('list-abandoned-runs'), given);
      return rows.map(({ runId }) => runId);
    },
    end: async (runId, status, cause, left) => {
      // Ending a run frees many rows, which loads may free in another order.
      await runInTransaction(pool, async (client) => {
        const ended = {
          ...{ status, cause, endedAt: ledgerNow },
          ...(left ? { postponed: left.targets, nextTryAt: left.nextTryAt } : {}),
        };
        // In the order in which loads lock both.
        await freeLeases(client, runId);
        const isTheOne = and(eq(run.runId, runId), isActive);
        await drizzleOn(client).update(run).set(ended).where(isTheOne);
      });
    },
    addFailure: async (runId, { code, mayPass }) => {
      const lastErrorCode = mayPass
        ? sql`CASE WHEN ${run.errors} > 0 THEN ${run.lastErrorCode} ELSE ${code} END`
        : code;
      await db
        .update(run)
        .set({ errors: sql`${run.errors} + ${mayPass ? 0 : 1}::int`, lastErrorCode })
        .where(eq(run.runId, runId));
    },
    countCalls: (runId) => countCalls(db, runId),
    reasonForSilence: (runId) => reasonForSilence(db, runId),
    countReserved: (runId) => db.$count(inFlight, eq(inFlight.runId, runId)),
  };
}
