import { readFileSync } from 'node:fs';
import { AppError } from '../core/errors.ts';
import { localErrors } from './errors.ts';

/** The user that Postgres runs as when we are root; null when it runs as ourselves. */
export type RunUser = { readonly name: string; readonly uid: number; readonly gid: number } | null;

/**
 * Postgres refuses to run as root, so root lends it the account `postgres`, else `nobody`. No user is created.
 *
 * @throws AppError LOCAL_POSTGRES_UNAVAILABLE as root on a machine with neither
 */
export function findRunUser(accountsFile = '/etc/passwd'): RunUser {
  if (process.getuid?.() !== 0) return null;
  const accounts = readFileSync(accountsFile, 'utf8')
    .split('\n')
    .map((line) => line.split(':'));
  for (const name of ['postgres', 'nobody']) {
    const account = accounts.find((fields) => fields[0] === name);
    if (account && account[2] !== '0') return { name, uid: Number(account[2]), gid: Number(account[3]) };
  }
  throw new AppError(
    localErrors.LOCAL_POSTGRES_UNAVAILABLE,
    'Postgres does not run as root, and there is neither a user postgres nor a user nobody to run it',
  );
}
