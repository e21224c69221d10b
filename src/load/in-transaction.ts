import type { Pool, PoolClient } from 'pg';

/** Runs `work` in one READ COMMITTED transaction: all of it, or none. */
export async function inTransaction<T>(pool: Pool, work: (client: PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  let broken: Error | undefined;
  const onError = (error: Error) => {
    broken = error;
  };
  // The pool listens to idle connections only: one that breaks between two queries of ours would end the process.
  client.on('error', onError);
  try {
    await client.query('BEGIN');
    const result = await work(client);
    await client.query('COMMIT');
    return result;
  } catch (error) {
    broken ??= error instanceof Error ? error : new Error(String(error));
    throw error;
  } finally {
    if (!broken) client.off('error', onError);
    // A connection that failed may still be inside its transaction: it is closed, not reused.
    client.release(broken);
  }
}
