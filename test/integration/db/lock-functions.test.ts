import pg from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
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

const table = 'sync.tick_lock';

interface Session {
  readonly pid: number;
  /** The first column of the first row. */
  ask(text: string): Promise<unknown>;
}

/** A session in a transaction of its own, the older ones first; by default of the owner. It ends with the test. */
async function open(url = db?.url ?? ''): Promise<Session> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  sessions.push(client);
  await client.query(`BEGIN; SET LOCAL statement_timeout = '5 s'`);
  const ask = async (text: string) =>
    (await client.query<unknown[]>({ text, rowMode: 'array' })).rows[0]?.[0];
  return { pid: Number(await ask('SELECT pg_backend_pid()')), ask };
}

const isWaiting = () => until(async () => (await db?.pool.query(locksHere('NOT granted')))?.rowCount === 1);

/** Who is named as the holder. */
const holderOf = async (asked: Promise<unknown>): Promise<unknown> => {
  const error: unknown = await asked.catch((failure: unknown) => failure);
  if (!(error instanceof pg.DatabaseError) || error.code !== '55P03') throw new Error(String(error));
  const { lock, pid } = JSON.parse(error.detail ?? '{}') as { lock?: string; pid?: number };
  return { lock, pid };
};

describe('a table that is locked', () => {
  const lock = (waitMs: number, mode = 'SHARE UPDATE EXCLUSIVE') =>
    `SELECT sync.lock_table('${table}', '${mode}', ${waitMs})`;
  const lockTable = (mode: string, of = table) => `LOCK TABLE ${of} IN ${mode} MODE`;

  it('is locked until the transaction ends, and not waited for without time', async () => {
    const [owner, asker] = [await open(), await open()];
    expect([await owner.ask(lock(0)), await asker.ask(lock(0))]).toEqual([true, false]);
    await owner.ask('COMMIT');
    expect(await asker.ask(lock(0))).toBe(true);
  });

  it('is named with who has it, and none of the others', async () => {
    const asker = await open();
    await asker.ask(lockTable('ROW SHARE'));
    const abroad = await open(other?.url);
    await abroad.ask(lockTable('SHARE UPDATE EXCLUSIVE'));
    const elsewhere = await open();
    await elsewhere.ask(lockTable('EXCLUSIVE', 'sync.category_lock'));
    const reads = await open();
    await reads.ask(lockTable('ACCESS SHARE'));
    const waiting = await open();
    const owner = await open();
    await owner.ask(lock(0));
    const waits = waiting.ask(lockTable('SHARE UPDATE EXCLUSIVE'));
    await isWaiting();
    expect(await holderOf(asker.ask(lock(30)))).toEqual({ lock: table, pid: owner.pid });
    await owner.ask('COMMIT');
    await waits;
  });

  it('is kept by readers from one who wants it alone', async () => {
    const [reads, asker] = [await open(reader.url), await open()];
    await reads.ask('LOCK TABLE catalog.offer IN ACCESS SHARE MODE');
    const alone = `SELECT sync.lock_table('catalog.offer', 'ACCESS EXCLUSIVE', 30)`;
    expect(await holderOf(asker.ask(alone))).toEqual({ lock: 'catalog.offer', pid: reads.pid });
  });

  it('of which nobody is known any more names nobody', async () => {
    const asker = await open();
    expect(await holderOf(asker.ask(`SELECT sync.refuse_lock('tick', '{}')`))).toEqual({
      lock: 'tick',
      pid: undefined,
    });
  });
});
