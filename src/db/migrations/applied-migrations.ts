import type { ClientBase, Pool } from 'pg';
import { AppError } from '../../core/errors.ts';
import { databaseErrors } from '../errors.ts';

/** A row of drizzle's own bookkeeping. */
export interface AppliedMigration {
  readonly hash: string;
  readonly createdAtMs: number;
}

const ownSchemas = ['catalog', 'sync', 'usage', 'raw', 'analytics', 'bullmq'];

/** The error of a database that no migration of this line can bring up to date. */
export function beforeBaseline(found: string): AppError {
  return new AppError(
    databaseErrors.DATABASE_BEFORE_BASELINE,
    `this database is of a version from before the first release (${found}); nothing was changed`,
  );
}

/**
 * What drizzle has booked as applied; changes nothing, and needs no table.
 *
 * @throws AppError DATABASE_BEFORE_BASELINE when there are schemas of ours, and nothing is booked
 */
export async function readApplied(db: ClientBase | Pool): Promise<AppliedMigration[]> {
  const { rows: found } = await db.query(
    "SELECT FROM to_regclass('drizzle.__drizzle_migrations') AS t WHERE t IS NOT NULL",
  );
  if (found.length > 0) {
    const { rows } = await db.query<{ hash: string; created_at: string }>(
      'SELECT hash, created_at FROM drizzle.__drizzle_migrations',
    );
    if (rows.length > 0) return rows.map((row) => ({ hash: row.hash, createdAtMs: Number(row.created_at) }));
  }
  const { rows: schemas } = await db.query<{ name: string }>(
    'SELECT nspname AS name FROM pg_namespace WHERE nspname = ANY ($1) ORDER BY 1',
    [ownSchemas],
  );
  if (schemas.length === 0) return [];
  const names = schemas.map(({ name }) => name).join(', ');
  throw beforeBaseline(`it has schemas that no migration created: ${names}`);
}
