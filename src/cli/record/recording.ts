import { parse, stringify } from 'lossless-json';
import { isJsonObject, parseJson } from '../../core/json.ts';
import { readEnvelope } from '../../extract/gateway/envelope.ts';
import { readStored } from '../../extract/read-stored.ts';
import type { StoredAnswer } from '../../model/ledger.ts';
import { scrubText } from '../../transform/values/scrub-text.ts';
import { personalFields } from './personal-fields.ts';
import { redact, type Pseudonymize, type Redacted } from './redact.ts';
import { shapeOf } from './shape-of.ts';

/** An answer that is fit to be kept as a file. */
export interface Recording extends Pick<Redacted, 'replaced' | 'leftOut'> {
  /** `{operation, request, payload}` as JSON, digit by digit as 1688 wrote it. */
  readonly text: string;
}

/** The payload as in the body, with all digits of every number. */
function payloadOf(body: string): unknown {
  const { kind, ...envelope } = readEnvelope(parseJson(body));
  const whole = parse(body);
  if (kind === 'refusal' || !('shape' in envelope)) return null;
  const inner = (value: unknown): unknown =>
    isJsonObject(value) ? (value as Readonly<Record<string, unknown>>)['result'] : null;
  if (envelope.shape === 'nested') return inner(inner(whole));
  return envelope.shape === 'flat' ? inner(whole) : whole;
}

/** The request with the seller or uploaded picture it names as a pseudonym, and no account in a picture's url. */
function redactRequest(request: object, pseudonymize: Pseudonymize): Record<string, unknown> {
  const redactPart = ([key, value]: [string, unknown]): [string, unknown] => {
    if (typeof value === 'object' && value !== null) return [key, redactRequest(value, pseudonymize)];
    if (typeof value !== 'string') return [key, value];
    if (personalFields[key] === 'id') return [key, pseudonymize('id', value)];
    return [key, key === 'url' ? scrubText(value) : value];
  };
  return Object.fromEntries(Object.entries(request).map(redactPart));
}

/**
 * Turns a stored answer into a golden file.
 *
 * @throws AppError STORED_ANSWER_UNREADABLE when it is not a valid answer of its operation
 */
export function recordAnswer(answer: StoredAnswer, pseudonymize: Pseudonymize): Recording {
  readStored(answer);
  const { request } = answer;
  const { value, replaced, leftOut } = redact(
    payloadOf(answer.body.toString('utf8')),
    shapeOf(request),
    pseudonymize,
  );
  const file = { request: redactRequest(request, pseudonymize), payload: value };
  return { text: `${stringify(file, undefined, 2) ?? ''}\n`, replaced, leftOut };
}
