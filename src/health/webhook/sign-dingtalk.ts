import { createHmac } from 'node:crypto';

/**
 * Adds what a DingTalk robot with a signing secret requires: `timestamp` in ms, and `sign`, the base64 of the HMAC-SHA256
 * of timestamp, line feed and secret, by the secret (open.dingtalk.com, "custom robot, security settings").
 */
export function signDingTalk(url: URL, secret: string, nowMs: number): URL {
  const timestamp = String(nowMs);
  const signed = new URL(url);
  signed.searchParams.set('timestamp', timestamp);
  signed.searchParams.set(
    'sign',
    createHmac('sha256', secret).update(`${timestamp}\n${secret}`).digest('base64'),
  );
  return signed;
}
