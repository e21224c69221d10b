import type { Pool, PoolClient } from 'pg';

/** Runs `work` on one connection of the pool, without a transaction. The connection is closed if `work` fails. */
export async function withConnection<T>(pool: Pool, work: (client: PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  let broken: Error | undefined;
  const onError = (error: Error) => {
    broken = error;
  };
  // The pool listens to idle connections only: one that breaks between two statements of ours would end the process.
  client.on('error', onError);
  try {
    return await work(client);
  } catch (error) {
    broken ??= error instanceof Error ? error : new Error(String(error));
    throw error;
  } finally {
    if (!broken) client.off('error', onError);
    // One that failed may still be inside a transaction: it is closed, not reused.
    client.release(broken);
  }
}
