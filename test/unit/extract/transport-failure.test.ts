import { describe, expect, it } from 'vitest';
import { transportCode, transportKind } from '../../../src/extract/gateway/transport-failure.ts';

function coded(code: string): Error {
  return Object.assign(new Error('a text that may hold a url'), { code });
}

describe('transportKind', () => {
  it.each([
    ['CERT_HAS_EXPIRED', false, 'GATEWAY_CERTIFICATE_REFUSED'],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', false, 'GATEWAY_CERTIFICATE_REFUSED'],
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', false, 'GATEWAY_CERTIFICATE_REFUSED'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', false, 'GATEWAY_CERTIFICATE_REFUSED'],
    ['ECONNREFUSED', false, 'GATEWAY_UNREACHABLE'],
    ['UND_ERR_CONNECT_TIMEOUT', false, 'GATEWAY_UNREACHABLE'],
    ['UND_ERR_HEADERS_TIMEOUT', true, 'GATEWAY_TIMEOUT'],
    ['UND_ERR_BODY_TIMEOUT', true, 'GATEWAY_TIMEOUT'],
    ['ETIMEDOUT', true, 'GATEWAY_TIMEOUT'],
    ['HPE_INVALID_CONSTANT', true, 'GATEWAY_ANSWER_UNREADABLE'],
    ['HTTPParserError', true, 'GATEWAY_ANSWER_UNREADABLE'],
    ['ECONNRESET', true, 'GATEWAY_CONNECTION_LOST'],
  ])('takes %s (sent: %j) for %s', (code, hasLeft, kind) => {
    expect(transportKind(code, hasLeft).code).toBe(kind);
  });
});

describe('transportCode', () => {
  it.each([
    ['the code', coded('ECONNRESET'), 'ECONNRESET'],
    ['the name of an error without a code', new TypeError('x'), 'TypeError'],
    ['the name where the code is no text', Object.assign(new RangeError('x'), { code: 7 }), 'RangeError'],
    [
      'the first of several addresses that were tried',
      new AggregateError([coded('ECONNREFUSED'), coded('ENETUNREACH')]),
      'ECONNREFUSED',
    ],
    ['nothing of several tries without an error', new AggregateError([]), 'UNKNOWN'],
    ['nothing of what is no error', 'https://gw.open.1688.com/?token=x', 'UNKNOWN'],
  ])('says %s', (_, error, code) => {
    expect(transportCode(error)).toBe(code);
  });
});
