import { sleep } from '../core/clock.ts';
import type { Logger } from '../core/log.ts';
import { isDatabaseOutage, toDatabaseError } from './database-error.ts';

export interface OutageOptions {
  readonly log: Logger;
  /** Ends the retrying: the last error is thrown. */
  readonly signal?: AbortSignal | undefined;
}

const firstWaitMs = 50;

/** At half, a server that comes back up is asked twice as often; at double, an answer waits that much longer. */
const maxQueueDelayMs = 5_000;

/**
 * Repeats idempotent work for as long as the database is away. It may have been done although its connection
 * broke, so that it must be harmless to do twice.
 *
 * @throws AppError DATABASE_UNREACHABLE once `signal` aborts; any other error at once
 */
export async function retryThroughOutage<T>(work: () => Promise<T>, options: OutageOptions): Promise<T> {
  for (let waitMs = firstWaitMs; ; waitMs = Math.min(waitMs * 2, maxQueueDelayMs)) {
    try {
      return await work();
    } catch (err) {
      if (!isDatabaseOutage(err) || options.signal?.aborted) throw toDatabaseError(err);
      options.log.warn({ err: toDatabaseError(err), waitMs }, 'database does not answer, trying again');
      await sleep(waitMs, options.signal);
    }
  }
}
