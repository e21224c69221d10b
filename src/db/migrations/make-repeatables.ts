import type { ClientBase } from 'pg';
import pg from 'pg';
import { AppError } from '../../core/errors.ts';
import { databaseErrors } from '../errors.ts';
import { runSql } from '../sql-file.ts';
import { readSql } from '../read-sql.ts';
import type { Repeatables } from './read-migrations.ts';

/** A function or view as the database has it. */
interface Repeatable {
  readonly kind: 'function' | 'view';
  /** As `DROP` takes it: a function with its arguments. */
  readonly name: string;
  /** MD5 of its definition, hex. */
  readonly definition: string;
  readonly is_of_this_transaction: boolean;
}

/** What was recorded when functions and views were last made. */
export interface RecordedRepeatables {
  /** Of the files they were made from. */
  readonly hash: string;
  /** What changes when a dump is restored, or the server is upgraded: Postgres then spells some definitions otherwise. */
  readonly place: string;
  /** By name. */
  readonly definitions: Readonly<Record<string, string>>;
}

/** In a transaction: how definitions are spelled depends on the search path, which is the same for everyone here. */
async function listRepeatables(client: ClientBase): Promise<Repeatable[]> {
  await client.query('SET LOCAL search_path TO pg_catalog');
  const rows = await runSql<Repeatable>(client, readSql('list-repeatables'));
  await client.query('SET LOCAL search_path TO DEFAULT');
  return rows;
}

/** Null: nothing was ever made in this database. */
export async function readRecorded(client: ClientBase): Promise<RecordedRepeatables | null> {
  const { rows: found } = await client.query(
    `SELECT FROM to_regclass('drizzle.repeatables') AS t WHERE t IS NOT NULL`,
  );
  if (found.length === 0) return null;
  const { rows } = await client.query<RecordedRepeatables>(
    'SELECT hash, place, definitions FROM drizzle.repeatables',
  );
  return rows[0] ?? null;
}

async function readPlace(client: ClientBase): Promise<string> {
  const { rows } = await client.query<{ place: string }>(
    `SELECT current_setting('server_version_num')::int / 10000 || '/' || 'drizzle.repeatables'::regclass::oid AS place`,
  );
  return rows[0]?.place ?? '';
}

/**
 * The functions and views that are not as they were made, each with what happened to it: edited or dropped by hand, or
 * added. After a restore or an upgrade of the server, that is all that can be said.
 */
export async function findStrayed(client: ClientBase, recorded: RecordedRepeatables): Promise<string[]> {
  if (recorded.place !== (await readPlace(client)))
    return ['the database was restored from a dump, or its server upgraded, since they were made'];
  const found = new Map((await listRepeatables(client)).map(({ name, definition }) => [name, definition]));
  const made = Object.entries(recorded.definitions);
  const missing = made.filter(([name]) => !found.has(name)).map(([name]) => `${name} is missing`);
  const edited = made
    .filter(([name, definition]) => (found.get(name) ?? definition) !== definition)
    .map(([name]) => `${name} was changed`);
  const added = [...found.keys()]
    .filter((name) => !(name in recorded.definitions))
    .map((name) => `${name} was added`);
  return [...missing, ...edited, ...added].sort();
}

/** True when the database has just the functions and views of these files, so no lock is needed. */
export async function areRepeatablesCurrent(client: ClientBase, files: Repeatables): Promise<boolean> {
  const recorded = await readRecorded(client);
  return recorded?.hash === files.hash && (await findStrayed(client, recorded)).length === 0;
}

async function drop(client: ClientBase, kind: 'VIEW' | 'ROUTINE', names: readonly string[]): Promise<void> {
  if (names.length === 0) return;
  try {
    // All in one statement: they may be built on one another.
    await client.query(`DROP ${kind} ${names.join(', ')}`);
  } catch (error) {
    if (!(error instanceof pg.DatabaseError) || error.code !== '2BP01') throw error;
    throw new AppError(
      databaseErrors.DATABASE_VIEW_IN_USE,
      `views can't be re-created while other objects depend on them: ${error.detail ?? error.message}`,
      { cause: error },
    );
  }
}

/**
 * Drops the views of our schemas, also those that no file makes any more.
 *
 * @throws AppError DATABASE_VIEW_IN_USE when something of another schema depends on one
 */
export async function dropViews(client: ClientBase): Promise<void> {
  const views = (await listRepeatables(client)).filter(({ kind }) => kind === 'view');
  await drop(
    client,
    'VIEW',
    views.map(({ name }) => name),
  );
}

/**
 * Makes the functions, or puts new ones in their place under the workers that call them. Their texts name tables, views
 * and functions that may be made later: Postgres resolves them when they are called.
 */
export async function makeFunctions(client: ClientBase, { functions }: Repeatables): Promise<void> {
  await client.query('SET LOCAL check_function_bodies = off');
  for (const { sql } of functions) await client.query(sql);
  await client.query('SET LOCAL check_function_bodies = on');
}

/**
 * Makes the functions, then the views in the order of their names, drops the functions that no file makes any more, and
 * records what it made. For a transaction that has dropped the views.
 *
 * @throws AppError DATABASE_VIEW_IN_USE when something of another schema depends on a function to be dropped
 */
export async function makeRepeatables(client: ClientBase, files: Repeatables): Promise<void> {
  await makeFunctions(client, files);
  for (const { sql } of files.views) await client.query(sql);
  const found = await listRepeatables(client);
  const leftOver = found.filter((one) => one.kind === 'function' && !one.is_of_this_transaction);
  await drop(
    client,
    'ROUTINE',
    leftOver.map(({ name }) => name),
  );
  const made = found.filter((one) => !leftOver.includes(one));
  const definitions = Object.fromEntries(made.map(({ name, definition }) => [name, definition]));
  await client.query('DELETE FROM drizzle.repeatables');
  await client.query('INSERT INTO drizzle.repeatables (hash, place, definitions) VALUES ($1, $2, $3)', [
    files.hash,
    await readPlace(client),
    definitions,
  ]);
}
