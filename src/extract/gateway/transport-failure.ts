import type { ErrorKind } from '../../core/errors.ts';
import { extractErrors as errors } from '../errors.ts';

/** Why this process ended a call itself. */
export type AbortCause = 'stopped' | 'late' | 'total_timeout' | 'too_large';

const timeoutCodes = new Set([
  'UND_ERR_CONNECT_TIMEOUT',
  'UND_ERR_HEADERS_TIMEOUT',
  'UND_ERR_BODY_TIMEOUT',
  'ETIMEDOUT',
]);

/** Node's names for a certificate that is not trusted (Node docs, "X509 certificate error codes"). */
const certificateCode =
  /^(ERR_TLS_CERT|CERT_|CRL_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_(GET|VERIFY|DECODE|DECRYPT)|INVALID_(CA|PURPOSE)|HOSTNAME_MISMATCH)/;

/** The error kind of a call that this process ended. */
export function abortKind(cause: AbortCause): ErrorKind {
  if (cause === 'stopped' || cause === 'late') return errors.GATEWAY_STOPPED;
  return cause === 'too_large' ? errors.GATEWAY_ANSWER_TOO_LARGE : errors.GATEWAY_TIMEOUT;
}

/**
 * The error kind of what undici, Node's sockets or its TLS threw. The only reader of their codes.
 *
 * @param hasLeft whether bytes of the request may have been written
 */
export function transportKind(code: string, hasLeft: boolean): ErrorKind {
  if (certificateCode.test(code)) return errors.GATEWAY_CERTIFICATE_REFUSED;
  if (!hasLeft) return errors.GATEWAY_UNREACHABLE;
  if (timeoutCodes.has(code)) return errors.GATEWAY_TIMEOUT;
  // The answer is not HTTP; undici knows llhttp's code for it only sometimes.
  if (code.startsWith('HPE_') || code === 'HTTPParserError') return errors.GATEWAY_ANSWER_UNREADABLE;
  return errors.GATEWAY_CONNECTION_LOST;
}

/** The code, or else the name, of anything thrown; for several attempts to connect, of the first. Never a message. */
export function transportCode(error: unknown): string {
  if (error instanceof AggregateError) return transportCode(error.errors[0]);
  if (!(error instanceof Error)) return 'UNKNOWN';
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name;
}
