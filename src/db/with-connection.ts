import type { Pool, PoolClient } from 'pg';

const ignore = (): void => undefined;

/** Runs `work` on one connection of the pool, without a transaction. The connection is closed if `work` fails. */
export async function withConnection<T>(pool: Pool, work: (client: PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  // The pool listens to idle connections only: one that breaks between two statements of ours would end the process.
  client.on('error', ignore);
  let isDone = false;
  try {
    const result = await work(client);
    isDone = true;
    return result;
  } finally {
    client.off('error', ignore);
    // One that failed may still be inside a transaction: it is closed, not reused. The pool itself closes one that broke.
    client.release(!isDone);
  }
}
