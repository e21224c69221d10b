import type { PermissionRow } from '../permissions/list-permissions.ts';
import type { TargetOperation } from '../../extract/endpoints/target-request.ts';

/** In this order, because the answer to a search names the offer to fetch, and an offer names its seller. */
const probeOrder = [
  'category.children',
  'search.keyword',
  'offer.detail',
  'search.seller',
  'search.image',
] as const satisfies readonly TargetOperation[];

/**
 * The operations that one call each would show the permission of: not those that are known to be allowed, and not
 * those that a person holds, for which the ledger grants no call. An upload would leave a picture at 1688.
 */
export function chooseProbes(apis: readonly PermissionRow[]): TargetOperation[] {
  const isWorthACall = ({ observed, isHeld, probeAfter }: PermissionRow) =>
    observed !== 'allowed' && !(isHeld && probeAfter === null);
  return probeOrder.filter((operation) =>
    apis.some((row) => row.operation === operation && isWorthACall(row)),
  );
}
