import type { Feed } from '../model/sync-config.ts';

/** What must be known of a feed to count what of it waits for a later try. */
export type CountedFeed = Pick<Feed, 'name' | 'categories'>;

/** The feeds of a run. Of one that the sync file does not have, only the name is known: its categories do not count. */
export function feedsByName(names: readonly string[], known: readonly Feed[]): CountedFeed[] {
  return names.map((name) => known.find((feed) => feed.name === name) ?? { name, categories: [] });
}
