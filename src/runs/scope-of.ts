/**
 * The value of `sync.run.scope` for a run of `feeds`, given all feeds of the sync file: of one scope only one run is active,
 * however it was begun. Two runs of the same feeds would only wait for one another.
 */
export function scopeOf(feeds: readonly string[], all: readonly string[]): string {
  if (all.every((feed) => feeds.includes(feed))) return 'all';
  return feeds.length === 1 ? `feed:${feeds.join()}` : `feeds:${feeds.toSorted().join()}`;
}
