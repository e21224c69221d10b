import type { ApprovedCalls } from './sync-config.ts';
import type { ApiPermission } from './permission.ts';

/**
 * What 1688 approved for an API, number by number: what `catalog-sync.yaml` says wins, since every process applies
 * that file at its start; what was declared with `permissions set` holds where the file says nothing.
 */
export function approvedCalls(
  fromFile: ApprovedCalls | undefined,
  declared: Pick<ApiPermission, 'approvedDaily' | 'approvedMonthly'> | undefined,
): ApprovedCalls {
  return {
    daily: fromFile?.daily ?? declared?.approvedDaily ?? null,
    monthly: fromFile?.monthly ?? declared?.approvedMonthly ?? null,
  };
}
