import { sleep } from '../core/clock.ts';
import { AppError } from '../core/errors.ts';
import { localErrors } from './errors.ts';
import { PresenceFolder } from './presence.ts';

const pollMs = 25;
const choosing = 'choosing';

/** Whether a ticket drawn before ours (or at once with ours, with a smaller name) is still held. */
function isBehind(folder: PresenceFolder, mine: string, number: number): boolean {
  // The order matters: who isn't choosing in the first listing has a ticket in the second, or draws a later one.
  if (folder.list().some(({ label }) => label === choosing)) return true;
  return folder.list().some(({ label, name }) => {
    const other = Number(label);
    return other < number || (other === number && name < mine);
  });
}

/**
 * Runs `work` while no other process or caller is inside `withLock` on the same folder. Lamport's bakery on
 * files: each caller draws a numbered ticket and waits for the smaller ones. There is no lock that a killed
 * process could leave behind and no stale one to break: a ticket counts only while its process runs.
 *
 * @throws AppError LOCAL_POSTGRES_BUSY when the turn has not come within `timeoutMs`
 */
export async function withLock<T>(path: string, timeoutMs: number, work: () => Promise<T>): Promise<T> {
  const folder = new PresenceFolder(path);
  const mark = folder.enter(choosing);
  let number: number;
  let mine: string;
  try {
    number = 1 + Math.max(0, ...folder.list().flatMap(({ label }) => Number(label) || []));
    mine = folder.enter(String(number));
  } finally {
    folder.leave(mark);
  }
  try {
    const deadline = AbortSignal.timeout(timeoutMs);
    while (isBehind(folder, mine, number)) {
      if (deadline.aborted) {
        throw new AppError(localErrors.LOCAL_POSTGRES_BUSY, 'the local Postgres is busy in another process', {
          facts: { folder: path, timeoutMs },
        });
      }
      await sleep(pollMs);
    }
    return await work();
  } finally {
    folder.leave(mine);
  }
}
