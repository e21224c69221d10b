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

const key = 1_688_777;
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

describe('the advisory lock of the release before', () => {
  const take = (waitMs: number, isShared = false) =>
    `SELECT sync.await_old_lock('tick', ${key}, ${String(isShared)}, ${waitMs})`;
  const tryIt = (kind: string) => `SELECT pg_try_advisory_xact_lock${kind}(${key})`;

  it('is taken until the transaction ends', async () => {
    const [owner, asker] = [await open(), await open()];
    expect(await owner.ask(take(0))).toBe(true);
    expect(await asker.ask(tryIt('_shared'))).toBe(false);
    await owner.ask('COMMIT');
    expect(await asker.ask(tryIt(''))).toBe(true);
  });

  it('is shared by those who share it', async () => {
    const [owner, asker] = [await open(), await open()];
    expect([await owner.ask(take(0, true)), await asker.ask(take(0, true))]).toEqual([true, true]);
    expect([await asker.ask(take(0)), await asker.ask(tryIt(''))]).toEqual([false, false]);
  });

  it('is not waited for without time', async () => {
    const [owner, asker] = [await open(), await open()];
    await owner.ask(tryIt(''));
    expect([await asker.ask(take(0)), await asker.ask(take(0, true))]).toEqual([false, false]);
  });

  it('is waited for, and its holder named at the end', async () => {
    const [owner, asker] = [await open(), await open()];
    await owner.ask(tryIt(''));
    const taken = asker.ask(take(4_000));
    await owner.ask('SELECT pg_sleep(0.05)');
    await owner.ask('COMMIT');
    expect(await taken).toBe(true);
    await owner.ask('BEGIN');
    expect(await holderOf(owner.ask(take(30)))).toEqual({ lock: 'tick', pid: asker.pid });
  });

  it('is taken from one who lets go just now, and not taken for free', async () => {
    const [owner, asker] = [await open(), await open()];
    for (let round = 0; round < 300; round += 1) {
      await owner.ask(tryIt(''));
      const taken = asker.ask(take(4_000));
      await owner.ask('COMMIT');
      expect(await taken).toBe(true);
      expect(await owner.ask(tryIt(''))).toBe(false);
      await Promise.all([owner.ask('BEGIN'), asker.ask('COMMIT')]);
      await asker.ask('BEGIN');
    }
  });

  it('is not taken from a session that was not there yet when the transaction looked at sessions first', async () => {
    const asker = await open();
    await asker.ask('SELECT count(*) FROM pg_stat_activity');
    const later = await open();
    await later.ask(tryIt(''));
    expect(await asker.ask(take(0))).toBe(false);
  });

  it('is none with a login that only reads, whatever others have', async () => {
    const abroad = await open(other?.url);
    await abroad.ask(tryIt(''));
    const keeper = await open(reader.url);
    await keeper.ask(tryIt(''));
    const owner = await open();
    await owner.ask(`SELECT pg_advisory_xact_lock(${key + 1}), pg_advisory_xact_lock(0, ${key})`);
    const waiting = await open();
    const waits = waiting.ask(`SELECT pg_advisory_xact_lock(${key})`);
    await isWaiting();
    const asker = await open();
    expect([await asker.ask(take(0)), await asker.ask(take(0, true))]).toEqual([true, true]);
    await keeper.ask('COMMIT');
    await waits;
  });
});

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
