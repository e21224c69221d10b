import { DrizzleQueryError } from 'drizzle-orm/errors';
import pg from 'pg';
import { AppError, toAppError, type ErrorKind } from '../core/errors.ts';
import { databaseErrors } from './errors.ts';
import { lockedError, type LockHolder } from './lock-holder.ts';

/** Codes of Node's sockets and resolver: no server was reached, or it went away. */
const socketCodes = new Set([
  'EADDRNOTAVAIL',
  'EAI_AGAIN',
  'ECONNABORTED',
  'ECONNREFUSED',
  'ECONNRESET',
  'EHOSTDOWN',
  'EHOSTUNREACH',
  'ENETDOWN',
  'ENETRESET',
  'ENETUNREACH',
  'ENOENT',
  'ENOTFOUND',
  'EPIPE',
  'ETIMEDOUT',
]);

/** The messages of node-postgres, without a code, for a connection that ended or timed out (pg 8). */
const lostConnection = /^(Connection terminated|timeout expired|Client has encountered a connection error)/;

/** That of a pool whose connections were all in use for as long as one waits (pg-pool 3). */
const exhaustedPool = 'timeout exceeded when trying to connect';

/** By SQLSTATE, otherwise by its class (PostgreSQL documentation, appendix A). */
const kindBySqlState: Readonly<Record<string, ErrorKind>> = {
  '08': databaseErrors.DATABASE_UNREACHABLE,
  '57P01': databaseErrors.DATABASE_UNREACHABLE,
  '57P02': databaseErrors.DATABASE_UNREACHABLE,
  '57P03': databaseErrors.DATABASE_UNREACHABLE,
  '57P05': databaseErrors.DATABASE_UNREACHABLE,
  '25P03': databaseErrors.DATABASE_UNREACHABLE,
  // A standby refuses writes until it is promoted.
  '25006': databaseErrors.DATABASE_READ_ONLY,
  '28': databaseErrors.DATABASE_REFUSED,
  '3D000': databaseErrors.DATABASE_REFUSED,
  '42501': databaseErrors.DATABASE_REFUSED,
  '40': databaseErrors.DATABASE_BUSY,
  '55P03': databaseErrors.DATABASE_LOCKED,
  '57014': databaseErrors.DATABASE_BUSY,
  '53': databaseErrors.DATABASE_FULL,
  '53100': databaseErrors.DATABASE_DISK_FULL,
  '58': databaseErrors.DATABASE_DAMAGED,
  XX001: databaseErrors.DATABASE_DAMAGED,
  XX002: databaseErrors.DATABASE_DAMAGED,
  '3F000': databaseErrors.DATABASE_NOT_MIGRATED,
  '42P01': databaseErrors.DATABASE_NOT_MIGRATED,
  '42703': databaseErrors.DATABASE_NOT_MIGRATED,
  '42883': databaseErrors.DATABASE_NOT_MIGRATED,
};

const messages: Readonly<Record<string, string>> = {
  DATABASE_UNREACHABLE: 'the database does not answer',
  DATABASE_REFUSED: 'the database refused the login',
  DATABASE_BUSY: 'the database ended a transaction that was in conflict or took too long',
  DATABASE_LOCKED: 'a lock of the database was not free in time',
  DATABASE_FULL: 'the database is out of memory or connections',
  DATABASE_DISK_FULL: 'the disk of the database is full',
  DATABASE_READ_ONLY: 'the database takes no writes',
  DATABASE_DAMAGED: 'the database cannot read or write its own files',
  DATABASE_NOT_MIGRATED: 'the database lacks migrations of this version',
  DATABASE_REJECTED: 'the database refused a statement',
};

/**
 * The error that says most: below drizzle's wrapper, whose own message holds every parameter, and one of those
 * that Node collects when each address of a host refuses.
 */
function unwrap(error: unknown): unknown {
  if (error instanceof DrizzleQueryError) return unwrap(error.cause ?? new Error('a query failed'));
  if (error instanceof AggregateError && error.errors.length > 0) return unwrap(error.errors[0]);
  return error;
}

function codeOf(error: unknown): string | null {
  if (!(error instanceof Error) || !('code' in error)) return null;
  return typeof error.code === 'string' ? error.code : null;
}

/** A file that is missing (a socket of Postgres is one, too), or a port that cannot be listened on, is no database. */
function isOfConnection(cause: unknown, code: string): boolean {
  const syscall = cause instanceof Error && 'syscall' in cause ? cause.syscall : null;
  return code === 'ENOENT' ? syscall === 'connect' : syscall !== 'listen';
}

