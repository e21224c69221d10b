import { inArray } from 'drizzle-orm';
import type { Pool } from 'pg';
import { drizzleOn } from '../db/database.ts';
import { runSql } from '../db/sql-file.ts';
import { feed } from '../schema/planner.ts';
import { readSql } from './read-sql.ts';

/** Reads the facts that promised ages need. */
export interface AgeStore {
  /** Number of offers of each feed; a feed that had no run has no entry. */
  countOffers(feeds: readonly string[]): Promise<Map<string, number>>;
  /** The longest time between the starts of two runs of each feed in the last 26 hours, in milliseconds. */
  listRunGaps(feeds: readonly string[]): Promise<Map<string, number>>;
}

/** Over `sync.feed` and `sync.run`. */
export function createAgeStore({ pool }: { readonly pool: Pool }): AgeStore {
  const db = drizzleOn(pool);
  return {
    countOffers: async (feeds) => {
      const rows = await db
        .select({ name: feed.feed, offers: feed.offers })
        .from(feed)
        .where(inArray(feed.feed, [...feeds]));
      return new Map(rows.map(({ name, offers }) => [name, offers]));
    },
    listRunGaps: async (feeds) => {
      const rows = await runSql<{ feed: string; longestMs: number }>(pool, readSql('list-run-gaps'), [feeds]);
      return new Map(rows.map((row) => [row.feed, row.longestMs]));
    },
  };
}
