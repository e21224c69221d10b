import { randomBytes } from 'node:crypto';
import { closeSync, existsSync, fchownSync, openSync, readFileSync, readdirSync } from 'node:fs';
import { renameSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { AppError } from '../core/errors.ts';
import type { PostgresVersion } from './binaries.ts';
import { localErrors } from './errors.ts';
import { runProgram } from './run-program.ts';
import type { RunUser } from './run-user.ts';

export interface DataOptions {
  readonly binaries: string;
  readonly home: string;
  readonly data: string;
  readonly user: RunUser;
  readonly version: PostgresVersion;
  readonly password: string;
}

/** The superuser of the local server. */
export const superuser = 'postgres';

/** The login of queries that people give: owns nothing, and reads what the groups of readers may. */
export const reader = 'catalog_sync_reader';

/** The groups of readers. The migrations give them their rights, and make those that are missing. */
export const readerGroups = ['catalog_analyst', 'catalog_ops'] as const;

const passwordFile = (stateFolder: string) => join(stateFolder, 'password');

/** Whether this project has made a password, and so maybe data, before. */
export function hasPassword(stateFolder: string): boolean {
  return existsSync(passwordFile(stateFolder));
}

/**
 * The password of the local server: made once, kept in a file that only its owner can read.
 *
 * @throws AppError LOCAL_POSTGRES_DATA_UNUSABLE when there is data and its password is lost
 */
export function readOrMakePassword(stateFolder: string, isDataPresent: boolean): string {
  const file = passwordFile(stateFolder);
  if (hasPassword(stateFolder)) return readFileSync(file, 'utf8').trim();
  if (isDataPresent) {
    throw new AppError(
      localErrors.LOCAL_POSTGRES_DATA_UNUSABLE,
      'the local Postgres has data, but the file with its password is gone',
      { facts: { file, folder: stateFolder } },
    );
  }
  return makePassword(file);
}

function makePassword(file: string): string {
  const password = randomBytes(24).toString('hex');
  writeFileSync(`${file}.new`, `${password}\n`, { mode: 0o600 });
  renameSync(`${file}.new`, file);
  return password;
}

/** The password of the login that only reads, kept beside the other one; made anew when it is lost or damaged. */
export function readOrMakeReaderPassword(stateFolder: string): string {
  const file = join(stateFolder, 'reader-password');
  const kept = existsSync(file) ? readFileSync(file, 'utf8').trim() : '';
  return /^[0-9a-f]{48}$/.test(kept) ? kept : makePassword(file);
}

function otherVersionError(found: string, version: PostgresVersion, folder: string): AppError {
  return new AppError(
    localErrors.LOCAL_POSTGRES_OTHER_VERSION,
    `the local data is of Postgres ${found}, not ${version}`,
    { facts: { folder } },
  );
}

/**
 * Data of one major version is unreadable for another. Without this check an upgrade of the program would begin with an
 * empty database beside the old one, and ask for everything again.
 *
 * @param dataRoot holds one `postgres-<major version>` for each version that was used
 * @throws AppError LOCAL_POSTGRES_OTHER_VERSION when there is data of other versions only
 */
export function refuseOtherVersions(dataRoot: string, version: PostgresVersion): void {
  const used = readdirSync(dataRoot).flatMap((name) => {
    const found = /^postgres-(\d+)$/.exec(name)?.[1];
    return found !== undefined && hasPassword(join(dataRoot, name)) ? [found] : [];
  });
  const newest = used.toSorted((a, b) => Number(b) - Number(a))[0];
  if (newest === undefined || used.includes(String(version))) return;
  throw otherVersionError(newest, version, join(dataRoot, `postgres-${newest}`));
}

/**
 * Byte order and full Unicode classes, equal on every machine. Without lc-ctype, trigrams of Chinese text are
 * empty. Postgres 15 has no provider `builtin`; macOS is sure to have only the named locale.
 */
function localeArguments(version: PostgresVersion): string[] {
  const ctype = `--lc-ctype=${process.platform === 'darwin' ? 'en_US.UTF-8' : 'C.UTF-8'}`;
  if (version === 15) return ['--locale=C', ctype];
  return ['--locale-provider=builtin', '--builtin-locale=C.UTF-8', ctype];
}

/** Exclusive creation does not follow a link that the server's user may have put there. */
function writePasswordFor(user: RunUser, file: string, password: string): void {
  const descriptor = openSync(file, 'wx', 0o600);
  try {
    writeSync(descriptor, `${password}\n`);
    if (user) fchownSync(descriptor, user.uid, user.gid);
  } finally {
    closeSync(descriptor);
  }
}

/** What an initdb that was killed has left, or is still writing: removal is tried again then. */
function removeUnfinished(home: string): void {
  for (const name of readdirSync(home)) {
    if (name.startsWith('init-')) rmSync(join(home, name), { recursive: true, force: true, maxRetries: 10 });
  }
}

/**
 * Makes the data folder when it is missing. initdb works under another name, and the rename comes after it: a
 * data folder is whole or absent, whenever the process dies.
 *
 * @throws AppError LOCAL_POSTGRES_OTHER_VERSION when the data is of another major version
 * @throws AppError LOCAL_POSTGRES_START_FAILED with initdb's words
 */
export async function ensureData(options: DataOptions): Promise<void> {
  const { data, home, user, version } = options;
  if (existsSync(data)) {
    const found = readFileSync(join(data, 'PG_VERSION'), 'utf8').trim();
    if (found === String(version)) return;
    throw otherVersionError(found, version, data);
  }
  removeUnfinished(home);
  const unfinished = join(home, `init-${randomBytes(6).toString('hex')}`);
  const handover = `${unfinished}.password`;
  writePasswordFor(user, handover, options.password);
  const result = await runProgram(
    join(options.binaries, 'bin', 'initdb'),
    [
      `--pgdata=${unfinished}`,
      `--username=${superuser}`,
      `--pwfile=${handover}`,
      '--auth=scram-sha-256',
      '--encoding=UTF8',
      ...localeArguments(version),
    ],
    { user },
  );
  rmSync(handover, { force: true });
  if (result.code !== 0) {
    throw new AppError(
      localErrors.LOCAL_POSTGRES_START_FAILED,
      `a new local database could not be created: ${result.output.split('\n').slice(-3).join(' ')}`,
      { facts: { folder: unfinished } },
    );
  }
  renameSync(unfinished, data);
}
