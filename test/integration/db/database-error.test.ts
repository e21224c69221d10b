import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { DrizzleQueryError } from 'drizzle-orm';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AppError } from '../../../src/core/errors.ts';
import {
  classifyDatabaseErrors,
  isDatabaseOutage,
  isMissingPartition,
  isTransactionConflict,
  toDatabaseError,
  toNamedError,
} from '../../../src/db/database-error.ts';
import { openWeakLink } from '../../support/weak-link.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';

let db: TestDatabase;
beforeAll(async () => {
  db = await createTestDatabase();
});
afterAll(() => db.drop());

async function failureOf(work: () => Promise<unknown>): Promise<unknown> {
  try {
    await work();
  } catch (error) {
    return error;
  }
  throw new Error('it did not fail');
}

const raise = (state: string) =>
  failureOf(() => db.pool.query(`DO $$ BEGIN RAISE EXCEPTION 'no' USING ERRCODE = '${state}'; END $$`));

it.each([
  ['08006', 'DATABASE_UNREACHABLE', 'retry'],
  ['57P01', 'DATABASE_UNREACHABLE', 'retry'],
  ['57P03', 'DATABASE_UNREACHABLE', 'retry'],
  ['25006', 'DATABASE_READ_ONLY', 'retry'],
  ['25P03', 'DATABASE_UNREACHABLE', 'retry'],
  ['40001', 'DATABASE_BUSY', 'retry'],
  ['40P01', 'DATABASE_BUSY', 'retry'],
  ['55P03', 'DATABASE_LOCKED', 'retry'],
  ['53100', 'DATABASE_DISK_FULL', 'retry'],
  ['58030', 'DATABASE_DAMAGED', 'retry'],
  ['XX001', 'DATABASE_DAMAGED', 'retry'],
  ['XX000', 'DATABASE_REJECTED', 'fail'],
  ['53300', 'DATABASE_FULL', 'retry'],
  ['28P01', 'DATABASE_REFUSED', 'halt'],
  ['42501', 'DATABASE_REFUSED', 'halt'],
  ['42P01', 'DATABASE_NOT_MIGRATED', 'halt'],
  ['22003', 'DATABASE_REJECTED', 'fail'],
  ['23505', 'DATABASE_REJECTED', 'fail'],
])('reads SQLSTATE %s as %s', async (state, code, recovery) => {
  const error = toDatabaseError(await raise(state));
  expect(error).toMatchObject({ code, recovery, facts: { databaseCode: state } });
  expect(isDatabaseOutage(error)).toBe(recovery === 'retry');
});

it('a login that was let in and lacks a privilege is not called refused', async () => {
  const refused = toDatabaseError(await raise('28P01'));
  expect(refused).toMatchObject({ message: 'the database refused the login' });
  const denied = toDatabaseError(await raise('42501'));
  expect(denied).toMatchObject({ message: 'the login lacks a privilege that the statement needs' });
});

describe('a server that is not there', () => {
  it.each([
    ['postgres://127.0.0.1:1/x', /^the database does not answer at 127\.0\.0\.1, port 1$/],
    ['postgres://localhost:1/x', /^the database does not answer at (127\.0\.0\.1|::1), port 1$/],
    ['postgres://no-such-host.invalid/x', /^the database does not answer at no-such-host\.invalid$/],
  ])('is unreachable, with its place: %s', async (connectionString, message) => {
    const client = new pg.Client({ connectionString });
    const error = await failureOf(() => client.connect());
    expect(toDatabaseError(error)).toMatchObject({
      code: 'DATABASE_UNREACHABLE',
      message: expect.stringMatching(message) as string,
    });
  });

  it('is unreachable when it ends the session under a query', async () => {
    const client = new pg.Client({ connectionString: db.url });
    client.on('error', () => undefined);
    await client.connect();
    const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
    const sleeping = failureOf(() => client.query('SELECT pg_sleep(60)'));
    await db.pool.query('SELECT pg_terminate_backend($1)', [rows[0]?.pid]);
    expect(toDatabaseError(await sleeping)).toMatchObject({ code: 'DATABASE_UNREACHABLE' });
    // The connection is known to be broken now.
    expect(toDatabaseError(await failureOf(() => client.query('SELECT 1')))).toMatchObject({
      code: 'DATABASE_UNREACHABLE',
    });
  });
});

describe('a server that accepts connections and says nothing', () => {
  it('is unreachable for a pool and for a connection of its own', async () => {
    const link = await openWeakLink(db.url);
    link.stall();
    const settings = { connectionString: link.url, connectionTimeoutMillis: 200 };
    const pool = new pg.Pool(settings);
    const client = new pg.Client(settings);
    const errors = [await failureOf(() => pool.query('SELECT 1')), await failureOf(() => client.connect())];
    await link.close();
    expect(errors.map(toDatabaseError)).toMatchObject([
      { code: 'DATABASE_UNREACHABLE' },
      { code: 'DATABASE_UNREACHABLE' },
    ]);
  });
});

describe('what is no connection', () => {
  it.each([
    ['a missing file', () => readFile('/no/such/file')],
    ['an address that is not here', () => once(createServer().listen(0, '192.0.2.1'), 'listening')],
  ])('%s is no error of the database', async (_, work) => {
    const error = await failureOf(work);
    expect(toDatabaseError(error)).toBe(error);
    expect(toNamedError(error).code).toMatch(/^SYSTEM_/);
  });
});

it('shows no parameter of a drizzle query', async () => {
  const cause = await raise('23505');
  const wrapped = new DrizzleQueryError('insert into t values ($1)', ['hunter2'], cause as Error);
  const error = toDatabaseError(wrapped);
  expect(error).toBeInstanceOf(AppError);
  const shown = error instanceof AppError ? [error.message, error.stack, error.facts, error.cause] : [];
  expect(JSON.stringify(shown) + String(error)).not.toContain('hunter2');
  expect(error).toMatchObject({ code: 'DATABASE_REJECTED', cause });
});

it('distinguishes a missing partition from a check that failed', async () => {
  const missing = await failureOf(() =>
    db.pool.query(`INSERT INTO catalog.search_hit VALUES (1, 1, '1990-01-01', 1, 1, 1)`),
  );
  const check = await failureOf(() =>
    db.pool.query(`INSERT INTO catalog.category (category_id, parent_id, path, first_seen_at, call_id)
                   VALUES (1, 1, '1', now(), 1)`),
  );
  expect([isMissingPartition(missing), isMissingPartition(check)]).toEqual([true, false]);
});

it('knows a conflict below a wrapper', async () => {
  const deadlock = await raise('40P01');
  expect(isTransactionConflict(new DrizzleQueryError('q', [], deadlock as Error))).toBe(true);
  expect(isTransactionConflict(await raise('55P03'))).toBe(false);
});

it('lets errors pass that are none of the database', async () => {
  const own = new TypeError('x is not a function');
  expect(await failureOf(() => classifyDatabaseErrors(() => Promise.reject(own)))).toBe(own);
});

it('a pool whose connections are all in use is full', async () => {
  const pool = new pg.Pool({ connectionString: db.url, max: 1 });
  // The database may be dropped while the connection ends; without a listener that would end the process.
  pool.on('error', () => undefined);
  const client = await pool.connect();
  // For those that wait; to open the one that there is may take longer.
  pool.options.connectionTimeoutMillis = 50;
  try {
    const error = toDatabaseError(await failureOf(() => pool.query('SELECT 1')));
    expect(error).toMatchObject({ code: 'DATABASE_FULL', recovery: 'retry' });
  } finally {
    client.release();
    await pool.end();
  }
});
