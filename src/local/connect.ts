import pg from 'pg';
import { sleep } from '../core/clock.ts';
import { AppError } from '../core/errors.ts';
import { localErrors } from './errors.ts';
import { reader, readerGroups, superuser } from './init-data.ts';
import { stopServer, type ServerOptions } from './postgres-server.ts';
import { readPostmaster } from './postmaster.ts';

/** The database that is made in every local server. */
const database = 'catalog_sync';
/** Together ten seconds: a server that was left in the middle of its start mostly needs one. */
const connectAttempts = 100;
const connectPauseMs = 100;

/**
 * The url of a database of the local server, by default of `catalog_sync`. It says that there is no TLS, because
 * a `PGSSLMODE` in the environment, meant for another server, would ask for it.
 */
export function connectionUrl(port: number, password: string, name: string = database): string {
  return urlOf(superuser, password, port, name);
}

function urlOf(login: string, password: string, port: number, name: string): string {
  return `postgres://${login}:${password}@127.0.0.1:${port}/${name}?sslmode=disable`;
}

function isWrongPassword(error: unknown): boolean {
  return error instanceof pg.DatabaseError && error.code === '28P01';
}

async function withClient<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000 });
  // The server may go away at any time; the awaited query reports it.
  client.on('error', () => undefined);
  try {
    await client.connect();
    return await work(client);
  } catch (cause) {
    if (!isWrongPassword(cause)) throw cause;
    throw new AppError(
      localErrors.LOCAL_POSTGRES_DATA_UNUSABLE,
      'the local Postgres has a different password than its password file',
      { cause },
    );
  } finally {
    await client.end();
  }
}

/**
 * Creates the database `catalog_sync` when it is missing.
 *
 * @throws AppError LOCAL_POSTGRES_DATA_UNUSABLE when the password is not that of the data
 */
export async function ensureDatabase(port: number, password: string): Promise<void> {
  await withClient(connectionUrl(port, password, 'postgres'), async (client) => {
    const found = await client.query('select from pg_database where datname = $1', [database]);
    if (found.rowCount === 0) await client.query(`create database ${database}`);
  });
}

async function canLogIn(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return true;
  } catch (error) {
    if (isWrongPassword(error)) return false;
    throw error;
  } finally {
    await client.end();
  }
}

/**
 * Makes the login that only reads where it is missing or has another password, and gives its url. One caller at a
 * time.
 */
export async function ensureReader(
  port: number,
  passwords: { own: string; reader: string },
): Promise<string> {
  const url = urlOf(reader, passwords.reader, port, database);
  if (await canLogIn(url)) return url;
  await withClient(connectionUrl(port, passwords.own), async (client) => {
    const { rows } = await client.query<{ name: string }>('select rolname as name from pg_roles');
    const missing = [...readerGroups, reader].filter((name) => !rows.some((row) => row.name === name));
    for (const name of missing) await client.query(`create role ${name}`);
    await client.query(
      `alter role ${reader} login nosuperuser nocreatedb nocreaterole noreplication nobypassrls password '${passwords.reader}'`,
    );
    await client.query(`alter role ${reader} set default_transaction_read_only = on`);
    await client.query(`grant ${readerGroups.join(', ')} to ${reader}`);
  });
  return url;
}

/**
 * The port of a server that somebody else started, once it takes connections; null when none runs. One that
 * nobody uses and that does not answer is stopped.
 *
 * @param attempts to connect, 100 ms apart
 * @throws AppError LOCAL_POSTGRES_BUSY when it has users and does not answer
 */
export async function findRunningServer(
  server: ServerOptions,
  password: string,
  hasUsers: () => boolean,
  attempts = connectAttempts,
): Promise<number | null> {
  let last: unknown;
  for (let attempt = 1; attempt <= attempts; attempt += 1) {
    const postmaster = readPostmaster(server.data);
    if (!postmaster?.isRunning) return null;
    try {
      await withClient(connectionUrl(postmaster.port, password, 'postgres'), (client) =>
        client.query('select'),
      );
      return postmaster.port;
    } catch (error) {
      if (error instanceof AppError) throw error;
      last = error;
      await sleep(connectPauseMs);
    }
  }
  if (hasUsers()) {
    throw new AppError(localErrors.LOCAL_POSTGRES_BUSY, 'the local Postgres runs but accepts no connection', {
      cause: last,
    });
  }
  server.log.warn({ err: last }, 'local postgres without users does not answer, it is restarted');
  await stopServer(server);
  return null;
}
