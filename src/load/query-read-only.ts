import pg from 'pg';
import { to as copyTo } from 'pg-copy-streams';
import { AppError } from '../core/errors.ts';
import { classifyDatabaseErrors } from './database-error.ts';
import { loadErrors } from './errors.ts';

export interface QueryField {
  readonly name: string;
  /** Postgres's type id (`pg_type.oid`). */
  readonly typeId: number;
}

/** Values as Postgres writes them, so that no digit and no time zone is lost. */
export interface QueryBatch {
  readonly fields: readonly QueryField[];
  readonly rows: readonly (readonly (string | null)[])[];
}

export interface ReadOnlyQuery {
  readonly connectionString: string;
  /** One statement. */
  readonly text: string;
  readonly timeoutMs: number;
  /** Breaks the query off when it aborts. */
  readonly signal: AbortSignal;
}

const batchRows = 500;

/** Cancels reading when it returns false: nobody wants the rest. */
export type BatchReader<T> = (batch: T) => Promise<boolean>;

const asText = { getTypeParser: () => (value: string) => value };

/** Runs one statement, by the extended protocol. */
type RunOne = (text: string) => Promise<QueryBatch>;

/**
 * A named statement goes by the extended protocol, which takes one statement only: `select 1; commit; drop ...`
 * is refused before any of it runs.
 */
function createRunner(client: pg.Client): RunOne {
  let statements = 0;
  return async (text) => {
    statements += 1;
    const name = `statement_${String(statements)}`;
    const result = await client.query<(string | null)[]>({ text, name, rowMode: 'array', types: asText });
    const fields = result.fields.map(({ name: column, dataTypeID }) => ({
      name: column,
      typeId: dataTypeID,
    }));
    return { fields, rows: result.rows };
  };
}

/** Opens a cursor over `text`; false when it is no query, such as EXPLAIN or SHOW. */
async function openCursor(client: pg.Client, run: RunOne, text: string): Promise<boolean> {
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
 * the server's machine, and DO and SET do what they like. A comment in front of it is left to Postgres, which
 * takes it in front of a query.
 */
const harmless = /^\s*(select|values|table|with|explain|show)\b/i;

async function runWithoutCursor(run: RunOne, text: string): Promise<QueryBatch> {
  if (harmless.test(text)) return run(text);
  throw new AppError(
    loadErrors.QUERY_REFUSED,
    'the query was refused: only SELECT, VALUES, TABLE, WITH, EXPLAIN and SHOW read and nothing else',
  );
}

function toQueryError(error: unknown): unknown {
  if (!(error instanceof pg.DatabaseError)) return error;
  const hint = error.hint ? ` (${error.hint})` : '';
  const facts = { sqlState: error.code ?? null };
  const message = `the query was refused: ${error.message}${hint}`;
  return new AppError(loadErrors.QUERY_REFUSED, message, { facts, cause: error });
}

async function openTransaction(client: pg.Client, timeoutMs: number): Promise<void> {
  await client.connect();
  await client.query('BEGIN READ ONLY');
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

async function inReadOnlyTransaction(
  query: ReadOnlyQuery,
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
      throw toQueryError(error);
    });
  } finally {
    query.signal.removeEventListener('abort', stop);
    await client.end();
  }
}

/**
 * Runs one statement in a read-only transaction and hands its rows over in batches, the first one also when it
 * is empty. The timeout holds for each batch. A superuser, as that of the embedded Postgres, gives up all rights
 * but to read tables: a guard against accidents, not against who has the connection url anyway.
 *
 * @throws AppError QUERY_REFUSED
 */
export async function queryReadOnly(query: ReadOnlyQuery, read: BatchReader<QueryBatch>): Promise<void> {
  const text = withoutSemicolon(query.text);
  await inReadOnlyTransaction(query, async (client, run) => {
    if (!(await openCursor(client, run, text))) {
      await read(await runWithoutCursor(run, text));
      return;
    }
    for (let isFirst = true; ; isFirst = false) {
      const batch = await run(`FETCH ${String(batchRows)} FROM reader`);
      if (batch.rows.length === 0 && !isFirst) return;
      const isWanted = await read(batch);
      if (!isWanted || batch.rows.length < batchRows) return;
    }
  });
}

/**
 * Runs one query in a read-only transaction and hands its rows over as CSV with a header, in pieces.
 *
 * @throws AppError QUERY_REFUSED
 */
export async function copyReadOnly(query: ReadOnlyQuery, read: BatchReader<string>): Promise<void> {
  const text = withoutSemicolon(query.text);
  await inReadOnlyTransaction(query, async (client, run) => {
    // COPY takes several statements at a time; what a cursor took is one whole query that can't end it early.
    if (!(await openCursor(client, run, text))) {
      await runWithoutCursor(run, text);
      throw new AppError(loadErrors.QUERY_REFUSED, 'only a SELECT can be written as CSV');
    }
    const stream = client.query(copyTo(`COPY (\n${text}\n) TO STDOUT (FORMAT csv, HEADER true)`));
    stream.setEncoding('utf8');
    for await (const chunk of stream) {
      if (!(await read(String(chunk)))) return;
    }
  });
}

function withoutSemicolon(text: string): string {
  return text.replace(/[\s;]+$/, '');
}
