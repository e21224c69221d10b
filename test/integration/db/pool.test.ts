import type { Socket } from 'node:net';
import { Writable } from 'node:stream';
import type { PoolClient } from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createLogger } from '../../../src/core/log.ts';
import { createPool } from '../../../src/db/pool.ts';
import { withConnection } from '../../../src/db/with-connection.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { errorOf, isFarewell, opened, withServer } from '../../support/postgres-protocol.ts';
import { until } from '../../support/until.ts';

let db: TestDatabase;
beforeAll(async () => {
  db = await createTestDatabase({ migrated: false });
});
afterAll(() => db.drop());

const silent = createLogger({ level: 'silent', pretty: false });

/** A log, and the lines that are written to it. */
function keepLog() {
  const lines: string[] = [];
  const stream = new Writable({
    write: (chunk, _encoding, done) => {
      lines.push(String(chunk));
      done();
    },
  });
  return { lines, log: createLogger({ level: 'info', pretty: false, stream }) };
}

it('survives the end of an idle connection, logs it, and continues with a new one', async () => {
  const { lines, log } = keepLog();
  const pool = createPool({ connectionString: db.url, max: 1, log, applicationName: 'to be ended' });
  try {
    await pool.query('SELECT 1');
    await db.pool.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'to be ended'`,
    );
    await until(() => lines.some((line) => line.includes('idle database connection lost')));
    expect((await pool.query('SELECT 2 AS two')).rows).toEqual([{ two: 2 }]);
  } finally {
    await pool.end();
  }
});

it('leaves no listener on a connection that goes back to the pool', async () => {
  const pool = createPool({ connectionString: db.url, max: 1, log: silent });
  try {
    const count = () => withConnection(pool, async (client) => client.listenerCount('error'));
    const listeners = await count();
    expect(await count()).toBe(listeners);
  } finally {
    await pool.end();
  }
});

it('does not lend a connection again that broke, or whose work failed', async () => {
  const pool = createPool({ connectionString: db.url, max: 1, log: silent });
  const readPid = async (client: PoolClient) =>
    (await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid')).rows[0]?.pid;
  try {
    const first = await withConnection(pool, readPid);
    const broken = await withConnection(pool, async (client) => {
      const pid = await readPid(client);
      const isOver = new Promise<void>((resolve) => client.once('end', resolve));
      await db.pool.query('SELECT pg_terminate_backend($1)', [pid]);
      await isOver;
      return pid;
    });
    expect(broken).toBe(first);
    const next = await withConnection(pool, readPid);
    expect(next).not.toBe(broken);
    const failing = withConnection(pool, async () => Promise.reject(new Error('refused')));
    await expect(failing).rejects.toThrow('refused');
    expect(await withConnection(pool, readPid)).not.toBe(next);
  } finally {
    await pool.end();
  }
});

it('a connection that is ended in the packet that opens it ends no process', () =>
  withServer(
    (socket) => {
      const isOver = errorOf('FATAL', '57P01', 'terminating connection');
      socket.once('data', () => socket.end(Buffer.concat([opened, isOver])));
    },
    async (connectionString) => {
      const pool = createPool({ connectionString, max: 1, log: silent });
      try {
        const work = () => withConnection(pool, (client) => client.query('SELECT 1'));
        await expect(work()).rejects.toThrow();
      } finally {
        await pool.end();
      }
    },
  ));

it('of a pool that ends, no connection is lost, whatever the server says', () =>
  withServer(
    (socket) => {
      socket.on('data', (data) => {
        const isOver = errorOf('FATAL', '57P01', 'terminating connection');
        socket.write(isFarewell(data) ? isOver : opened);
      });
    },
    async (connectionString) => {
      const { lines, log } = keepLog();
      const pool = createPool({ connectionString, max: 1, log });
      const errors: unknown[] = [];
      pool.on('error', (error) => errors.push(error));
      await withConnection(pool, async () => undefined);
      await pool.end();
      await until(() => errors.length > 0);
      expect(lines).toEqual([]);
    },
  ));

it.each<[string, object, unknown[]]>([
  ['by itself', {}, ['catalog-sync', '"$user", public', '0']],
  [
    'as it is told',
    { applicationName: 'a page', searchPath: 'usage', lockTimeoutMs: 1_500 },
    ['a page', 'usage', '1500ms'],
  ],
])('names and limits its sessions %s', async (_, told, expected) => {
  const pool = createPool({ connectionString: db.url, max: 1, log: silent, ...told });
  try {
    const settings = ['application_name', 'search_path', 'lock_timeout'].map(
      (name) => `current_setting('${name}')`,
    );
    const { rows } = await pool.query<unknown[]>({ text: `SELECT ${settings.join()}`, rowMode: 'array' });
    expect(rows).toEqual([expected]);
  } finally {
    await pool.end();
  }
});

it('that is cut ends its waits, and those that begin later, also where the server drops whoever would cancel them', async () => {
  const sockets: Socket[] = [];
  const talk = (socket: Socket) => {
    sockets.push(socket);
    socket.once('data', () => {
      socket.write(opened);
      // The first one is left waiting; a later one is dropped as it asks.
      socket.once('data', () => sockets[0] !== socket && socket.destroy());
    });
  };
  await withServer(talk, async (connectionString) => {
    const cut = new AbortController();
    const pool = createPool({ connectionString, max: 1, log: silent, cut: cut.signal });
    try {
      const client = await pool.connect();
      const asked = client.query('SELECT 1').catch((error: unknown) => error);
      cut.abort();
      expect(await asked).toMatchObject({ code: 'ETIMEDOUT' });
      expect(sockets).toHaveLength(2);
      client.release(true);
      await expect(pool.connect()).rejects.toMatchObject({ code: 'ETIMEDOUT' });
    } finally {
      await pool.end();
    }
  });
});

it('that is cut has the server end what waits, so that it keeps no lock', async () => {
  const cut = new AbortController();
  const pool = createPool({ connectionString: db.url, max: 1, log: silent, cut: cut.signal });
  const asleep = `SELECT FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND wait_event = 'PgSleep'`;
  const countAsleep = async () => (await db.pool.query(asleep)).rows.length;
  try {
    const asked = pool.query('SELECT pg_sleep(60)').catch((error: unknown) => error);
    await until(async () => (await countAsleep()) === 1);
    cut.abort();
    expect(await asked).toBeInstanceOf(Error);
    await until(async () => (await countAsleep()) === 0, { timeoutMs: 10_000 });
  } finally {
    await pool.end();
  }
});

it('gives ids and money as text, for a double would change them', async () => {
  const pool = createPool({ connectionString: db.url, max: 1, log: silent });
  try {
    const { rows } = await pool.query(
      'SELECT 9007199254740993::bigint AS id, 0.1000::numeric(14, 4) AS amount',
    );
    expect(rows).toEqual([{ id: '9007199254740993', amount: '0.1000' }]);
  } finally {
    await pool.end();
  }
});
