import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** The programs of Postgres for backups, as a machine has them installed. */
export interface PostgresPrograms {
  readonly folder: string;
  readonly version: number;
}

/** Where Debian puts the programs of each version; those on PATH choose between them. */
const debianFolder = '/usr/lib/postgresql';
const needed = ['pg_dump', 'pg_restore', 'createdb', 'dropdb', 'psql'];

function readVersion(folder: string): number | null {
  try {
    const shown = execFileSync(join(folder, 'pg_dump'), ['--version'], { encoding: 'utf8' });
    return Number(/\) (\d+)/.exec(shown)?.[1] ?? NaN) || null;
  } catch {
    return null;
  }
}

/**
 * The newest ones of this machine, or null. `pg_dump` refuses servers that are newer than itself, and
 * `pg_restore` of another version than the server's may send what that does not know.
 *
 * @param path as in PATH
 */
export function findPostgresPrograms(path: string): PostgresPrograms | null {
  const versioned = existsSync(debianFolder) ? readdirSync(debianFolder) : [];
  const folders = [...versioned.map((name) => join(debianFolder, name, 'bin')), ...path.split(delimiter)];
  const found = folders
    .filter((folder) => needed.every((name) => existsSync(join(folder, name))))
    .flatMap((folder) => {
      const version = readVersion(folder);
      return version === null ? [] : [{ folder, version }];
    });
  return found.toSorted((a, b) => b.version - a.version)[0] ?? null;
}
