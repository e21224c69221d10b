import { toWireJson, type WireValue } from './wire-json.ts';

/** An answer before it is written to the socket. */
export interface GatewayAnswer {
  readonly status: number;
  /** The whole body: JSON text in UTF-8. */
  readonly body: string;
  /** For the call log: `ok`, `401`, or a code of the gateway. */
  readonly outcome: string;
}

/** A refusal by the gateway itself; thrown by any check, answered in one place. */
export class Refusal extends Error {
  readonly code: string;
  readonly status: number;

  /** @param code `gw.X`, or `401` for everything about the access token */
  constructor(code: string, message: string) {
    super(message);
    this.code = code;
    this.status = code === '401' ? 401 : 400;
  }
}

/** A good answer; `value` is the whole body. */
export function answerWith(value: WireValue): GatewayAnswer {
  return { status: 200, body: toWireJson(value), outcome: 'ok' };
}

/** The body of a refusal has exactly these three keys (measured by clients). */
export function answerRefusal(refusal: Refusal, alwaysStatus200: boolean): GatewayAnswer {
  const { code, message } = refusal;
  const body = toWireJson({ error_code: code, error_message: message, exception: message });
  return { status: alwaysStatus200 ? 200 : refusal.status, body, outcome: code };
}
