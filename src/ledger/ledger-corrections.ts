import { and, gt } from 'drizzle-orm';
import type { Pool, PoolClient } from 'pg';
import type { PeriodKind } from '../model/ledger.ts';
import { drizzleOn } from '../db/database.ts';
import { ledgerNow } from '../db/ledger-now.ts';
import { runInTransaction } from '../db/run-in-transaction.ts';
import { quotaPeriod } from '../schema/usage.ts';
import { applySql, runSqlForOne } from '../db/sql-file.ts';
import { readSql } from './read-sql.ts';

/** A current period that counts as spent because the database was restored, until somebody reconciles it. */
export interface AssumedSpent {
  readonly appKey: string;
  /** `namespace:name:version`, the `@name` of a group, or `*`. */
  readonly api: string;
  readonly period: PeriodKind;
}

/** Corrections by people for calls that the ledger did not grant. */
export interface LedgerCorrections {
  /** Counts the current periods as spent if the database was restored, as the next call would do. */
  noticeRestore(appKey: string): Promise<void>;
  /** Books calls that others made with the same key, in the present day and month of the API, its groups and the app. */
  recordExternal(appKey: string, api: string, calls: number): Promise<void>;
  /**
   * Sets the use of a current period to the number in 1688's console. Our own grants stay counted, also if there are more. Returns the
   * resulting use; null: there is no such limit.
   */
  reconcile(
    appKey: string,
    api: string,
    period: Exclude<PeriodKind, 'second'>,
    used: number,
  ): Promise<number | null>;
  listAssumedSpent(): Promise<AssumedSpent[]>;
}

/** Over `usage.quota_period`; each change is one transaction under the app's lock. */
export function createLedgerCorrections({ pool }: { readonly pool: Pool }): LedgerCorrections {
  const locked = <T>(appKey: string, work: (client: PoolClient) => Promise<T>): Promise<T> =>
    runInTransaction(pool, async (client) => {
      await applySql(client, readSql('lock-app'), [appKey]);
      return work(client);
    });
  return {
    noticeRestore: (appKey) =>
      locked(appKey, async (client) => {
        await applySql(client, readSql('check-epoch'));
      }),
    recordExternal: (appKey, api, calls) =>
      locked(appKey, async (client) => {
        await applySql(client, readSql('book-external'), [appKey, api, calls]);
      }),
    reconcile: (appKey, api, period, used) =>
      locked(appKey, async (client) => {
        const given = [appKey, api, period, used];
        return (await runSqlForOne<{ used: number | null }>(client, readSql('reconcile-period'), given)).used;
      }),
    listAssumedSpent: () => {
      const { appKey, api, periodKind } = quotaPeriod;
      return drizzleOn(pool)
        .selectDistinct({ appKey, api, period: periodKind })
        .from(quotaPeriod)
        .where(and(quotaPeriod.isAssumedSpent, gt(quotaPeriod.endsAt, ledgerNow)))
        .orderBy(appKey, api, periodKind);
    },
  };
}
