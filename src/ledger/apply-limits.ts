import { approvedCalls } from '../model/approved-calls.ts';
import type { OperationName } from '../model/operation.ts';
import type { ApprovedCalls, SyncConfig } from '../model/sync-config.ts';
import type { PermissionStore } from './permission-store.ts';
import type { QuotaStore } from './quota-store.ts';

/** Applies presets where no limit is known, and the limits that 1688 approved. `apis`: the API of each operation. */
export async function applyLimits(
  { quota, permissions }: { readonly quota: QuotaStore; readonly permissions: PermissionStore },
  { account, quotas }: Pick<SyncConfig, 'account' | 'quotas'>,
  { appKey, apis }: { readonly appKey: string; readonly apis: Readonly<Record<OperationName, string>> },
): Promise<void> {
  const { perSecond, approved, groups } = quotas;
  const fromFile: Readonly<Record<string, ApprovedCalls>> = approved;
  await quota.applyPresets({ appKey, account, apis: Object.values(apis), callsPerSecond: perSecond });
  const declared = await permissions.listApis();
  for (const [operation, api] of Object.entries(apis)) {
    const known = declared.find((permission) => permission.api === api);
    await quota.applyApproved(appKey, api, approvedCalls(fromFile[operation], known));
  }
  await quota.applyGroups(
    appKey,
    groups.map(({ operations, ...group }) => ({
      ...group,
      apis: operations.map((operation) => apis[operation]),
    })),
  );
}
