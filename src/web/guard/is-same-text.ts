import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

const anyKey = randomBytes(32);

/** In constant time. */
export function isSameText(a: string, b: string): boolean {
  const digest = (text: string) => createHmac('sha256', anyKey).update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}
