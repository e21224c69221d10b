import type { ErrorKind } from '../../core/errors.ts';
import { parseJson, type JsonValue } from '../../core/json.ts';
import type { CallOutcome } from '../../model/ledger.ts';
import { extractErrors as errors } from '../errors.ts';
import { readEnvelope, type Envelope, type Shape } from './envelope.ts';
import { knownRefusal } from './refusal-kinds.ts';

export interface HttpAnswer {
  readonly status: number;
  /** The exact bytes. */
  readonly body: Buffer;
}

/** The form of a good answer of one API. */
export interface Expectation {
  readonly shapes: readonly Shape[];
  /** A first check, so that JSON of another server is never stored as an answer; the normalizers check the details. */
  isPayload(payload: JsonValue): boolean;
}

interface Refused {
  readonly kind: 'refused';
  readonly error: ErrorKind;
  /** `gw.X`, `401`, a business code; null when the answer had none that is fit to be shown. */
  readonly gatewayCode: string | null;
  readonly outcome: Exclude<CallOutcome, 'ok' | 'not_sent'>;
}

export type Outcome = { readonly kind: 'success'; readonly payload: JsonValue } | Refused;

/**
 * What an HTTP answer means. The body comes first, since gateway errors also come with status 200; the status decides where the
 * body says nothing. Pure and total: any bytes give an outcome.
 */
export function classify(answer: HttpAnswer, expects: Expectation): Outcome {
  const envelope = readBody(answer.body);
  if (envelope?.kind === 'refusal') return refusalOutcome(answer.status, envelope);
  const byStatus = statusKind(answer.status, envelope !== null);
  if (byStatus) return refused(byStatus, isInvalid(byStatus) ? 'invalid_answer' : 'gateway_error');
  const isExpected =
    envelope && expects.shapes.includes(envelope.shape) && expects.isPayload(envelope.payload);
  return isExpected
    ? { kind: 'success', payload: envelope.payload }
    : refused(errors.GATEWAY_ANSWER_UNREADABLE, 'invalid_answer');
}

function refusalOutcome(status: number, refusal: Extract<Envelope, { kind: 'refusal' }>): Outcome {
  const isGateway = refusal.level === 'gateway';
  const fallback = isGateway ? errors.GATEWAY_REFUSED : errors.GATEWAY_BUSINESS_REFUSED;
  const byStatus = statusKind(status, true);
  const error =
    knownRefusal(refusal) ?? (byStatus === errors.GATEWAY_REFUSED ? fallback : (byStatus ?? fallback));
  return refused(error, isGateway ? 'gateway_error' : 'business_error', showableCode(refusal.code));
}

/** What the status alone says; null for 2xx. A 401 or 403 that is not JSON came from something before 1688. */
function statusKind(status: number, isJson: boolean): ErrorKind | null {
  if (status >= 200 && status < 300) return null;
  if (status >= 300 && status < 400) return errors.GATEWAY_REDIRECT;
  if (status >= 500) return errors.GATEWAY_UNAVAILABLE;
  if (status === 429) return errors.GATEWAY_TOO_FAST_APP;
  if (status === 408) return errors.GATEWAY_TIMEOUT;
  if (!isJson) return errors.GATEWAY_ANSWER_UNREADABLE;
  if (status === 401) return errors.GATEWAY_TOKEN_INVALID;
  if (status === 403) return errors.GATEWAY_NO_GRANT;
  return errors.GATEWAY_REFUSED;
}

function isInvalid(error: ErrorKind): boolean {
  return error === errors.GATEWAY_REDIRECT || error === errors.GATEWAY_ANSWER_UNREADABLE;
}

function refused(error: ErrorKind, outcome: Refused['outcome'], gatewayCode: string | null = null): Refused {
  return { kind: 'refused', error, gatewayCode, outcome };
}

/** A code goes into errors, logs and tables, so it must not be a text that could repeat a parameter. */
function showableCode(code: string | null): string | null {
  return code !== null && /^[\w.-]{1,64}$/.test(code) ? code : null;
}

function readBody(body: Buffer): Envelope | null {
  const text = decode(body, 'utf-8');
  if (text !== null) return readText(text);
  // 1688 promises payloads in UTF-8. A refusal in GBK is still a refusal, and must not be retried as noise.
  const inGbk = decode(body, 'gb18030');
  const envelope = inGbk === null ? null : readText(inGbk);
  return envelope?.kind === 'refusal' ? envelope : null;
}

function readText(text: string): Envelope | null {
  try {
    return readEnvelope(parseJson(text));
  } catch {
    return null;
  }
}

function decode(body: Buffer, charset: 'utf-8' | 'gb18030'): string | null {
  try {
    return new TextDecoder(charset, { fatal: true }).decode(body);
  } catch {
    return null;
  }
}
