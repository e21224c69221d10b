import { eq, sql } from 'drizzle-orm';
import type { PgColumn } from 'drizzle-orm/pg-core';
import type { PoolClient } from 'pg';
import type { LoadReport } from '../model/catalog.ts';
import { drizzleOn } from '../db/database.ts';
import { run } from '../schema/sync.ts';

/** Adds the changes of a load to its run, in the transaction of the load: neither is ever stored without the other. */
export async function addCounts(client: PoolClient, runId: string, report: LoadReport): Promise<void> {
  const plus = (column: PgColumn, count: keyof LoadReport) => sql`${column} + ${report[count]}::int`;
  await drizzleOn(client)
    .update(run)
    .set({
      categoriesSeen: plus(run.categoriesSeen, 'categories'),
      offersNew: plus(run.offersNew, 'offersNew'),
      offersCompleted: plus(run.offersCompleted, 'offersCompleted'),
      offersChanged: plus(run.offersChanged, 'offersChanged'),
      offersUnchanged: plus(run.offersUnchanged, 'offersUnchanged'),
      pricesOpened: plus(run.pricesOpened, 'pricesOpened'),
      pricesClosed: plus(run.pricesClosed, 'pricesClosed'),
      rejects: plus(run.rejects, 'rejects'),
    })
    .where(eq(run.runId, runId));
}
