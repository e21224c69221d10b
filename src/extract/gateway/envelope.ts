import { isJsonObject, type JsonObject, type JsonValue } from '../../core/json.ts';

/**
 * How 1688 wraps a payload (1688 docs and samples; each shape seen by several clients):
 *
 * - `nested`: `{"result": {"success", "code", "message", "result": PAYLOAD}}`, the crossborder family
 * - `flat`: `{"success", "code", "message", "result": PAYLOAD}`
 * - `whole`: verdict and data side by side, `{"categoryInfo": [], "succes": "true"}`: the object is the payload
 * - `bare`: a JSON string, number or list, `system.*`
 */
export type Shape = 'nested' | 'flat' | 'whole' | 'bare';

export type Envelope =
  | { readonly kind: 'payload'; readonly shape: Shape; readonly payload: JsonValue }
  | {
      readonly kind: 'refusal';
      /** Who refused: the gateway before the API was reached, or the API. */
      readonly level: 'gateway' | 'business';
      readonly code: string | null;
      /** Every text of the refusal, for matching only: it may repeat parameters. */
      readonly text: string;
    };

// 1688's own spellings, the misspelt ones too.
const flagKeys = ['success', 'succes'];
const errorCodeKeys = ['error_code', 'errorCode', 'error'];
const codeKeys = ['code', 'retCode'];
const errorTextKeys = [
  'error_message',
  'exception',
  'errorMsg',
  'errorMessage',
  'erroMsg',
  'errorInfo',
  'extErrorMessage',
  'error_description',
];
const textKeys = ['message', 'msg', 'retMsg'];
const verdictKeys = new Set([...flagKeys, ...errorCodeKeys, ...codeKeys, ...errorTextKeys, ...textKeys]);

/** Codes of good answers. */
const goodCodes = new Set(['S0000', '200', '0', 'SUCCESS']);

/**
 * Finds the payload or the refusal in any envelope of 1688. Total: any JSON gives a result.
 *
 * An absent payload is accepted only beside an explicit `success` and without any code but that of a good answer, since it can
 * mean that an offer is gone. An object without a known key is `whole`.
 */
export function readEnvelope(value: JsonValue): Envelope {
  if (!isJsonObject(value)) return { kind: 'payload', shape: 'bare', payload: value };
  const inner = value['result'];
  const isNested = readFlag(value) === null && isJsonObject(inner) && hasVerdict(inner);
  const verdict = isNested ? inner : value;
  const refusal = readRefusal(value) ?? readRefusal(verdict);
  if (refusal) return refusal;
  const payload = verdict['result'] ?? null;
  const isWrapped =
    hasVerdict(verdict) &&
    (payload !== null || readFlag(verdict) === true) &&
    (isNested || inner !== undefined || Object.keys(value).every((key) => verdictKeys.has(key)));
  if (!isWrapped) return { kind: 'payload', shape: 'whole', payload: value };
  if (payload === null && isBadCode(codeOf(verdict))) return toRefusal(verdict, 'business');
  return { kind: 'payload', shape: isNested ? 'nested' : 'flat', payload };
}

function readRefusal(verdict: JsonObject): Envelope | null {
  const flag = readFlag(verdict);
  const code = codeOf(verdict);
  const isGateway = isGatewayCode(code, flag) || firstText(verdict, ['error_code']) !== null;
  const isBad =
    isGateway ||
    flag === false ||
    (flag === null && (firstText(verdict, errorTextKeys) !== null || isBadCode(code)));
  if (!isBad) return null;
  return toRefusal(verdict, isGateway || (code === null && flag === null) ? 'gateway' : 'business');
}

/** The first code that is not of a good answer, or else the first: `errorCode` is also `0` where nothing is wrong. */
function codeOf(verdict: JsonObject): string | null {
  const codes = [...errorCodeKeys, ...codeKeys].map((key) => firstText(verdict, [key]));
  return codes.find(isBadCode) ?? codes.find((code) => code !== null) ?? null;
}

function isBadCode(code: string | null): boolean {
  return code !== null && !goodCodes.has(code.toUpperCase());
}

function toRefusal(verdict: JsonObject, level: 'gateway' | 'business'): Envelope {
  const code = codeOf(verdict);
  const text = [code, ...[...errorTextKeys, ...textKeys].map((key) => firstText(verdict, [key]))]
    .filter((part) => part !== null)
    .join('\n');
  return { kind: 'refusal', level, code, text };
}

function isGatewayCode(code: string | null, flag: boolean | null): boolean {
  return code !== null && (code.startsWith('gw.') || (code === '401' && flag === null));
}

function hasVerdict(value: JsonObject): boolean {
  return readFlag(value) !== null || codeOf(value) !== null;
}

/** `success` as a boolean or as text; null when the answer does not say. */
function readFlag(value: JsonObject): boolean | null {
  for (const key of flagKeys) {
    const item = value[key];
    if (typeof item === 'boolean') return item;
    const text = typeof item === 'string' ? item.toLowerCase() : '';
    if (text === 'true' || text === 'false') return text === 'true';
  }
  return null;
}

function firstText(value: JsonObject, keys: readonly string[]): string | null {
  for (const key of keys) {
    const item = value[key];
    if ((typeof item === 'string' && item !== '') || typeof item === 'number') return String(item);
  }
  return null;
}
