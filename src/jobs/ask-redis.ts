import { sleep } from '../core/clock.ts';
import { AppError, errorMessage } from '../core/errors.ts';
import { databaseErrors } from '../db/errors.ts';

/** Redis answers within milliseconds. At half, one that saves its data could seem away; at double, a tick waits longer. */
const patienceMs = 3000;

/** What Redis itself says (memory full, a replica, no login), as opposed to a connection that is lost. */
function isReply(error: unknown): boolean {
  return error instanceof Error && error.name === 'ReplyError';
}

/**
 * Runs a command of a queue. BullMQ and ioredis wait for a Redis that does not answer for as long as that takes; here it
 * is an error after three seconds, and the command may still be carried out.
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
