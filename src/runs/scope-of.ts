/**
 * The value of `sync.run.scope` for a run of `feeds`, given all feeds of the sync file. At most one run of a scope is active,
 * however it began: two runs of the same feeds would only wait for each other.
 */
export function scopeOf(feeds: readonly string[], all: readonly string[]): string {
  if (all.every((feed) => feeds.includes(feed))) return 'all';
  return feeds.length === 1 ? `feed:${feeds.join()}` : `feeds:${feeds.toSorted().join()}`;
}
