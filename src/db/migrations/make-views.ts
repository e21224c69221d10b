import pg from 'pg';
import { AppError } from '../../core/errors.ts';
import { databaseErrors } from '../errors.ts';
import type { ViewSet } from './read-migrations.ts';
import { runSql } from '../sql-file.ts';
import { readSql } from '../read-sql.ts';

/** What the files of `migrations/views` have made in a database, as `DROP` takes it; null: none. */
interface MadeAnew {
  readonly views: string | null;
  /** Those of schema `analytics`. Functions that an index needs are elsewhere, and made by migrations. */
  readonly functions: string | null;
  readonly made: number;
}

async function listMade(client: pg.Client): Promise<MadeAnew> {
  const rows = await runSql<MadeAnew>(client, readSql('list-views'));
  return rows[0] ?? { views: null, functions: null, made: 0 };
}

/** True when the database has just the views and functions of these files, so that no reader needs to be disturbed. */
export async function areViewsCurrent(client: pg.Client, set: ViewSet): Promise<boolean> {
  const { rows } = await client.query<{ hash: string; view_count: number }>(
    'SELECT hash, view_count FROM drizzle.view_set',
  );
  const { made } = await listMade(client);
  return rows[0]?.hash === set.hash && rows[0].view_count === made;
}

/**
 * Drops the views of our schemas and the functions of `analytics`, also those that no file makes any more.
 *
 * @throws AppError DATABASE_VIEW_IN_USE when something of another schema depends on one
 */
export async function dropViews(client: pg.Client): Promise<void> {
  const { views, functions } = await listMade(client);
  try {
    // All in one statement: they may be built on one another. Views first, for they may call functions, while the
    // texts of functions hold nothing.
    if (views !== null) await client.query(`DROP VIEW ${views}`);
    if (functions !== null) await client.query(`DROP ROUTINE ${functions}`);
  } catch (error) {
    if (!(error instanceof pg.DatabaseError) || error.code !== '2BP01') throw error;
    throw new AppError(
      databaseErrors.DATABASE_VIEW_IN_USE,
      `views can't be made anew while something else depends on them: ${error.detail ?? error.message}`,
      { cause: error },
    );
  }
}

/** Makes the views and functions in file order and books which ones they are. */
export async function createViews(client: pg.Client, set: ViewSet): Promise<void> {
  for (const sql of set.sql) await client.query(sql);
  const { made } = await listMade(client);
  await client.query('DELETE FROM drizzle.view_set');
  // The column is older than functions.
  await client.query('INSERT INTO drizzle.view_set (hash, view_count) VALUES ($1, $2)', [set.hash, made]);
}