/** Where a connection was refused, or what has no address. */
function addressOf(cause: unknown): string {
  if (!(cause instanceof Error)) return '';
  const { address, port, hostname } = cause as NodeJS.ErrnoException &
    Partial<Record<'address' | 'port' | 'hostname', unknown>>;
  if (typeof address === 'string' && typeof port === 'number') return ` at ${address}, port ${String(port)}`;
  return typeof hostname === 'string' ? ` at ${hostname}` : '';
}

/** Null: not an error of the database. */
function kindOf(cause: unknown): ErrorKind | null {
  const code = codeOf(cause);
  if (cause instanceof pg.DatabaseError) {
    const state = code ?? '';
    return kindBySqlState[state] ?? kindBySqlState[state.slice(0, 2)] ?? databaseErrors.DATABASE_REJECTED;
  }
  if (cause instanceof Error && cause.message === exhaustedPool) return databaseErrors.DATABASE_FULL;
  const isLost = cause instanceof Error && lostConnection.test(cause.message);
  const isSocket = code !== null && socketCodes.has(code) && isOfConnection(cause, code);
  return isLost || isSocket ? databaseErrors.DATABASE_UNREACHABLE : null;
}

/** Deadlock or serialization failure: the very same transaction may well succeed now. */
export function isTransactionConflict(error: unknown): boolean {
  const code = codeOf(unwrap(error));
  return code === '40P01' || code === '40001';
}

/** A lock that was not free within `lock_timeout`. */
export function isLockTimeout(error: unknown): boolean {
  return codeOf(unwrap(error)) === '55P03';
}

/** A statement that was cancelled, as Postgres says it: no error of ours yet. */
export function isCancelled(error: unknown): boolean {
  return !(error instanceof AppError) && codeOf(unwrap(error)) === '57014';
}

/** A row without a partition. Its SQLSTATE is that of checks, but it names none (PostgreSQL 15 to 17). */
export function isMissingPartition(error: unknown): boolean {
  const cause = unwrap(error);
  return cause instanceof pg.DatabaseError && cause.code === '23514' && cause.constraint === undefined;
}

/** What `sync.refuse_lock` says of a lock and who holds it. */
interface RefusedLock extends Omit<LockHolder, 'pid' | 'since'> {
  readonly lock: string;
  readonly pid?: number;
  readonly since: string | null;
}

/** DATABASE_LOCKED with its holder, which `sync.refuse_lock` found. */
function toLockedError(cause: pg.DatabaseError, detail: string): AppError {
  const { lock, pid, since, ...who } = JSON.parse(detail) as RefusedLock;
  if (pid === undefined) return lockedError(lock, null, cause);
  return lockedError(lock, { pid, ...who, since: since === null ? null : new Date(since) }, cause);
}

/** True when the database is away, full or busy, and the same work may succeed later. */
export function isDatabaseOutage(error: unknown): boolean {
  const kind = error instanceof AppError ? error.kind : kindOf(unwrap(error));
  return kind?.recovery === 'retry';
}

/**
 * The only place that classifies errors of the database. Other errors pass unchanged. Message and facts
 * hold no parameters and no values of rows.
 */
export function toDatabaseError(error: unknown): unknown {
  const cause = unwrap(error);
  const kind = error instanceof AppError ? null : kindOf(cause);
  if (kind === null) return error;
  const where = cause instanceof pg.DatabaseError ? cause : null;
  if (kind === databaseErrors.DATABASE_LOCKED && where?.detail?.startsWith('{'))
    return toLockedError(where, where.detail);
  const place = { table: where?.table ?? null, constraint: where?.constraint ?? null };
  const facts = { databaseCode: codeOf(cause), ...place };
  const isPrivilege = where?.code === '42501';
  const message = isPrivilege ? 'the login lacks a privilege that the statement needs' : messages[kind.code];
  return new AppError(kind, `${message ?? kind.code}${addressOf(cause)}`, { facts, cause });
}

/** Anything thrown: as the database, the operating system or we named it; the rest is our defect. */
export function toNamedError(error: unknown): AppError {
  return toAppError(toDatabaseError(error));
}

/** Runs `work`; what the database throws leaves as an AppError. */
export async function classifyDatabaseErrors<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw toDatabaseError(error);
  }
}
