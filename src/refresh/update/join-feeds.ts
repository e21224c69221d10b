import type { PoolClient } from 'pg';
import type { LoadableSearchPage } from '../../model/catalog.ts';
import { applySql, runSql } from '../../db/sql-file.ts';
import { readSql } from '../read-sql.ts';
import type { OfferFreshness } from './offer-freshness.ts';
import { isOnSuspicion, type SearchWindow } from './window-rows.ts';
import { inArray } from 'drizzle-orm';
import { drizzleOn } from '../../db/database.ts';
import { feedSet } from '../../schema/planner.ts';

/** Offers by the feeds whose searches list them, in the order of the lists. */
export function listByFeed(
  pages: readonly LoadableSearchPage[],
  windows: ReadonlyMap<string, SearchWindow>,
): Map<string, string[]> {
  const listed = new Map<string, Set<string>>();
  for (const { windowId, record } of pages) {
    const window = windows.get(windowId);
    if (!window || isOnSuspicion(window) || record === null) continue;
    const { feed } = window;
    const offers = listed.get(feed) ?? new Set();
    for (const { offerId } of record.rows) offers.add(offerId);
    listed.set(feed, offers);
  }
  return new Map([...listed].map(([feed, offers]) => [feed, [...offers]]));
}

async function readFeedSets(client: PoolClient, sets: readonly number[]): Promise<Map<number, string[]>> {
  const rows = await drizzleOn(client)
    .select()
    .from(feedSet)
    .where(inArray(feedSet.feedSet, [...sets]));
  return new Map(rows.map((row) => [row.feedSet, row.feeds]));
}

/** Feeds with a bound accept as many offers as they have room for, in the order of their lists. */
async function admit(
  client: PoolClient,
  wishes: ReadonlyMap<string, string[]>,
): Promise<Map<string, string[]>> {
  const rows = await runSql<{ feed: string; room: number | null }>(client, readSql('lock-feeds'), [
    [...wishes.keys()],
  ]);
  const rooms = new Map(rows.map(({ feed, room }) => [feed, room ?? Infinity]));
  const admitted = new Map(
    [...wishes].map(([feed, offerIds]) => [feed, offerIds.slice(0, rooms.get(feed) ?? Infinity)]),
  );
  const joined = Object.fromEntries([...admitted].map(([feed, offerIds]) => [feed, offerIds.length]));
  await applySql(client, readSql('count-feed-offers'), [JSON.stringify(joined)]);
  return admitted;
}

/**
 * Adds locked offers to the feeds that list them, as far as these have room. `listed`: by feed, in the order of its list. Locks feeds,
 * after everything else.
 */
export async function joinFeeds(
  client: PoolClient,
  listed: ReadonlyMap<string, readonly string[]>,
  freshness: Map<string, OfferFreshness>,
): Promise<void> {
  const sets = await readFeedSets(client, [
    ...new Set([...freshness.values()].map(({ feedSet }) => feedSet)),
  ]);
  const feedsOf = (offerId: string) => sets.get(freshness.get(offerId)?.feedSet ?? 0) ?? [];
  const wishes = new Map<string, string[]>();
  for (const [feed, offerIds] of listed) {
    const missing = offerIds.filter((id) => freshness.has(id) && !feedsOf(id).includes(feed));
    if (missing.length > 0) wishes.set(feed, missing);
  }
  if (wishes.size === 0) return;
  const joined = new Map<string, string[]>();
  for (const [feed, offerIds] of await admit(client, wishes)) {
    for (const id of offerIds) joined.set(id, [...(joined.get(id) ?? feedsOf(id)), feed]);
  }
  if (joined.size === 0) return;
  const ids = [...joined.keys()];
  const rows = await runSql<{ position: number; feedSet: number }>(client, readSql('ensure-feed-sets'), [
    JSON.stringify([...joined.values()]),
  ]);
  for (const { position, feedSet } of rows) {
    const offerId = ids[position - 1] ?? '';
    const known = freshness.get(offerId);
    if (known) freshness.set(offerId, { ...known, feedSet });
  }
}
