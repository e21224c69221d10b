import { Redis } from 'ioredis';
import { sleep } from '../core/clock.ts';
import { AppError, errorMessage } from '../core/errors.ts';
import type { Secret } from '../core/secret.ts';
import { databaseErrors } from './errors.ts';

/** A Redis that is restarting is back within this time. */
const patienceMs = 5000;

/** Between two attempts to connect. */
const retryMs = 250;

/** Host and port only: user and password are secret. */
export function placeOfRedis(url: Secret): string {
  const { hostname, port } = new URL(url.reveal());
  return `${hostname === '' ? 'localhost' : hostname}:${port === '' ? '6379' : port}`;
}

/**
 * Waits until Redis answers. BullMQ itself would wait without end, and could not be closed meanwhile.
 *
 * @throws AppError REDIS_UNREACHABLE
 */
export async function requireRedis(url: Secret, withinMs = patienceMs): Promise<void> {
  const redis = new Redis(url.reveal(), {
    connectTimeout: withinMs,
    maxRetriesPerRequest: null,
    retryStrategy: () => retryMs,
  });
  const troubles: string[] = [];
  // Only what it says: the error itself may hold the password that was sent.
  const note = (error: unknown): false => {
    troubles.push(errorMessage(error));
    return false;
  };
  redis.on('error', note);
  const late = new AbortController();
  try {
    const answered = redis.ping().then(() => true, note);
    if (await Promise.race([answered, sleep(withinMs, late.signal).then(() => false)])) return;
  } finally {
    late.abort();
    redis.disconnect();
  }
  const reason = troubles.at(-1) ?? `no answer within ${String(withinMs / 1000)} s`;
  throw new AppError(
    databaseErrors.REDIS_UNREACHABLE,
    `the queues can't be opened on Redis at ${placeOfRedis(url)}: ${reason}`,
  );
}
