import pg from 'pg';
import { AppError } from '../../core/errors.ts';
import { loadErrors } from '../errors.ts';
import { readSql } from '../sql-file.ts';
import type { ViewSet } from './read-migrations.ts';

interface OwnViews {
  readonly views: string | null;
  readonly view_count: number;
}

async function listViews(client: pg.Client): Promise<OwnViews> {
  const { rows } = await client.query<OwnViews>(readSql('list-views'));
  return rows[0] ?? { views: null, view_count: 0 };
}

/** True when the database has just the views of these files, so that no reader needs to be disturbed. */
export async function areViewsCurrent(client: pg.Client, set: ViewSet): Promise<boolean> {
  const { rows } = await client.query<{ hash: string; view_count: number }>(
    'SELECT hash, view_count FROM drizzle.view_set',
  );
  const { view_count: found } = await listViews(client);
  return rows[0]?.hash === set.hash && rows[0].view_count === found;
}

/**
 * Drops the views of our schemas, also those that no file makes any more.
 *
 * @throws AppError DATABASE_VIEW_IN_USE when something of another schema depends on one
 */
export async function dropViews(client: pg.Client): Promise<void> {
  const { views } = await listViews(client);
  if (views === null) return;
  try {
    // All in one statement: they may be built on one another.
    await client.query(`DROP VIEW ${views}`);
  } catch (error) {
    if (!(error instanceof pg.DatabaseError) || error.code !== '2BP01') throw error;
    throw new AppError(
      loadErrors.DATABASE_VIEW_IN_USE,
      `views can't be made anew while something else depends on them: ${error.detail ?? error.message}`,
      { cause: error },
    );
  }
}

/** Makes the views in file order and books which ones they are. */
export async function createViews(client: pg.Client, set: ViewSet): Promise<void> {
  for (const sql of set.sql) await client.query(sql);
  const { view_count: made } = await listViews(client);
  await client.query('DELETE FROM drizzle.view_set');
  await client.query('INSERT INTO drizzle.view_set (hash, view_count) VALUES ($1, $2)', [set.hash, made]);
}
