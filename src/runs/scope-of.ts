/**
 * What `sync.run.scope` says of a run of `feeds`, of all those that the sync file has: of one scope only one run is active,
 * however it was begun. Two runs of the same feeds would only wait for one another.
 */
export function scopeOf(feeds: readonly string[], all: readonly string[]): string {
  if (all.every((feed) => feeds.includes(feed))) return 'all';
  return feeds.length === 1 ? `feed:${feeds.join()}` : `feeds:${feeds.toSorted().join()}`;
}
