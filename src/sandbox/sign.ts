import { createHmac, timingSafeEqual } from 'node:crypto';

/** Request parameters after url-decoding, as the gateway sees them. */
export type Params = ReadonlyMap<string, string>;

const signatureField = '_aop_signature';

/** Byte order of UTF-8, which differs from JavaScript's own order beyond U+FFFF. */
function compareBytes(left: string, right: string): number {
  return Buffer.compare(Buffer.from(left), Buffer.from(right));
}

/**
 * The signature that 1688 expects: upper-case hex of HMAC-SHA1 over `path` followed by every `key + value`,
 * sorted as pairs. `path` starts at `param2/` and ends with the app key. (1688 signature docs; whether the
 * server sorts pairs or keys is known to nobody, its own SDKs sort pairs.)
 *
 * Vector: secret `test123`, path `param2/1/system/currentTime/1000000`, a=1, b=2 gives
 * `33E54F4F7B989E3E0E912D3FBD2F1A03CA7CCE88`.
 */
export function expectedSignature(path: string, params: Params, secret: string): string {
  const pairs: string[] = [];
  for (const [key, value] of params) {
    if (key !== signatureField) pairs.push(key + value);
  }
  const message = path + pairs.sort(compareBytes).join('');
  return createHmac('sha1', secret).update(message, 'utf8').digest('hex').toUpperCase();
}

/** What became of the signature of a request. */
export type SignatureCheck = 'valid' | 'missing' | 'invalid';

/** Checks `_aop_signature` over the parameters that were received. */
export function checkSignature(path: string, params: Params, secret: string): SignatureCheck {
  const given = params.get(signatureField);
  if (given === undefined || given === '') return 'missing';
  const expected = Buffer.from(expectedSignature(path, params, secret));
  const actual = Buffer.from(given);
  return actual.length === expected.length && timingSafeEqual(actual, expected) ? 'valid' : 'invalid';
}
