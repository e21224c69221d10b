import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createLogger } from '../../../../src/core/log.ts';
import { migrate } from '../../../../src/db/migrate.ts';
import { checkCompilation } from '../../../../src/health/doctor/check-compilation.ts';
import { createTestDatabase, type TestDatabase } from '../../../support/database.ts';

let db: TestDatabase;
beforeAll(async () => {
  db = await createTestDatabase({ migrated: false });
  await migrate({ connectionString: db.url, log: createLogger({ level: 'silent', pretty: false }) });
});
afterAll(() => db.drop());

/** With a connection of its own: settings of a database hold for those that are opened later. */
async function connected<T>(work: (pool: pg.Pool) => Promise<T>): Promise<T> {
  const pool = new pg.Pool({ connectionString: db.url, max: 1 });
  // The database may be dropped while the connection ends; without a listener that would end the process.
  pool.on('error', () => undefined);
  try {
    return await work(pool);
  } finally {
    await pool.end();
  }
}

test('a migrated database does not compile queries, and doctor has nothing to say', async () => {
  await connected(async (pool) => {
    expect((await pool.query('SHOW jit')).rows).toEqual([{ jit: 'off' }]);
    expect(await checkCompilation(pool)).toEqual([]);
  });
});

test('where that is not set, as after a restore, doctor says how to, if Postgres can compile at all', async () => {
  await db.pool.query(
    `DO $$ BEGIN EXECUTE format('ALTER DATABASE %I RESET jit', current_database()); END $$`,
  );
  await connected(async (pool) => {
    const { rows } = await pool.query<{ can: boolean }>('SELECT pg_jit_available() AS can');
    const remedy = expect.stringMatching(/^Run .*: ALTER DATABASE \w+ SET jit = off$/) as string;
    const warning = expect.objectContaining({ status: 'warn', name: 'jit', advice: remedy }) as unknown;
    expect(await checkCompilation(pool)).toEqual(rows[0]?.can ? [warning] : []);
  });
});
