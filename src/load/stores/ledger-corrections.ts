import { and, gt } from 'drizzle-orm';
import type { Pool, PoolClient } from 'pg';
import type { WindowKind } from '../../model/ledger.ts';
import { drizzleOn } from '../database.ts';
import { ledgerNow } from '../ledger-now.ts';
import { runInTransaction } from '../run-in-transaction.ts';
import { window as quotaWindow } from '../schema/usage.ts';
import { applySql, readSql, runSqlForOne } from '../sql-file.ts';

/** A present window that counts as spent because the database was restored, until somebody reconciles it. */
export interface AssumedSpent {
  readonly appKey: string;
  /** `namespace:name:version`, the `@name` of a group, or `*`. */
  readonly api: string;
  readonly window: WindowKind;
}

/** What people tell the ledger about calls that it did not grant. */
export interface LedgerCorrections {
  /** Counts the present windows as spent when the database was restored, as the next call would do it. */
  noticeRestore(appKey: string): Promise<void>;
  /** Books calls that others made with the same key, in the present day and month of the API, its groups and the app. */
  bookExternal(appKey: string, api: string, calls: number): Promise<void>;
  /**
   * Makes what is used of a present window the number that 1688's console shows. What was granted here stays
   * counted, also when that is more. Gives what is used then; null: there is no such limit.
   */
  reconcile(
    appKey: string,
    api: string,
    window: Exclude<WindowKind, 'second'>,
    used: number,
  ): Promise<number | null>;
  listAssumedSpent(): Promise<AssumedSpent[]>;
}

/** Over `usage.window`; each change is one transaction under the app's lock. */
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
    bookExternal: (appKey, api, calls) =>
      locked(appKey, async (client) => {
        await applySql(client, readSql('book-external'), [appKey, api, calls]);
      }),
    reconcile: (appKey, api, window, used) =>
      locked(appKey, async (client) => {
        const given = [appKey, api, window, used];
        return (await runSqlForOne<{ used: number | null }>(client, readSql('reconcile-window'), given)).used;
      }),
    listAssumedSpent: () => {
      const { appKey, api, windowKind } = quotaWindow;
      return drizzleOn(pool)
        .selectDistinct({ appKey, api, window: windowKind })
        .from(quotaWindow)
        .where(and(quotaWindow.isAssumedSpent, gt(quotaWindow.endsAt, ledgerNow)))
        .orderBy(appKey, api, windowKind);
    },
  };
}
