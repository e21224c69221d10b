import { countOf } from '../../core/count-of.ts';
import { AppError } from '../../core/errors.ts';
import { databaseErrors } from '../errors.ts';
import { beforeBaseline, type AppliedMigration } from './applied-migrations.ts';
import type { Migration } from './read-migrations.ts';

/**
 * The migrations that the database lacks, in order.
 *
 * @throws AppError DATABASE_BEFORE_BASELINE, DATABASE_MIGRATION_EDITED, DATABASE_MIGRATION_OUT_OF_ORDER or DATABASE_NEWER
 */
export function pickPending(files: readonly Migration[], applied: readonly AppliedMigration[]): Migration[] {
  const appliedAt = new Map(applied.map((row) => [row.createdAtMs, row.hash]));
  const baseline = Math.min(...files.map(({ createdAtMs }) => createdAtMs));
  const older = applied.filter(({ createdAtMs }) => createdAtMs < baseline).length;
  if (older > 0) throw beforeBaseline(`it has ${countOf(older, 'migration')} from before our first one`);
  const newest = Math.max(...appliedAt.keys(), 0);
  const pending: Migration[] = [];
  for (const file of files) {
    const hash = appliedAt.get(file.createdAtMs);
    appliedAt.delete(file.createdAtMs);
    if (hash === undefined) pending.push(file);
    else if (hash !== file.hash) {
      throw new AppError(
        databaseErrors.DATABASE_MIGRATION_EDITED,
        `migration ${file.name} differs from the one that this database was migrated with; nothing was changed`,
        { facts: { migration: file.name } },
      );
    }
  }
  if (appliedAt.size > 0) {
    throw new AppError(
      databaseErrors.DATABASE_NEWER,
      `this database has ${countOf(appliedAt.size, 'migration')} that this version does not know; nothing was changed`,
      { facts: { unknownMigrations: appliedAt.size } },
    );
  }
  const late = pending.find((file) => file.createdAtMs <= newest);
  if (late) {
    throw new AppError(
      databaseErrors.DATABASE_MIGRATION_OUT_OF_ORDER,
      `migration ${late.name} is older than one that this database already has; nothing was changed`,
      { facts: { migration: late.name } },
    );
  }
  return pending;
}
