import { createHash } from 'node:crypto';
import type { OperationRequest } from '../../model/operation.ts';
import { paramsOf } from './params-of.ts';

/**
 * 64 hex digits that two requests share exactly when 1688 would answer them alike. The hash covers the API
 * (`namespace:name:version`) and the business parameters, without token, time and signature. A picture is represented by its
 * digest.
 */
export function requestHash(request: OperationRequest, api: string): string {
  const named = request.operation === 'image.upload' ? { sha256: request.sha256 } : paramsOf(request);
  return createHash('sha256')
    .update(JSON.stringify([api, Object.entries(named)]))
    .digest('hex');
}
