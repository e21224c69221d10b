import { and, eq } from 'drizzle-orm';
import type { Pool } from 'pg';
import type { Logger } from '../core/log.ts';
import { classifyDatabaseErrors, isDatabaseOutage } from '../db/database-error.ts';
import { drizzleOn } from '../db/database.ts';
import { apiCall } from '../schema/usage.ts';
import type { LedgerStore } from './ledger-store.ts';
import type { Spool } from './spool.ts';

export interface EmptySpoolDeps {
  readonly pool: Pool;
  readonly ledger: Pick<LedgerStore, 'settle'>;
  readonly spool: Spool;
  readonly log: Logger;
}

/**
 * Settles the calls whose answers earlier processes could not store. The next tick loads them into the catalog, like all answers that
 * lost their job.
 *
 * @throws AppError DATABASE_*
 */
export async function emptySpool({ pool, ledger, spool, log }: EmptySpoolDeps): Promise<void> {
  const db = drizzleOn(pool);
  const answers = await spool.empty((answer) =>
    classifyDatabaseErrors(async () => {
      const { callId, observedAt } = answer;
      // In another database, the same number is another call, of another time.
      const isOurs = and(eq(apiCall.callId, callId), eq(apiCall.grantedAt, observedAt));
      if ((await db.$count(apiCall, isOurs)) === 0) return 'foreign';
      await ledger.settle(answer);
      return 'settled';
    }).catch((err: unknown) => {
      if (isDatabaseOutage(err)) throw err;
      log.warn({ err, callId: answer.callId }, 'kept answer refused by the database');
      return 'foreign';
    }),
  );
  if (answers > 0) log.info({ answers }, 'stored the answers that earlier processes had kept');
}
