import type { Feed } from '../model/sync-config.ts';

/** The fields of a feed that are needed to count its targets that wait for a later try. */
export type CountedFeed = Pick<Feed, 'name' | 'categories'>;

/** The feeds of a run. For a feed that the sync file does not have, only the name is known: its categories do not count. */
export function feedsByName(names: readonly string[], known: readonly Feed[]): CountedFeed[] {
  return names.map((name) => known.find((feed) => feed.name === name) ?? { name, categories: [] });
}
