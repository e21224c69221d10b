import type { ErrorKind } from '../../core/errors.ts';
import type { AnswerSign } from '../../model/ledger.ts';
import { extractErrors as errors } from '../errors.ts';
import type { Outcome } from './classify.ts';

const signs: ReadonlyMap<ErrorKind, AnswerSign> = new Map([
  [errors.GATEWAY_NO_GRANT, 'denied'],
  [errors.GATEWAY_API_UNKNOWN, 'unsupported'],
  [errors.GATEWAY_PACKAGE_USED_UP, 'exhausted'],
  [errors.GATEWAY_APP_KEY_UNKNOWN, 'app_refused'],
  [errors.GATEWAY_TOKEN_INVALID, 'token_refused'],
  [errors.GATEWAY_TOO_FAST_APP, 'too_fast_app'],
  [errors.GATEWAY_TOO_FAST_API, 'too_fast_api'],
  [errors.GATEWAY_UNAVAILABLE, 'unavailable'],
  [errors.GATEWAY_TIMEOUT, 'unavailable'],
  [errors.GATEWAY_CONNECTION_LOST, 'unavailable'],
  [errors.GATEWAY_ANSWER_UNREADABLE, 'unavailable'],
  // For a wrong address, or a page that stands in for 1688 while it is overloaded.
  [errors.GATEWAY_REDIRECT, 'unavailable'],
  [errors.GATEWAY_UNREACHABLE, 'unreachable'],
  [errors.GATEWAY_PARAM_MISSING, 'param_missing'],
  [errors.GATEWAY_PARAM_REFUSED, 'refused'],
  [errors.GATEWAY_REFUSED, 'refused'],
]);

/**
 * What an answer shows about the called API that all processes must know; null: nothing. An API that refuses in its own words was
 * reached, since the gateway checks the grant first (measured by clients).
 */
export function answerSign(outcome: Outcome): AnswerSign | null {
  if (outcome.kind === 'success' || outcome.outcome === 'business_error') return 'allowed';
  return failureSign(outcome.error);
}

/** The same for a call that failed, also for one without any answer. */
export function failureSign(error: ErrorKind): AnswerSign | null {
  return signs.get(error) ?? null;
}
