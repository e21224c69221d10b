import { eq } from 'drizzle-orm';
import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createLogger } from '../../../src/core/log.ts';
import { drizzleOn } from '../../../src/db/database.ts';
import { inTransaction } from '../../../src/db/in-transaction.ts';
import { feed, quarantine } from '../../../src/schema/index.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

const assignedAt = new Date('2026-11-01T00:00:00.123Z');
const secret = 'hunter2-access-token';

async function failureOf(work: () => Promise<unknown>): Promise<unknown> {
  try {
    await work();
  } catch (error) {
    return error;
  }
  throw new Error('it did not fail');
}

/** What a log line says of it. */
function logged(error: unknown): string {
  const lines: string[] = [];
  const log = createLogger({
    level: 'info',
    pretty: false,
    stream: { write: (line) => void lines.push(line) },
  });
  log.error({ err: error }, 'failed');
  return lines.join('');
}

it('names no parameter of a statement that the database refuses', async () => {
  const db = drizzleOn(database.pool);
  const error = await failureOf(() =>
    db.insert(feed).values({ feed: secret, maxOffers: 2 ** 40, assignedAt }),
  );
  expect(error).toBeInstanceOf(pg.DatabaseError);
  const shown = error instanceof Error ? [error.message, error.stack, String(error.cause)] : [];
  expect(shown.join()).toContain('out of range');
  expect(shown.join() + logged(error)).not.toContain(secret);
});

it('names no parameter of a prepared statement, nor of one in a transaction or without a server', async () => {
  const read = drizzleOn(database.pool).select().from(quarantine).where(eq(quarantine.rawId, secret));
  const away = new pg.Pool({ connectionString: 'postgres://127.0.0.1:1/x' });
  const errors = [
    await failureOf(() => read.prepare('').execute()),
    await failureOf(() =>
      inTransaction(database.pool, (client) =>
        drizzleOn(client).delete(quarantine).where(eq(quarantine.rawId, secret)),
      ),
    ),
    await failureOf(() => drizzleOn(away).select().from(feed).where(eq(feed.feed, secret))),
  ];
  await away.end();
  for (const error of errors.slice(2)) expect(logged(error)).not.toContain(secret);
  // Postgres itself quotes what is no number, also without drizzle: an id is no secret.
  for (const error of errors.slice(0, 2)) expect(logged(error)).not.toContain('params:');
});

it('gives ids as strings, also those above 2^53, and instants to the millisecond', async () => {
  const db = drizzleOn(database.pool);
  await db.insert(feed).values({ feed: 'f', watched: ['9007199254740993', '2'], assignedAt });
  expect(await db.select().from(feed)).toEqual([
    { feed: 'f', maxOffers: null, watched: ['9007199254740993', '2'], offers: 0, assignedAt, maxAge: null },
  ]);
  const row = {
    rawId: '9007199254740993',
    callId: '1',
    operation: 'o',
    path: 'p',
    reason: 'r',
    observedAt: assignedAt,
  };
  const [first] = await db.insert(quarantine).values(row).returning();
  expect(first).toMatchObject({ ...row, quarantineId: '1', runId: null });
});
