import { createPermissionStore } from '../../ledger/permission-store.ts';
import { createQuotaStore, type QuotaStore } from '../../ledger/quota-store.ts';
import type { Session } from '../../app/session.ts';
import { withAppDatabase } from '../../app/with-app-database.ts';
import type { PermissionSources } from '../../health/permissions/list-permissions.ts';

export interface OpenPermissions extends PermissionSources {
  readonly appKey: string;
  readonly quota: QuotaStore;
}

/**
 * Runs `work` over the permissions of the project's app.
 *
 * @throws AppError CREDENTIALS_MISSING, PROJECT_IS_DEMO, CONFIG_FILE_*, DATABASE_*
 */
export function withPermissions<T>(
  session: Session,
  work: (open: OpenPermissions) => Promise<T>,
): Promise<T> {
  return withAppDatabase(session, 'permissions these are', ({ pool, appKey, sync }) => {
    const permissions = createPermissionStore({ pool, appKey });
    return work({ permissions, quota: createQuotaStore({ pool }), sync, appKey });
  });
}
