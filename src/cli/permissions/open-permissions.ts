import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { AppError, coreErrors } from '../../core/errors.ts';
import { classifyDatabaseErrors } from '../../load/database-error.ts';
import { migrate } from '../../load/migrate.ts';
import { createPool } from '../../load/pool.ts';
import { requireMigrated } from '../../load/require-migrated.ts';
import { createPermissionStore } from '../../load/stores/permission-store.ts';
import { createQuotaStore, type QuotaStore } from '../../load/stores/quota-store.ts';
import { syncFileName, type Session } from '../session.ts';
import { withDatabase } from '../with-database.ts';
import type { PermissionSources } from './list-permissions.ts';

export interface OpenPermissions extends PermissionSources {
  readonly appKey: string;
  readonly quota: QuotaStore;
}

/** @throws AppError CREDENTIALS_MISSING */
function appKeyOf({ config }: Session): string {
  if (config.ALIBABA_APP_KEY !== undefined) return config.ALIBABA_APP_KEY;
  const message = 'ALIBABA_APP_KEY is not set, so it is not known whose permissions these are';
  throw new AppError(coreErrors.CREDENTIALS_MISSING, message);
}

/**
 * Runs `work` over the permissions of the project's app.
 *
 * @throws AppError CREDENTIALS_MISSING, CONFIG_FILE_INVALID, DATABASE_*
 */
export async function withPermissions<T>(
  session: Session,
  work: (open: OpenPermissions) => Promise<T>,
): Promise<T> {
  const appKey = appKeyOf(session);
  const hasSyncFile = existsSync(join(session.config.projectDir, syncFileName));
  const sync = hasSyncFile ? session.readSyncConfig() : null;
  const { log } = session;
  return withDatabase(session, async ({ url, isEmbedded }) => {
    // One applies for permissions before anything is synced: the embedded database may be made here.
    if (isEmbedded) await migrate({ connectionString: url, log });
    const pool = createPool({ connectionString: url, max: 1, log });
    try {
      return await classifyDatabaseErrors(async () => {
        await requireMigrated(pool);
        const permissions = createPermissionStore({ pool, appKey });
        return work({ permissions, quota: createQuotaStore({ pool }), sync, appKey });
      });
    } finally {
      await pool.end();
    }
  });
}
