import type { Pool } from 'pg';
import type { Config } from '../../config/environment.ts';
import { createPermissionStore } from '../../ledger/permission-store.ts';
import { createQuotaStore } from '../../ledger/quota-store.ts';
import type { ApiOperation } from '../../model/known-apis.ts';
import type { SyncConfig } from '../../model/sync-config.ts';
import { listPermissions } from '../permissions/list-permissions.ts';
import { failed, skip, type Check } from './check.ts';
import { checkPermissions } from './check-permissions.ts';
import { checkQuota } from './check-quota.ts';
import { isDemo } from '../../config/is-demo.ts';

export interface UsageParts {
  readonly pool: Pool;
  readonly config: Config;
  /** Null: there is none that can be read. */
  readonly sync: SyncConfig | null;
}

const withoutApp = skip(
  'quota',
  'not shown: ALIBABA_APP_KEY is not set, so the app is not known',
  '`catalog-sync status` shows the limits of every app in the database.',
);

/** What is left of each limit, and the observed permission of every API. */
export async function checkUsage(
  { pool, config, sync }: UsageParts,
  notes: ReadonlyMap<ApiOperation, string>,
): Promise<Check[]> {
  const { ALIBABA_APP_KEY: appKey } = config;
  try {
    const quota = createQuotaStore({ pool });
    // The key of a demo is that of its sandbox, the only one in its database.
    if (isDemo(config)) return checkQuota(await quota.quotaStatus());
    if (appKey === undefined) return [withoutApp];
    const limits = (await quota.quotaStatus()).filter((limit) => limit.appKey === appKey);
    const permissions = createPermissionStore({ pool, appKey });
    const { apis } = await listPermissions({ permissions, quota, sync });
    const now = await quota.ledgerNow();
    return [...checkQuota(limits), ...checkPermissions({ apis, notes, now })];
  } catch (error) {
    return [failed('database', error)];
  }
}
