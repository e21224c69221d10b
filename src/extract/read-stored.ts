import { AppError } from '../core/errors.ts';
import type { JsonValue } from '../core/json.ts';
import type { StoredAnswer } from '../model/ledger.ts';
import { endpointOf } from './endpoints/endpoints.ts';
import { extractErrors } from './errors.ts';
import { classify } from './gateway/classify.ts';

/**
 * The payload of a stored answer, exactly as the call that fetched the answer returned it.
 *
 * @throws AppError STORED_ANSWER_UNREADABLE when the stored bytes are no good answer of their operation
 */
export function readStored(answer: StoredAnswer): JsonValue {
  const { expects } = endpointOf(answer.request);
  const outcome = classify({ status: answer.httpStatus, body: answer.body }, expects);
  if (outcome.kind === 'success') return outcome.payload;
  throw new AppError(
    extractErrors.STORED_ANSWER_UNREADABLE,
    'a stored answer cannot be read and is skipped',
    {
      facts: { rawId: answer.rawId, callId: answer.callId, operation: answer.request.operation },
    },
  );
}
