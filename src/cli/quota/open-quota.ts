import { createLedgerCorrections, type LedgerCorrections } from '../../ledger/ledger-corrections.ts';
import { createPermissionStore, type PermissionStore } from '../../ledger/permission-store.ts';
import { createQuotaReport, type QuotaReport } from '../../ledger/quota-report.ts';
import { createQuotaStore, type QuotaStore } from '../../ledger/quota-store.ts';
import type { SyncConfig } from '../../model/sync-config.ts';
import type { Session } from '../../app/session.ts';
import { withAppDatabase } from '../../app/with-app-database.ts';

/** Everything that `quota` reads and changes, of one app. */
export interface OpenQuota {
  readonly appKey: string;
  /** Null: the project has no sync file. */
  readonly sync: SyncConfig | null;
  readonly report: QuotaReport;
  readonly quota: QuotaStore;
  readonly corrections: LedgerCorrections;
  readonly permissions: PermissionStore;
}

/**
 * Runs `work` over the quota of the project's app.
 *
 * @throws AppError CREDENTIALS_MISSING, PROJECT_IS_DEMO, CONFIG_FILE_*, DATABASE_*
 */
export function withQuota<T>(session: Session, work: (open: OpenQuota) => Promise<T>): Promise<T> {
  return withAppDatabase(session, 'quota this is', async ({ pool, appKey, sync }) => {
    const corrections = createLedgerCorrections({ pool });
    // Before the first call after a restore, too: a number that is entered earlier would count as an old one.
    await corrections.noticeRestore(appKey);
    return work({
      appKey,
      sync,
      corrections,
      report: createQuotaReport({ pool, appKey }),
      quota: createQuotaStore({ pool }),
      permissions: createPermissionStore({ pool, appKey }),
    });
  });
}
