import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { startTestRedis } from '../../support/redis.ts';

describe('the test databases', () => {
  const open: TestDatabase[] = [];
  beforeAll(async () => {
    open.push(...(await Promise.all([createTestDatabase(), createTestDatabase({ migrated: false })])));
  });
  afterAll(() => Promise.all(open.map((database) => database.drop())));

  it('gives each caller a database of its own, with durability on', async () => {
    const names = await Promise.all(
      open.map(async ({ pool }) => {
        const found = await pool.query<{ name: string; fsync: string; commit: string }>(
          `select current_database() as name, current_setting('fsync') as fsync,
             current_setting('synchronous_commit') as commit`,
        );
        return found.rows[0];
      }),
    );
    expect(new Set(names.map((row) => row?.name)).size).toBe(2);
    expect(names.every((row) => row?.fsync === 'on' && row.commit === 'on')).toBe(true);
  });

  it('drops a database that somebody is still connected to', async () => {
    const database = await createTestDatabase();
    const otherUser = new pg.Client({ connectionString: database.url });
    const ended = new Promise<void>((resolve) => otherUser.once('end', resolve));
    otherUser.on('error', () => undefined);
    await otherUser.connect();
    await database.drop();
    await ended;
    await expect(new pg.Client({ connectionString: database.url }).connect()).rejects.toThrow(
      /does not exist/,
    );
  });
});

describe('startTestRedis', () => {
  it('starts a server of its own, or says why there is none', async () => {
    const redis = await startTestRedis();
    expect(redis.url ?? redis.reason).toMatch(/^redis:|redis-server/);
    await redis.close();
  });
});
