import { createHmac } from 'node:crypto';
import type { Secret } from '../../core/secret.ts';

/** Parameters of one call, as text, before url-encoding. */
export type FormParams = Readonly<Record<string, string>>;

/**
 * The signature of a call: upper-case hex of HMAC-SHA1 over the path and the sorted `key + value` pairs (1688
 * docs, "signature"; the official PHP and Python SDKs). `urlPath` has no host, no `/openapi` and no leading
 * slash; it is empty for push callbacks.
 *
 * The pairs are ordered by their UTF-8 bytes, as PHP's `sort` and Python's `sorted` order them. JavaScript's
 * default sort compares UTF-16 code units, which puts an emoji before U+FF5E where the bytes put it after.
 *
 * Vector: secret `test123`, path `param2/1/system/currentTime/1000000`, `{ b: '2', a: '1' }` gives
 * `33E54F4F7B989E3E0E912D3FBD2F1A03CA7CCE88`.
 */
export function sign(appSecret: Secret, urlPath: string, params: FormParams): string {
  const pairs = Object.entries(params)
    .filter(([key]) => key !== '_aop_signature')
    .map(([key, value]) => Buffer.from(key.toWellFormed() + value, 'utf8'))
    .sort((a, b) => Buffer.compare(a, b));
  const mac = createHmac('sha1', appSecret.reveal());
  mac.update(urlPath);
  for (const pair of pairs) mac.update(pair);
  return mac.digest('hex').toUpperCase();
}

/** The parameters with their signature, as the `application/x-www-form-urlencoded` body of the call. */
export function signedForm(appSecret: Secret, urlPath: string, params: FormParams): string {
  return encodeForm({ ...params, _aop_signature: sign(appSecret, urlPath, params) });
}

/**
 * Url-encodes parameters as UTF-8. A surrogate without its pair becomes U+FFFD, here and in `sign` alike, so
 * that the text signed is always the text sent.
 */
export function encodeForm(params: FormParams): string {
  return new URLSearchParams(params).toString();
}
