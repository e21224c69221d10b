import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { Logger } from '../../src/core/log.ts';
import { bundledVersion, locateBinaries, placeBinaries } from '../../src/local/binaries.ts';
import { connectionUrl, ensureDatabase } from '../../src/local/connect.ts';
import { until } from '../../test/support/until.ts';
import { findTestPort } from '../../test/support/find-test-port.ts';
import { ensureData } from '../../src/local/init-data.ts';
import { startServer, stopServer, type ServerOptions } from '../../src/local/postgres-server.ts';
import { readPostmaster } from '../../src/local/postmaster.ts';
import { runProgram } from '../../src/local/run-program.ts';
import { findRunUser } from '../../src/local/run-user.ts';
import { chooseServerPlace, dataFolder, ensureOwnFolder } from '../../src/local/server-place.ts';
import { createSmallDisk, type SmallDisk } from './small-disk.ts';

/** How a server goes down: `fast` ends sessions, `immediate` keeps nothing in order, `kill` is SIGKILL. */
export type StopMode = 'fast' | 'immediate' | 'kill';

/** A Postgres of our own, set up as the product does it: durable, on loopback, with a password. */
export interface ChaosPostgres {
  readonly url: string;
  readonly password: string;
  /** Where its data and log are: maybe outside `folder`, where root's server can't reach that. */
  readonly home: string;
  /** What its files lie on; null: a disk that others use too, so that it can't be full. */
  readonly disk: SmallDisk | null;
  /** Stops it and starts it again on the same port. */
  restart(mode: StopMode): Promise<void>;
  /** Starts it if it has ended by itself. */
  ensureStarted(): Promise<void>;
  /** `isKept`: its files stay. */
  stop(isKept?: boolean): Promise<void>;
}

async function bringDown(server: ServerOptions, mode: StopMode): Promise<void> {
  if (mode === 'fast') return stopServer(server);
  const pid = readPostmaster(server.data)?.pid;
  if (pid === undefined) return;
  if (mode === 'kill') {
    process.kill(pid, 'SIGKILL');
    await until(() => readPostmaster(server.data)?.isRunning === false, {
      what: 'the killed Postgres is gone',
    });
  } else {
    await runProgram(join(server.binaries, 'bin/pg_ctl'), ['-w', '-s', '-m', 'immediate', 'stop'], {
      user: server.user,
      env: { PGDATA: server.data },
    });
  }
}

/** Makes a data folder, on a small disk of its own if it is to have one, and starts a server on it. */
export async function startPostgres(
  folder: string,
  log: Logger,
  hasSmallDisk = false,
): Promise<ChaosPostgres> {
  const user = findRunUser();
  ensureOwnFolder(folder, user);
  const disk = hasSmallDisk ? createSmallDisk((await chooseServerPlace(folder, user)).folder) : null;
  const place = await chooseServerPlace(folder, user);
  const binaries = await placeBinaries(locateBinaries(bundledVersion), place.folder, user);
  const password = randomBytes(24).toString('hex');
  const port = await findTestPort();
  const data = dataFolder(place.home);
  const server: ServerOptions = {
    ...{ binaries, home: place.home, data, user, log },
    pickPort: () => Promise.resolve(port),
  };
  await ensureData({ ...server, version: bundledVersion, password });
  await startServer(server);
  await ensureDatabase(port, password);
  return {
    url: connectionUrl(port, password),
    password,
    home: place.folder,
    disk,
    restart: async (mode) => {
      await bringDown(server, mode);
      await startServer(server);
    },
    ensureStarted: async () => {
      if (readPostmaster(data)?.isRunning !== true) await startServer(server);
    },
    stop: async (isKept = false) => {
      await stopServer(server);
      disk?.remove(isKept);
    },
  };
}
