import { apiOf, chooseEndpoints } from '../extract/endpoints/endpoints.ts';
import type { PermissionStore } from '../ledger/permission-store.ts';
import type { QuotaStore } from '../ledger/quota-store.ts';
import type { ApiOperation } from '../model/known-apis.ts';
import type { ApprovedCalls, SyncConfig } from '../model/sync-config.ts';
import { approvedCalls } from '../config/approved-calls.ts';

/** Presets for what nobody has told us, and what 1688 approved. */
export async function applyLimits(
  { quota, permissions }: { readonly quota: QuotaStore; readonly permissions: PermissionStore },
  sync: SyncConfig,
  appKey: string,
): Promise<void> {
  const { perSecond, approved, groups } = sync.quotas;
  const fromFile: Readonly<Record<string, ApprovedCalls>> = approved;
  const endpoints = chooseEndpoints(sync.apis);
  const apis = Object.values(endpoints).map(apiOf);
  await quota.applyPresets({ appKey, account: sync.account, apis, callsPerSecond: perSecond });
  const declared = await permissions.listApis();
  for (const [operation, endpoint] of Object.entries(endpoints)) {
    const api = apiOf(endpoint);
    const known = declared.find((permission) => permission.api === api);
    await quota.applyApproved(appKey, api, approvedCalls(fromFile[operation], known));
  }
  const apisOf = (operations: readonly ApiOperation[]) =>
    operations.map((operation) => apiOf(endpoints[operation]));
  await quota.applyGroups(
    appKey,
    groups.map(({ operations, ...group }) => ({ ...group, apis: apisOf(operations) })),
  );
}
