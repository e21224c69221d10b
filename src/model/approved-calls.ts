import type { ApprovedCalls } from './sync-config.ts';
import type { ApiPermission } from './permission.ts';

/**
 * The approved calls of an API, number by number. A number in `catalog-sync.yaml` wins, since every process applies that file at
 * its start. Where the file has none, the number declared with `permissions set` applies.
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
