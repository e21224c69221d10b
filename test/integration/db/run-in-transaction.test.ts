import { afterAll, beforeAll, expect, it } from 'vitest';
import { createLogger } from '../../../src/core/log.ts';
import { toDatabaseError } from '../../../src/db/database-error.ts';
import { createPool } from '../../../src/db/pool.ts';
import { runInTransaction } from '../../../src/db/run-in-transaction.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { done, errorOf, opened, ready, withServer } from '../../support/postgres-protocol.ts';
import { until } from '../../support/until.ts';
import { openWeakLink } from '../../support/weak-link.ts';

let db: TestDatabase;
beforeAll(async () => {
  db = await createTestDatabase({ migrated: false });
  await db.pool.query('CREATE TABLE account (id int PRIMARY KEY, amount int NOT NULL)');
  await db.pool.query('INSERT INTO account VALUES (1, 0), (2, 0), (3, 0)');
});
afterAll(() => db.drop());

const readAmounts = async () =>
  (await db.pool.query<{ amount: number }>('SELECT amount FROM account ORDER BY id')).rows.map(
    (row) => row.amount,
  );

it('runs the work again after a deadlock, and both sides succeed', async () => {
  let attempts = 0;
  let arrived = 0;
  const add = (first: number, second: number) =>
    runInTransaction(db.pool, async (client) => {
      attempts += 1;
      await client.query('UPDATE account SET amount = amount + 1 WHERE id = $1', [first]);
      arrived += 1;
      await until(() => arrived >= 2);
      await client.query('UPDATE account SET amount = amount + 1 WHERE id = $1', [second]);
    });
  await Promise.all([add(1, 2), add(2, 1)]);
  expect(await readAmounts()).toEqual([2, 2, 0]);
  expect(attempts).toBe(3);
});

it('undoes all of the work when it fails, and does not run it again', async () => {
  let attempts = 0;
  const failing = runInTransaction(db.pool, async (client) => {
    attempts += 1;
    await client.query('UPDATE account SET amount = 9 WHERE id = 3');
    throw new Error('no');
  });
  await expect(failing).rejects.toThrow('no');
  expect(attempts).toBe(1);
  expect((await readAmounts())[2]).toBe(0);
});

it('gives up on a conflict that lasts', async () => {
  let attempts = 0;
  const failing = runInTransaction(db.pool, async (client) => {
    attempts += 1;
    await client.query(`DO $$ BEGIN RAISE EXCEPTION 'again' USING ERRCODE = '40001'; END $$`);
  });
  await expect(failing).rejects.toThrow('again');
  expect(attempts).toBe(5);
});

it('is ended by Postgres when its process falls silent, so that others get its locks', async () => {
  const silent = runInTransaction(db.pool, async (client) => {
    const { rows } = await client.query<{ idle_in_transaction_session_timeout: string }>(
      'SHOW idle_in_transaction_session_timeout',
    );
    expect(rows[0]?.idle_in_transaction_session_timeout).toBe('10min');
    await client.query('SET LOCAL idle_in_transaction_session_timeout = 50');
    await client.query('UPDATE account SET amount = 7 WHERE id = 3');
    await db.pool.query('UPDATE account SET amount = 8 WHERE id = 3');
    await client.query('UPDATE account SET amount = 9 WHERE id = 3');
  });
  expect(toDatabaseError(await silent.catch((error: unknown) => error))).toMatchObject({
    code: 'DATABASE_UNREACHABLE',
  });
  expect((await readAmounts())[2]).toBe(8);
});

it('fails at once by what its work fails by, also where Postgres does not answer any more', async () => {
  const link = await openWeakLink(db.url);
  const log = createLogger({ level: 'silent', pretty: false });
  const pool = createPool({ connectionString: link.url, max: 1, log });
  let failure: unknown;
  try {
    runInTransaction(pool, async () => {
      link.stall();
      throw new Error('the work is over');
    }).catch((error: unknown) => (failure = error));
    await until(() => failure, { timeoutMs: 10_000 });
    expect(failure).toEqual(new Error('the work is over'));
  } finally {
    await link.close();
    await pool.end();
  }
});

it('that Postgres refuses is taken back before it fails, so that its locks do not wait for the end of the connection', async () => {
  const asked: string[] = [];
  await withServer(
    (socket) => {
      socket.once('data', () => {
        socket.write(opened);
        socket.on('data', (data) => {
          asked.push(data.toString('latin1'));
          const isRefused = asked.length === 2;
          socket.write(isRefused ? Buffer.concat([errorOf('ERROR', '22012', 'by zero'), ready]) : done);
        });
      });
    },
    async (connectionString) => {
      const log = createLogger({ level: 'silent', pretty: false });
      const pool = createPool({ connectionString, max: 1, log });
      try {
        const failing = runInTransaction(pool, (client) => client.query('SELECT 1 / 0'));
        await expect(failing).rejects.toThrow('by zero');
        const words = ['BEGIN', 'SELECT', 'ROLLBACK'];
        expect(asked.slice(0, 3)).toEqual(words.map((word) => expect.stringContaining(word) as string));
      } finally {
        await pool.end();
      }
    },
  );
});

it('begins no work where there is no transaction', () =>
  withServer(
    (socket) => {
      socket.once('data', () => {
        socket.write(opened);
        socket.on('data', () => socket.write(Buffer.concat([errorOf('ERROR', '53200', 'no memory'), ready])));
      });
    },
    async (connectionString) => {
      const log = createLogger({ level: 'silent', pretty: false });
      const pool = createPool({ connectionString, max: 1, log });
      let isBegun = false;
      try {
        const work = async () => void (isBegun = true);
        await expect(runInTransaction(pool, work)).rejects.toThrow('no memory');
        expect(isBegun).toBe(false);
      } finally {
        await pool.end();
      }
    },
  ));
