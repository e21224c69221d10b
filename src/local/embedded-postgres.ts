import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { AppError, errorMessage } from '../core/errors.ts';
import type { Logger } from '../core/log.ts';
import { bundledVersion, locateBinaries, placeBinaries, type PostgresVersion } from './binaries.ts';
import { connectionUrl, ensureDatabase, ensureReader, findRunningServer } from './connect.ts';
import { localErrors } from './errors.ts';
import {
  ensureData,
  hasPassword,
  readOrMakePassword,
  readOrMakeReaderPassword,
  refuseOtherVersions,
} from './init-data.ts';
import { startServer, stopServer, type ServerOptions } from './postgres-server.ts';
import { PresenceFolder } from './presence.ts';
import { findRunUser, type RunUser } from './run-user.ts';
import { chooseServerPlace, dataFolder, ensureOwnFolder, hasData, setAside } from './server-place.ts';
import { withLock } from './with-lock.ts';

export interface EmbeddedPostgres {
  /** Connection url of the database `catalog_sync`, with the password: a secret of this machine. */
  readonly url: string;
  /** Connection url of a login that is no superuser, owns nothing and reads what `catalog_ops` and `catalog_analyst` may. */
  openReader(): Promise<string>;
  /** Says that this caller is done. The last one stops the server. Idempotent. */
  release(): Promise<void>;
}

export interface EmbeddedPostgresOptions {
  /** A folder of the project, such as `<project>/.catalog-sync/postgres`; made when missing. */
  readonly dataRoot: string;
  readonly log: Logger;
  /** Major version; each has data of its own. Default: the bundled one, unless there is only data of another. */
  readonly version?: PostgresVersion;
  /** Where the port comes from; default: one that is free on loopback. */
  readonly pickPort?: () => Promise<number>;
}

/** What one `open` works with, besides its options. */
interface Site {
  readonly version: PostgresVersion;
  readonly user: RunUser;
  /** Password, lock and users: ours, also when the server lives elsewhere. */
  readonly stateFolder: string;
  readonly users: PresenceFolder;
}

/** A first start takes seconds; at half of it a slow disk with a recovery before it might not make it. */
const lockTimeoutMs = 180_000;

function prepareSite(options: EmbeddedPostgresOptions): Site {
  const version = options.version ?? bundledVersion;
  const user = findRunUser();
  const dataRoot = resolve(options.dataRoot);
  const stateFolder = join(dataRoot, `postgres-${version}`);
  mkdirSync(dataRoot, { recursive: true, mode: user ? 0o711 : 0o700 });
  ensureOwnFolder(stateFolder, user);
  if (options.version === undefined) refuseOtherVersions(dataRoot, version);
  return { version, user, stateFolder, users: new PresenceFolder(join(stateFolder, 'users')) };
}

async function prepareServer(options: EmbeddedPostgresOptions, site: Site) {
  const { user, version } = site;
  const place = await chooseServerPlace(site.stateFolder, user);
  if (place.isRelocated) {
    options.log.info({ folder: place.folder, user: user?.name }, 'local postgres lives outside the project');
  }
  const binaries = await placeBinaries(locateBinaries(version), place.folder, user);
  const server: ServerOptions = {
    binaries,
    home: place.home,
    data: dataFolder(place.home),
    user,
    log: options.log,
    ...(options.pickPort && { pickPort: options.pickPort }),
  };
  if (place.isRelocated && !hasPassword(site.stateFolder) && hasData(place.home)) {
    await stopServer(server);
    setAside(place, user, options.log);
  }
  const password = readOrMakePassword(site.stateFolder, hasData(place.home));
  await ensureData({ ...server, version, password });
  return { server, password };
}

async function openLocked(options: EmbeddedPostgresOptions, site: Site) {
  const { server, password } = await prepareServer(options, site);
  const hasUsers = () => site.users.list().length > 0;
  try {
    const running = await findRunningServer(server, password, hasUsers);
    const port = running ?? (await startServer(server));
    await ensureDatabase(port, password);
    options.log.debug({ port, shared: running !== null }, 'local postgres ready');
    const url = connectionUrl(port, password);
    return { server, port, password, url, mark: site.users.enter('user') };
  } catch (error) {
    if (!hasUsers()) await stopServer(server);
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
 * It listens on a free port of 127.0.0.1, the same as before if that is free, with a random password (scram), which is kept in `dataRoot` (0600).
 * As root it runs as the user `postgres` or `nobody`. Where that user can't reach the project (a 0700 home),
 * data and a copy of the binaries are in `/var/tmp/catalog-sync-<hash of the path>` instead, which is logged.
 *
 * @throws AppError LOCAL_POSTGRES_UNAVAILABLE no binaries for this platform, or they don't run here
 * @throws AppError LOCAL_POSTGRES_DATA_UNUSABLE the data is another user's
 * @throws AppError LOCAL_POSTGRES_OTHER_VERSION the data is of another major version
 * @throws AppError LOCAL_POSTGRES_START_FAILED initdb or the server gave up; the message quotes why
 * @throws AppError LOCAL_POSTGRES_BUSY another process holds the lock for minutes
 */
export async function openEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  try {
    const site = prepareSite(options);
    const lockFolder = join(site.stateFolder, 'lock');
    const opened = await withLock(lockFolder, lockTimeoutMs, () => openLocked(options, site));
    const release = () =>
      withLock(lockFolder, lockTimeoutMs, async () => {
        site.users.leave(opened.mark);
        if (site.users.list().length === 0) await stopServer(opened.server);
      });
    const openReader = () =>
      withLock(lockFolder, lockTimeoutMs, () =>
        ensureReader(opened.port, {
          own: opened.password,
          reader: readOrMakeReaderPassword(site.stateFolder),
        }),
      );
    let released: Promise<void> | undefined;
    return { url: opened.url, openReader, release: () => (released ??= release()) };
  } catch (error) {
    throw explainFileError(error, options.dataRoot);
  }
}
