import pg, { type Pool, type PoolClient } from 'pg';
import { withConnection } from './with-connection.ts';

/**
 * A host that loses its power or network ends no connection: Postgres would keep its transaction, and the locks
 * of the tick and of offers with it, for the two hours of TCP's keep-alive. At half, a long tick might be cut off.
 */
const silentForMs = 10 * 60_000;

/**
 * Runs `work` in one READ COMMITTED transaction: all of it, or none. One that sends nothing to Postgres for ten
 * minutes is ended there.
 */
export async function inTransaction<T>(pool: Pool, work: (client: PoolClient) => Promise<T>): Promise<T> {
  return withConnection(pool, async (client) => {
    try {
      await client.query(`BEGIN; SET LOCAL idle_in_transaction_session_timeout = ${silentForMs}`);
      const result = await work(client);
      await client.query('COMMIT');
      return result;
    } catch (error) {
      // Its locks go now, and not when the server notices that the connection is closed.
      if (error instanceof pg.DatabaseError) await client.query('ROLLBACK').catch(() => undefined);
      throw error;
    }
  });
}
