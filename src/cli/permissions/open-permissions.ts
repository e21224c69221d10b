import { createPermissionStore } from '../../load/stores/permission-store.ts';
import { createQuotaStore, type QuotaStore } from '../../load/stores/quota-store.ts';
import type { Session } from '../session.ts';
import { withAppDatabase } from '../with-app-database.ts';
import type { PermissionSources } from './list-permissions.ts';

export interface OpenPermissions extends PermissionSources {
  readonly appKey: string;
  readonly quota: QuotaStore;
}

/**
 * Runs `work` over the permissions of the project's app.
 *
 * @throws AppError CREDENTIALS_MISSING, CONFIG_FILE_INVALID, DATABASE_*
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
