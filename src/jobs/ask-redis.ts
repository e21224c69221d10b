import { sleep } from '../core/clock.ts';
import { AppError, errorMessage } from '../core/errors.ts';
import { databaseErrors } from '../db/errors.ts';

/** Redis answers within milliseconds. At half, a Redis that saves its data could seem unreachable; at double, a tick waits longer. */
const patienceMs = 3000;

/** True for an error that Redis itself reports (memory full, a replica, no login), not for a lost connection. */
function isReply(error: unknown): boolean {
  return error instanceof Error && error.name === 'ReplyError';
}

/**
 * Runs a command of a queue. BullMQ and ioredis wait without limit for a Redis that does not answer. Here it is an error after three
 * seconds, and the command may still be carried out.
 *
 * @throws AppError REDIS_UNREACHABLE, REDIS_REFUSED
 */
export async function askRedis<T>(command: () => Promise<T>): Promise<T> {
  const answered = new AbortController();
  const late = sleep(patienceMs, answered.signal).then(() => {
    throw new Error(`no answer within ${String(patienceMs / 1000)} s`);
  });
  try {
    return await Promise.race([command(), late]);
  } catch (cause) {
    const kind = isReply(cause) ? databaseErrors.REDIS_REFUSED : databaseErrors.REDIS_UNREACHABLE;
    throw new AppError(kind, `the queues in Redis can't be used: ${errorMessage(cause)}`, { cause });
  } finally {
    answered.abort();
  }
}
