import { createHash } from 'node:crypto';
import type { OperationRequest } from '../../model/operation.ts';
import { paramsOf } from './params-of.ts';

/**
 * 64 hex digits that two requests share exactly when 1688 would answer them alike: over the API
 * (`namespace:name:version`) and the business parameters, without token, time and signature.
 */
export function requestHash(request: OperationRequest, api: string): string {
  const params = Object.entries(paramsOf(request)).sort(([a], [b]) => (a < b ? -1 : 1));
  return createHash('sha256')
    .update(JSON.stringify([api, params]))
    .digest('hex');
}
