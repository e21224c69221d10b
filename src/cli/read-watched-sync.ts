import type { Session } from '../app/session.ts';
import { openWatchLists } from '../config/watch-lists.ts';
import type { SyncConfig } from '../model/sync-config.ts';

/** The sync file with the offers of its watch lists. @throws AppError CONFIG_FILE_*, WATCH_LIST_* */
export async function readWatchedSync(session: Session): Promise<SyncConfig> {
  const file = session.readSyncConfig();
  const addTo = await openWatchLists(session.config.projectDir, file.feeds, session.log);
  return { ...file, feeds: await addTo(file.feeds) };
}
