import pg from 'pg';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { findAdvisoryHolder, findReaderLock } from '../../../src/db/lock-holder.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { locksHere } from '../../support/locks.ts';
import { createReaderLogin, type ReaderLogin } from '../../support/reader-login.ts';
import { until } from '../../support/until.ts';

let [db, other]: TestDatabase[] = [];
let reader: ReaderLogin;
const sessions: pg.Client[] = [];

beforeAll(async () => {
  [db, other] = [await createTestDatabase(), await createTestDatabase()];
  reader = await createReaderLogin(db, 'catalog_analyst');
});
afterEach(async () => {
  for (const session of sessions.splice(0)) await session.end();
});
afterAll(async () => {
  await reader.drop();
  await db?.drop();
  await other?.drop();
});

/** A session that has asked for an advisory lock, and may wait for it. */
async function lock(url: string, key: number): Promise<{ pid: number; locked: Promise<unknown> }> {
  const session = new pg.Client({ connectionString: url });
  await session.connect();
  sessions.push(session);
  const { rows } = await session.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
  const locked = session.query('SELECT pg_advisory_lock($1)', [key]);
  return { pid: rows[0]?.pid ?? 0, locked };
}

const findHolder = async (key: number) => (db ? findAdvisoryHolder(db.pool, key) : null);
const find = async () => (db ? findReaderLock(db.pool) : null);

test('the holder of an advisory lock is found by its whole key, in this database', async () => {
  const key = 2 ** 33 + 7;
  const holder = await lock(db?.url ?? '', key);
  const abroad = await lock(other?.url ?? '', 8);
  await Promise.all([holder.locked, abroad.locked]);
  const waiting = await lock(reader.url, key);
  await until(async () => (await db?.pool.query(locksHere('NOT granted')))?.rowCount === 1);
  expect(await findHolder(key)).toMatchObject({ pid: holder.pid });
  for (const free of [7, 2 ** 33, 8]) expect(await findHolder(free)).toBeNull();
  // One of two numbers, which are not the halves of one.
  await sessions[0]?.query('SELECT pg_advisory_lock(0, 9)');
  expect(await findHolder(9)).toBeNull();
  await sessions[0]?.query('SELECT pg_advisory_unlock_all()');
  await waiting.locked;
});

test('a login that may only read is found by the advisory lock that it has', async () => {
  const { pid, locked } = await lock(reader.url, 1);
  await locked;
  expect(await find()).toMatchObject({ pid, user: reader.name });
});

test('a login that may write is none, and neither is one that waits for a lock', async () => {
  const owner = await lock(db?.url ?? '', 2);
  await owner.locked;
  expect(await find()).toBeNull();
  const waiting = await lock(reader.url, 2);
  await until(async () => (await db?.pool.query(locksHere('NOT granted')))?.rowCount === 1);
  expect(await find()).toBeNull();
  await sessions[0]?.query('SELECT pg_advisory_unlock(2)');
  await waiting.locked;
  expect(await find()).toMatchObject({ pid: waiting.pid });
});

test('neither is one in another database, or with a lock of a table', async () => {
  const url = Object.assign(new URL(reader.url), { pathname: new URL(other?.url ?? '').pathname }).href;
  const abroad = await lock(url, 3);
  await abroad.locked;
  const session = new pg.Client({ connectionString: reader.url });
  await session.connect();
  sessions.push(session);
  await session.query('BEGIN; LOCK TABLE catalog.offer IN ACCESS SHARE MODE');
  expect(await find()).toBeNull();
});
