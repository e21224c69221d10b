import type { Command } from 'commander';
import { syncFileName } from '../config/project-folder.ts';
import type { SyncConfig } from '../model/sync-config.ts';

/** Says which of some feeds the file does not have; null: it has all. */
export function describeUnknownFeeds({ feeds: all }: SyncConfig, feeds: readonly string[]): string | null {
  const known = all.map(({ name }) => name);
  const unknown = feeds.filter((feed) => !known.includes(feed));
  if (unknown.length === 0) return null;
  return `${syncFileName} has no feed ${unknown.join(', ')}; its feeds are ${known.join(', ')}`;
}

/** Ends with a usage error when the value of `--feed` is no feed of the file. */
export function refuseUnknownFeeds(sync: SyncConfig, feeds: readonly string[], command: Command): void {
  const problem = describeUnknownFeeds(sync, feeds);
  if (problem !== null) command.error(`error: option '--feed' is wrong: ${problem}`);
}
