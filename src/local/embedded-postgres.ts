import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { sleep } from '../core/clock.ts';
import { AppError, errorMessage } from '../core/errors.ts';
import type { Logger } from '../core/log.ts';
import { locateBinaries, placeBinaries, type PostgresVersion } from './binaries.ts';
import { localErrors } from './errors.ts';
import { ensureData, readOrMakePassword, superuser } from './init-data.ts';
import { startServer, stopServer, type ServerOptions } from './postgres-server.ts';
import { readPostmaster } from './postmaster.ts';
import { PresenceFolder } from './presence.ts';
import { findRunUser } from './run-user.ts';
import { chooseServerPlace, hasData } from './server-place.ts';
import { withLock } from './with-lock.ts';

export interface EmbeddedPostgres {
  /** Connection url of the database `catalog_sync`, with the password: a secret of this machine. */
  readonly url: string;
  /** Says that this caller is done. The last one stops the server. Idempotent. */
  release(): Promise<void>;
}

export interface EmbeddedPostgresOptions {
  /** A folder of the project, such as `<project>/.catalog-sync/postgres`; made when missing. */
  readonly dataRoot: string;
  readonly log: Logger;
  /** Major version; each has data of its own. Default 17. */
  readonly version?: PostgresVersion;
  /** Where the port comes from; default: one that is free on loopback. */
  readonly pickPort?: () => Promise<number>;
}

const database = 'catalog_sync';
/** A first start takes seconds; at half of it a slow disk with a recovery before it might not make it. */
const lockTimeoutMs = 180_000;
const connectAttempts = 100;
const connectPauseMs = 100;

function connectionUrl(port: number, password: string, name: string): string {
  return `postgres://${superuser}:${password}@127.0.0.1:${port}/${name}`;
}

async function withClient<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return await work(client);
  } finally {
    await client.end();
  }
}

async function ensureDatabase(port: number, password: string): Promise<void> {
  await withClient(connectionUrl(port, password, 'postgres'), async (client) => {
    const found = await client.query('select from pg_database where datname = $1', [database]);
    if (found.rowCount === 0) await client.query(`create database ${database}`);
  });
}

/** The port of a server that somebody else left running, once it takes connections; null when there is none. */
async function findRunningServer(server: ServerOptions, password: string): Promise<number | null> {
  for (let attempt = 1; attempt <= connectAttempts; attempt += 1) {
    const postmaster = readPostmaster(server.data);
    if (!postmaster?.isRunning) return null;
    try {
      await withClient(connectionUrl(postmaster.port, password, 'postgres'), (client) =>
        client.query('select'),
      );
      return postmaster.port;
    } catch (err) {
      server.log.debug({ err, attempt }, 'local postgres runs but does not answer yet');
      await sleep(connectPauseMs);
    }
  }
  await stopServer(server);
  return null;
}

async function prepareServer(options: EmbeddedPostgresOptions, stateFolder: string) {
  const version = options.version ?? 17;
  const user = findRunUser();
  const place = await chooseServerPlace(stateFolder, user);
  if (place.isRelocated) {
    options.log.info({ folder: place.folder, user: user?.name }, 'local postgres lives outside the project');
  }
  const binaries = await placeBinaries(locateBinaries(version), place.folder, user);
  const password = readOrMakePassword(stateFolder, hasData(place.home));
  const data = await ensureData({ binaries, home: place.home, user, version, password });
  const server: ServerOptions = {
    binaries,
    home: place.home,
    data,
    user,
    log: options.log,
    ...(options.pickPort && { pickPort: options.pickPort }),
  };
  return { server, password };
}

async function openLocked(options: EmbeddedPostgresOptions, stateFolder: string, users: PresenceFolder) {
  const { server, password } = await prepareServer(options, stateFolder);
  try {
    const running = await findRunningServer(server, password);
    const port = running ?? (await startServer(server));
    await ensureDatabase(port, password);
    options.log.debug({ port, shared: running !== null }, 'local postgres ready');
    return { server, url: connectionUrl(port, password, database), mark: users.enter('user') };
  } catch (error) {
    if (users.list().length === 0) await stopServer(server);
    throw error;
  }
}

function explainFileError(error: unknown, folder: string): unknown {
  const code = error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined;
  if (code !== 'EACCES' && code !== 'EPERM' && code !== 'EROFS') return error;
  return new AppError(
    localErrors.LOCAL_POSTGRES_DATA_UNUSABLE,
    `the folder of the local Postgres can't be used: ${errorMessage(error)}`,
    { facts: { folder }, cause: error },
  );
}

/**
 * A Postgres for this project that needs nothing but `npm ci`: made at the first call, started when it doesn't
 * run, shared by all processes that open the same `dataRoot`, stopped by the last one that releases it. A
 * process that was killed does not count as a user; the server it left is reused. Data outlives everything,
 * and durability is that of a production server (`fsync` and `synchronous_commit` are on).
 *
 * It listens on a free port of 127.0.0.1 with a random password (scram), which is kept in `dataRoot` (0600).
 * As root it runs as the user `postgres` or `nobody`. Where that user can't reach the project (a 0700 home),
 * data and a copy of the binaries are in `/var/tmp/catalog-sync-<hash of the path>` instead, logged once.
 *
 * @throws AppError LOCAL_POSTGRES_UNAVAILABLE no binaries for this platform, or they don't run here
 * @throws AppError LOCAL_POSTGRES_DATA_UNUSABLE the data is another user's or another version's
 * @throws AppError LOCAL_POSTGRES_START_FAILED initdb or the server gave up; the message quotes why
 * @throws AppError LOCAL_POSTGRES_BUSY another process holds the lock for minutes
 */
export async function openEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const isRoot = process.getuid?.() === 0;
  const stateFolder = join(options.dataRoot, `postgres-${options.version ?? 17}`);
  const lockFolder = join(stateFolder, 'lock');
  try {
    mkdirSync(stateFolder, { recursive: true, mode: isRoot ? 0o711 : 0o700 });
    const users = new PresenceFolder(join(stateFolder, 'users'));
    const opened = await withLock(lockFolder, lockTimeoutMs, () => openLocked(options, stateFolder, users));
    let released: Promise<void> | undefined;
    const release = () =>
      withLock(lockFolder, lockTimeoutMs, async () => {
        users.leave(opened.mark);
        if (users.list().length === 0) await stopServer(opened.server);
      });
    return { url: opened.url, release: () => (released ??= release()) };
  } catch (error) {
    throw explainFileError(error, stateFolder);
  }
}
