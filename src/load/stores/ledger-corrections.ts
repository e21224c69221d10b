import type { Pool, PoolClient } from 'pg';
import type { WindowKind } from '../../model/ledger.ts';
import { runInTransaction } from '../run-in-transaction.ts';

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
      await client.query('SELECT usage.lock_app($1)', [appKey]);
      return work(client);
    });
  return {
    noticeRestore: (appKey) =>
      locked(appKey, async (client) => {
        await client.query('SELECT usage.check_epoch()');
      }),
    bookExternal: (appKey, api, calls) =>
      locked(appKey, async (client) => {
        await client.query('SELECT usage.book_external($1, $2, $3)', [appKey, api, calls]);
      }),
    reconcile: (appKey, api, window, used) =>
      locked(appKey, async (client) => {
        const { rows } = await client.query<{ used: number | null }>(
          'SELECT usage.reconcile($1, $2, $3, $4) AS used',
          [appKey, api, window, used],
        );
        return rows[0]?.used ?? null;
      }),
    listAssumedSpent: async () => {
      const { rows } = await pool.query<AssumedSpent>(
        `SELECT DISTINCT app_key AS "appKey", api, window_kind AS "window"
         FROM usage."window"
         WHERE is_assumed_spent AND ends_at > usage.ledger_now()
         ORDER BY 1, 2, 3`,
      );
      return rows;
    },
  };
}
