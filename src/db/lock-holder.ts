import { AppError } from '../core/errors.ts';
import { shanghaiTime } from '../core/shanghai-time.ts';
import { databaseErrors } from './errors.ts';
import { readSql } from './read-sql.ts';
import { runSql, type SqlExecutor } from './sql-file.ts';

/** A session that has a lock which another one wants. */
export interface LockHolder {
  /** Its process on the server. */
  readonly pid: number;
  readonly user: string | null;
  /** As the session calls itself. */
  readonly application: string | null;
  /** When its transaction began; null: unknown to this login, or none is open. */
  readonly since: Date | null;
}

/** @returns who has the advisory lock; null: nobody any more */
export async function findAdvisoryHolder(executor: SqlExecutor, key: number): Promise<LockHolder | null> {
  return (await runSql<LockHolder>(executor, readSql('find-advisory-holder'), [key]))[0] ?? null;
}

/** @returns a session of a login that may only read, and has an advisory lock all the same; null: there is none */
export async function findReaderLock(executor: SqlExecutor): Promise<LockHolder | null> {
  return (await runSql<LockHolder>(executor, readSql('find-reader-lock')))[0] ?? null;
}

/** @returns a session that the one with this process id waits for; null: it does not wait */
export async function findBlocker(executor: SqlExecutor, pid: number): Promise<LockHolder | null> {
  return (await runSql<LockHolder>(executor, readSql('find-blocker'), [pid]))[0] ?? null;
}

/** The holder as facts of an error or fields of a log line. */
export function holderFacts(holder: LockHolder | null): Record<string, string | number | null> {
  if (holder === null) return {};
  const { pid, user, application, since } = holder;
  return { pid, user, application, since: since?.toISOString() ?? null };
}

/** The holder in words, as in "held by process 12 (user maria, application psql, since ...)". */
export function describeHolder({ pid, user, application, since }: LockHolder): string {
  const parts = [
    `user ${user ?? 'unknown'}`,
    `application ${application ?? 'unknown'}`,
    ...(since === null ? [] : [`since ${shanghaiTime(since)} (Shanghai)`]),
  ];
  return `process ${String(pid)} (${parts.join(', ')})`;
}

/**
 * DATABASE_LOCKED.
 *
 * @param lock which one
 * @param holder null: unknown, or nobody any more
 */
export function lockedError(lock: string, holder: LockHolder | null, cause?: unknown): AppError {
  const message =
    holder === null
      ? `the lock ${lock} was not free in time`
      : `the lock ${lock} is held by ${describeHolder(holder)}`;
  return new AppError(databaseErrors.DATABASE_LOCKED, message, {
    facts: { lock, ...holderFacts(holder) },
    cause,
  });
}
