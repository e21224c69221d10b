import { tryReadSyncConfig } from '../../config/read-sync-config.ts';
import { isWatchFeed, readWatchText } from '../../config/watch-lists.ts';
import { isPicturePath, readImageFile } from '../../extract/read-image-file.ts';
import { failed, ok, type Check } from './check.ts';

const name = 'feed files';

/** Whether the watch lists and pictures that the sync file names can be read: one that cannot fails only when a run needs it. */
export async function checkFeedFiles(projectDir: string): Promise<Check[]> {
  const feeds = tryReadSyncConfig(projectDir)?.feeds ?? [];
  const reads = feeds.flatMap((feed) => [
    ...(isWatchFeed(feed) ? [() => readWatchText(projectDir, feed)] : []),
    ...feed.images.filter(isPicturePath).map((path) => () => readImageFile(projectDir, path)),
  ]);
  const problems: Check[] = [];
  for (const read of reads) await read().catch((error: unknown) => problems.push(failed(name, error)));
  if (reads.length === 0 || problems.length > 0) return problems;
  const files = reads.length === 1 ? 'the file' : `all ${String(reads.length)} files`;
  return [ok(name, `${files} that catalog-sync.yaml names can be read`)];
}
