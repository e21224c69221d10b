import { createHash, randomBytes } from 'node:crypto';
import { chmodSync, existsSync, lchownSync, lstatSync, mkdirSync, realpathSync, renameSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AppError } from '../core/errors.ts';
import type { Logger } from '../core/log.ts';
import { isShellSafe } from './binaries.ts';
import { localErrors } from './errors.ts';
import { runProgram } from './run-program.ts';
import type { RunUser } from './run-user.ts';

/** Where the server's own files are. */
export interface ServerPlace {
  /** Ours; the server's user may pass through, and read what is meant for it (copied binaries). */
  readonly folder: string;
  /** Inside `folder`, 0700, owned by the server's user: its data and its log. */
  readonly home: string;
  /** True when the place is not in the project. */
  readonly isRelocated: boolean;
}

/** Exists across reboots on every Unix, while `/tmp` is often emptied at boot. */
const persistentTemporaryFolder = '/var/tmp';

/** The place outside the project that belongs to a state folder; it need not exist. */
export function relocatedFolder(stateFolder: string): string {
  const base = existsSync(persistentTemporaryFolder) ? persistentTemporaryFolder : tmpdir();
  const hash = createHash('sha256').update(realpathSync(stateFolder)).digest('hex').slice(0, 16);
  return join(base, `catalog-sync-${hash}`);
}

/** Creates the folder, or checks that nobody else made it: the parent may be open to everyone. */
function ownFolder(folder: string, uid: number | undefined, mode: number): void {
  try {
    mkdirSync(folder, { mode: 0o700 });
    // Not by mkdir, whose mode the umask cuts.
    chmodSync(folder, mode);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  // Ours, but meant for another: just made, now or by a process that was killed before it came here.
  if (uid !== undefined && lstatSync(folder).uid === process.getuid?.()) lchownSync(folder, uid, -1);
  const found = lstatSync(folder);
  const isOurs = found.isDirectory() && (uid === undefined || found.uid === uid) && !(found.mode & 0o022);
  if (isOurs) return;
  throw new AppError(
    localErrors.LOCAL_POSTGRES_DATA_UNUSABLE,
    `${folder} belongs to another user or can be written by others`,
    { facts: { folder, owner: found.uid, expectedOwner: uid ?? null } },
  );
}

/**
 * Makes a folder that only we can write, and that the server's user can pass through.
 *
 * @throws AppError LOCAL_POSTGRES_DATA_UNUSABLE when it exists and is not like that
 */
export function ensureOwnFolder(folder: string, user: RunUser): void {
  ownFolder(folder, process.getuid?.(), user ? 0o711 : 0o700);
}

function ensureHome(home: string, user: RunUser): void {
  ownFolder(home, user?.uid ?? process.getuid?.(), 0o700);
}

function preparePlace(folder: string, user: RunUser, isRelocated: boolean): ServerPlace {
  const home = join(folder, 'server');
  ensureOwnFolder(folder, user);
  ensureHome(home, user);
  return { folder, home, isRelocated };
}

async function isUsable(place: ServerPlace, user: RunUser): Promise<boolean> {
  if (!isShellSafe(place.home)) return false;
  const test = await runProgram('/bin/sh', ['-c', 'cd "$1" && test -w .', 'sh', place.home], { user });
  return test.code === 0;
}

/** The data folder in a home. It only gets this name when initdb has completed. */
export function dataFolder(home: string): string {
  return join(home, 'data');
}

/** Whether finished data is in this home. */
export function hasData(home: string): boolean {
  return existsSync(dataFolder(home));
}

/**
 * Chooses where the server lives: `stateFolder` in the project, when the server's user can get there. Root's
 * server runs as another user, which can't enter a 0700 home; then it is
 * `/var/tmp/catalog-sync-<hash of the project's path>`, closed to everyone but root and that user. Permissions
 * of existing folders are never changed. Data that exists decides: it is never left behind for an empty place.
 *
 * @throws AppError LOCAL_POSTGRES_DATA_UNUSABLE when the data is out of reach or a folder is somebody else's
 */
export async function chooseServerPlace(stateFolder: string, user: RunUser): Promise<ServerPlace> {
  const inProject = preparePlace(stateFolder, user, false);
  if (await isUsable(inProject, user)) return inProject;
  if (hasData(inProject.home)) {
    throw new AppError(
      localErrors.LOCAL_POSTGRES_DATA_UNUSABLE,
      `the user ${user?.name ?? 'that runs this'} can no longer reach ${inProject.home}`,
      { facts: { folder: inProject.home } },
    );
  }
  const relocated = preparePlace(relocatedFolder(stateFolder), user, true);
  if (await isUsable(relocated, user)) return relocated;
  throw new AppError(
    localErrors.LOCAL_POSTGRES_UNAVAILABLE,
    `the user ${user?.name ?? 'that runs this'} can reach neither ${inProject.home} nor ${relocated.home}`,
  );
}

/**
 * Gives the place an empty home. For a place outside the project whose project was removed and made again: a
 * fresh project begins with an empty database, and the old data is kept under another name.
 */
export function setAside(place: ServerPlace, user: RunUser, log: Logger): void {
  const folder = `${place.home}-before-${randomBytes(4).toString('hex')}`;
  renameSync(place.home, folder);
  ensureHome(place.home, user);
  log.warn({ folder }, 'local postgres data of a removed project was moved aside');
}
