import { syncFileName, readSyncConfig } from '../session.ts';
import { failed, ok, type Check } from './check.ts';

/** Whether the sync file can be used, with the lines that can't. */
export function checkSyncFile(projectDir: string): Check {
  const name = 'sync file';
  try {
    const { account, feeds, schedules } = readSyncConfig(projectDir);
    const names = feeds.map((feed) => feed.name).join(', ');
    return ok(
      name,
      `${syncFileName}: ${account} account, feeds ${names}, ${String(schedules.length)} schedules`,
    );
  } catch (error) {
    return failed(name, error);
  }
}
