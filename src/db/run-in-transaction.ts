import type { Pool, PoolClient } from 'pg';
import { isTransactionConflict } from './database-error.ts';
import { inTransaction } from './in-transaction.ts';

/** A deadlock costs a second to notice; more than a few in a row are a defect of lock order, not bad luck. */
const maxAttempts = 5;

/**
 * As `inTransaction`, but after a deadlock or serialization failure `work` is run again from its beginning, so
 * it must only use the client that it gets.
 */
export async function runInTransaction<T>(pool: Pool, work: (client: PoolClient) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await inTransaction(pool, work);
    } catch (error) {
      if (attempt >= maxAttempts || !isTransactionConflict(error)) throw error;
    }
  }
}
