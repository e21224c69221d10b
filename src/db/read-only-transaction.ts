import pg from 'pg';
import { AppError } from '../core/errors.ts';
import { secondMs } from '../core/duration.ts';
import { classifyDatabaseErrors, isCancelled } from './database-error.ts';
import { databaseErrors } from './errors.ts';

export interface QueryField {
  readonly name: string;
  /** Postgres's type id (`pg_type.oid`). */
  readonly typeId: number;
  /** Its modifier, as precision and scale of a numeric (`pg_attribute.atttypmod`); -1: none. */
  readonly typeModifier: number;
}

/** Values as Postgres writes them, so that no digit and no time zone is lost. */
export interface QueryBatch {
  readonly fields: readonly QueryField[];
  readonly rows: readonly (readonly (string | null)[])[];
}

export interface ReadOnlyOptions {
  readonly connectionString: string;
  /** 0: none. */
  readonly timeoutMs: number;
  /** Breaks the query off when it aborts. */
  readonly signal: AbortSignal;
}

const asText = { getTypeParser: () => (value: string) => value };

/** Runs one statement, by the extended protocol. */
export type RunOne = (text: string) => Promise<QueryBatch>;

/**
 * A named statement goes by the extended protocol, which takes one statement only: `select 1; commit; drop ...`
 * is refused before any of it runs.
 */
function createRunner(client: pg.Client): RunOne {
  // The same text keeps its name: each name is a statement that both sides remember until the end.
  const names = new Map<string, string>();
  return async (text) => {
    const name = names.get(text) ?? `statement_${String(names.size)}`;
    names.set(text, name);
    const result = await client.query<(string | null)[]>({ text, name, rowMode: 'array', types: asText });
    const fields = result.fields.map(({ name: column, dataTypeID, dataTypeModifier }) => ({
      name: column,
      typeId: dataTypeID,
      typeModifier: dataTypeModifier,
    }));
    return { fields, rows: result.rows };
  };
}

/** Opens the cursor `reader` over `text`; false when it is not a query but, for example, EXPLAIN or SHOW. */
export async function openCursor(client: pg.Client, run: RunOne, text: string): Promise<boolean> {
  await client.query('SAVEPOINT before_cursor');
  try {
    await run(`DECLARE reader NO SCROLL CURSOR FOR ${text}`);
    return true;
  } catch (error) {
    if (!(error instanceof pg.DatabaseError)) throw error;
    await client.query('ROLLBACK TO before_cursor');
    return false;
  }
}

/**
 * What may run without a cursor. A read-only transaction alone would let COPY write files and start programs on
 * the server's machine, and DO and SET have no limits. A comment in front of it is left to Postgres, which
 * takes it in front of a query.
 */
const harmless = /^\s*(select|values|table|with|explain|show)\b/i;

/** Runs a statement that is not a query; if the caller needs rows, its error says why. @throws AppError QUERY_REFUSED */
export async function runWithoutCursor(run: RunOne, text: string): Promise<QueryBatch> {
  if (harmless.test(text)) return run(text);
  throw new AppError(
    databaseErrors.QUERY_REFUSED,
    'the query was refused: only SELECT, VALUES, TABLE, WITH, EXPLAIN and SHOW read and nothing else',
  );
}

function toQueryError(error: unknown, timeoutMs: number): unknown {
  if (!(error instanceof pg.DatabaseError)) return error;
  // Not by a person, which Postgres says by the same code.
  if (timeoutMs > 0 && isCancelled(error) && !error.message.includes('user request'))
    return new AppError(
      databaseErrors.QUERY_TOO_SLOW,
      `the query took longer than ${String(timeoutMs / secondMs)} s`,
      {
        cause: error,
      },
    );
  const hint = error.hint ? ` (${error.hint})` : '';
  const facts = { sqlState: error.code ?? null };
  const message = `the query was refused: ${error.message}${hint}`;
  return new AppError(databaseErrors.QUERY_REFUSED, message, { facts, cause: error });
}

async function openTransaction(client: pg.Client, timeoutMs: number): Promise<void> {
  await client.connect();
  await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
  await client.query(
    "SELECT set_config('statement_timeout', $1, true), set_config('cursor_tuple_fraction', '1', true)",
    [String(timeoutMs)],
  );
  // A superuser's functions read files and end sessions, in a read-only transaction too.
  await client.query(
    `SELECT set_config('role', 'pg_read_all_data', true) FROM pg_roles
     WHERE rolname = current_user AND rolsuper`,
  );
}

/**
 * Runs `work` in a read-only transaction of one snapshot. A superuser gives up all rights but to read tables: a guard
 * against accidents only, for a statement can take them back. What keeps a statement to reading is its login.
 *
 * @throws AppError QUERY_REFUSED for what Postgres says of a query, QUERY_TOO_SLOW, and DATABASE_*
 */
export async function inReadOnlyTransaction(
  query: ReadOnlyOptions,
  work: (client: pg.Client, run: RunOne) => Promise<void>,
): Promise<void> {
  const client = new pg.Client({
    connectionString: query.connectionString,
    application_name: 'catalog-sync sql',
    connectionTimeoutMillis: 10_000,
  });
  client.on('error', () => undefined);
  // Ending a client in mid-query breaks its connection, which is all that stops a query that hangs.
  const stop = () => void client.end();
  query.signal.addEventListener('abort', stop);
  try {
    await classifyDatabaseErrors(() => openTransaction(client, query.timeoutMs));
    await work(client, createRunner(client)).catch((error: unknown) => {
      throw toQueryError(error, query.timeoutMs);
    });
  } finally {
    query.signal.removeEventListener('abort', stop);
    await client.end();
  }
}
