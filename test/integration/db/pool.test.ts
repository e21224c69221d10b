import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { Writable } from 'node:stream';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createLogger } from '../../../src/core/log.ts';
import { createPool } from '../../../src/db/pool.ts';
import { withConnection } from '../../../src/db/with-connection.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { until } from '../../support/until.ts';

let db: TestDatabase;
beforeAll(async () => {
  db = await createTestDatabase({ migrated: false });
});
afterAll(() => db.drop());

it('survives the end of an idle connection, logs it, and continues with a new one', async () => {
  const lines: string[] = [];
  const stream = new Writable({
    write: (chunk, _encoding, done) => {
      lines.push(String(chunk));
      done();
    },
  });
  const log = createLogger({ level: 'info', pretty: false, stream });
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
  const pool = createPool({
    connectionString: db.url,
    max: 1,
    log: createLogger({ level: 'silent', pretty: false }),
  });
  try {
    const count = () => withConnection(pool, async (client) => client.listenerCount('error'));
    const listeners = await count();
    expect(await count()).toBe(listeners);
  } finally {
    await pool.end();
  }
});

/** A message of the protocol of Postgres. */
function message(type: string, body: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeInt32BE(body.length + 4);
  return Buffer.concat([Buffer.from(type), length, body]);
}

it('a connection that is ended in the packet that opens it ends no process', async () => {
  const isOpen = [message('R', Buffer.alloc(4)), message('Z', Buffer.from('I'))];
  const isOver = message('E', Buffer.from('SFATAL\0C57P01\0Mterminating connection\0\0'));
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', () => socket.end(Buffer.concat([...isOpen, isOver])));
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  const log = createLogger({ level: 'silent', pretty: false });
  const connectionString = `postgres://someone@127.0.0.1:${String(port)}/any?sslmode=disable`;
  const pool = createPool({ connectionString, max: 1, log });
  try {
    const work = () => withConnection(pool, (client) => client.query('SELECT 1'));
    await expect(work()).rejects.toThrow();
  } finally {
    await pool.end();
    server.close();
  }
});

it.each<[string, object, unknown[]]>([
  ['by itself', {}, ['catalog-sync', '"$user", public', '0']],
  [
    'as it is told',
    { applicationName: 'a page', searchPath: 'usage', lockTimeoutMs: 1_500 },
    ['a page', 'usage', '1500ms'],
  ],
])('names and limits its sessions %s', async (_, told, expected) => {
  const log = createLogger({ level: 'silent', pretty: false });
  const pool = createPool({ connectionString: db.url, max: 1, log, ...told });
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

it('that is cut ends its waits, also where the server drops whoever would cancel them', async () => {
  const isOpen = Buffer.concat([
    message('R', Buffer.alloc(4)),
    message('K', Buffer.alloc(8, 1)),
    message('Z', Buffer.from('I')),
  ]);
  const opened: Socket[] = [];
  const server = createServer((socket) => {
    opened.push(socket);
    socket.on('error', () => undefined);
    socket.once('data', () => {
      socket.write(isOpen);
      // The first one is left waiting; a later one is dropped as it asks.
      socket.once('data', () => opened[0] !== socket && socket.destroy());
    });
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  const log = createLogger({ level: 'silent', pretty: false });
  const connectionString = `postgres://someone@127.0.0.1:${String(port)}/any?sslmode=disable`;
  const cut = new AbortController();
  const pool = createPool({ connectionString, max: 1, log, cut: cut.signal });
  try {
    const client = await pool.connect();
    const asked = client.query('SELECT 1').catch((error: unknown) => error);
    cut.abort();
    expect(await asked).toMatchObject({ code: 'ETIMEDOUT' });
    expect(opened).toHaveLength(2);
    client.release(true);
  } finally {
    await pool.end();
    server.close();
  }
});

it('gives ids and money as text, for a double would change them', async () => {
  const log = createLogger({ level: 'silent', pretty: false });
  const pool = createPool({ connectionString: db.url, max: 1, log });
  try {
    const { rows } = await pool.query(
      'SELECT 9007199254740993::bigint AS id, 0.1000::numeric(14, 4) AS amount',
    );
    expect(rows).toEqual([{ id: '9007199254740993', amount: '0.1000' }]);
  } finally {
    await pool.end();
  }
});
