import { countOf } from '../core/count-of.ts';
import type { Pool } from 'pg';
import { AppError } from '../core/errors.ts';
import { databaseErrors } from './errors.ts';
import { readApplied } from './migrations/applied-migrations.ts';
import { pickPending } from './migrations/pick-pending.ts';
import { findMigrationsFolder, readMigrations } from './migrations/read-migrations.ts';

/**
 * Makes sure that a database has all migrations of this version. Changes nothing. Later ones are no hindrance: they only
 * add, so that a version works on beside the one after it.
 *
 * @throws AppError DATABASE_NOT_MIGRATED, DATABASE_BEFORE_BASELINE, DATABASE_NEWER (by a migration of another line than
 *   ours), DATABASE_MIGRATION_EDITED or DATABASE_MIGRATION_OUT_OF_ORDER
 */
export async function requireMigrated(pool: Pool, folder = findMigrationsFolder()): Promise<void> {
  const files = readMigrations(folder);
  const newest = Math.max(...files.map(({ createdAtMs }) => createdAtMs));
  const applied = await readApplied(pool);
  const pending = pickPending(
    files,
    applied.filter(({ createdAtMs }) => createdAtMs <= newest),
  );
  if (pending.length === 0) return;
  throw new AppError(
    databaseErrors.DATABASE_NOT_MIGRATED,
    `the database lacks ${countOf(pending.length, 'migration')} of this version`,
    { facts: { pendingMigrations: pending.length } },
  );
}
