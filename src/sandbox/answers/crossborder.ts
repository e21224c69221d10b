import { answerWith, Refusal, type GatewayAnswer } from '../gateway-answer.ts';
import { isJsonObject, parseJson, type JsonObject, type JsonValue } from '../../core/json.ts';
import type { Params } from '../sign.ts';
import type { WireValue } from '../wire-json.ts';

/** The double envelope of the cross-border family; an absent payload is null. */
export function wrapResult(payload: WireValue, code = '200'): GatewayAnswer {
  return answerWith({ result: { success: true, code, message: '成功', result: payload } });
}

/** A refusal of the API itself, HTTP 200, without a payload. */
export function refuseRequest(code: string, message: string): GatewayAnswer {
  return { ...answerWith({ result: { success: false, code, message } }), outcome: code };
}

/** The wording and code of a missing argument are measured, those of a malformed one are a guess. */
export function missing(name: string): Refusal {
  return new Refusal('gw.ParamMissing', `Required argument ${name}`);
}

/**
 * The one JSON field that a cross-border API takes.
 *
 * @throws Refusal when it is absent, or not a JSON object
 */
export function readObject(params: Params, name: string): JsonObject {
  const text = params.get(name);
  if (text === undefined || text === '') throw missing(name);
  try {
    const value = parseJson(text);
    if (isJsonObject(value)) return value;
  } catch {
    // Falls through: what is no JSON is refused like JSON of another kind.
  }
  throw new Refusal('gw.ParamInvalid', `Illegal argument type ${name}`);
}

/** A number or text of the request as text; null when it is absent or empty. */
export function textOf(value: JsonValue | undefined): string | null {
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' && value !== '' ? value : null;
}
