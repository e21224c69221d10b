import type { ErrorKind } from '../../core/errors.ts';
import type { PermissionSign } from '../../model/permission.ts';
import { extractErrors as errors } from '../errors.ts';
import type { Outcome } from './classify.ts';

const signs: ReadonlyMap<ErrorKind, PermissionSign> = new Map([
  [errors.GATEWAY_NO_GRANT, 'denied'],
  [errors.GATEWAY_API_UNKNOWN, 'unsupported'],
  [errors.GATEWAY_PACKAGE_USED_UP, 'exhausted'],
  [errors.GATEWAY_APP_KEY_UNKNOWN, 'app_refused'],
]);

/**
 * What an answer shows of the app's permission for the API that was called; null: nothing. An API that says no in
 * its own words was reached, for the gateway looks at the grant first (measured by clients).
 */
export function permissionSign(outcome: Outcome): PermissionSign | null {
  if (outcome.kind === 'success' || outcome.outcome === 'business_error') return 'allowed';
  return signs.get(outcome.error) ?? null;
}
