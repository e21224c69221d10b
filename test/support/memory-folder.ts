import { createHash } from 'node:crypto';
import { accessSync, constants, statfsSync } from 'node:fs';
import { join } from 'node:path';

/** Where Linux keeps files in memory, for everyone. */
const shared = '/dev/shm';

/** Databases of a whole run take less than a tenth. At half, a run beside others could fill a small machine. */
const minBytes = 4_000_000_000;

/**
 * A folder in memory of the owner's own, not made yet; null where there is no room. Postgres is as durable as ever
 * there, and every commit, new database and dropped one is spared its wait for a disk.
 *
 * @param owner the same for processes that are to meet there
 */
export function findMemoryFolder(owner: string): string | null {
  try {
    accessSync(shared, constants.W_OK);
    const { bavail, bsize } = statfsSync(shared);
    if (Math.min(bavail * bsize, process.availableMemory()) < minBytes) return null;
  } catch {
    // Another system than Linux.
    return null;
  }
  const hash = createHash('sha256').update(owner).digest('hex').slice(0, 16);
  return join(shared, `catalog-sync-${hash}`);
}
