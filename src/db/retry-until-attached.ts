import { sleep } from '../core/clock.ts';
import { isMissingPartition } from './database-error.ts';

/** The wait before the second try, which doubles from then on: 0.6 s in all. */
const [mostTries, firstWaitMs] = [6, 20];

/**
 * Repeats work that writes to a partition which another session is making. Between the end of that transaction and the news of it,
 * others see the table, but not yet that it belongs to its parent: nothing is made, and no partition is found. A machine that is
 * busy can stretch that to many milliseconds.
 *
 * @throws what `work` throws; that there is no partition, if there is none after all tries
 */
export async function retryUntilAttached<T>(work: () => Promise<T>): Promise<T> {
  for (let tries = 1, waitMs = firstWaitMs; ; tries += 1, waitMs *= 2) {
    try {
      return await work();
    } catch (error) {
      if (tries === mostTries || !isMissingPartition(error)) throw error;
    }
    await sleep(waitMs);
  }
}
