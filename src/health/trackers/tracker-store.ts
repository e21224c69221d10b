import { createHash } from 'node:crypto';
import type { Pool } from 'pg';
import { drizzleOn } from '../../db/database.ts';
import { applySql, runSql, runSqlForOne } from '../../db/sql-file.ts';
import type { ListedChange, TrackedChange, Tracker } from '../../model/tracker.ts';
import { tracker as trackerTable } from '../../schema/trackers.ts';
import { readSql } from '../read-sql.ts';

/** Changes that are to be sent now. */
export interface PendingChanges {
  /** The oldest first. */
  readonly changes: readonly TrackedChange[];
  /** All of them, those beyond the limit too. */
  readonly total: number;
}

/** What trackers noticed, shared by all processes. */
export interface TrackerStore {
  /** Trackers that are new begin here. */
  register(trackers: readonly Tracker[]): Promise<void>;
  /** Notes what they notice in what was loaded since. `isSent` false: there is nobody to send it to. */
  note(trackers: readonly Tracker[], options: { readonly isSent: boolean }): Promise<void>;
  listPending(limit: number): Promise<PendingChanges>;
  /** The receiver took a message about these. */
  noteSent(changeIds: readonly string[]): Promise<void>;
  /** The newest first. `tracker` null: of all. */
  list(filter: { readonly tracker: string | null; readonly limit: number }): Promise<ListedChange[]>;
  /** Those that were registered. */
  listNames(): Promise<string[]>;
}

/** Two trackers are one where this is the same: the order of offers and events says nothing. */
function defineTracker({ name, ...rest }: Tracker) {
  const { feed, priceDownPercent: down, priceUpPercent: up, priceBelowCny: below } = rest;
  const [offers, events] = [rest.offers.toSorted(), rest.events.toSorted()];
  const rule = { feed, offers, down, up, below, events };
  const definition = createHash('sha256').update(JSON.stringify(rule)).digest('hex');
  return { tracker: name, definition, ...rule };
}

/** Over `sync.tracker` and `sync.tracked_change`. */
export function createTrackerStore(pool: Pool): TrackerStore {
  return {
    register: async (trackers) => {
      const rules = trackers.map(defineTracker);
      await applySql(pool, readSql('register-trackers'), [
        rules.map(({ tracker }) => tracker),
        rules.map(({ definition }) => definition),
      ]);
    },
    note: async (trackers, { isSent }) => {
      if (trackers.length === 0) return;
      const { loadedTo } = await runSqlForOne<{ loadedTo: string }>(pool, readSql('find-loaded-to'));
      const rules = JSON.stringify(trackers.map(defineTracker));
      await applySql(pool, readSql('note-tracked-changes'), [rules, loadedTo, isSent]);
    },
    listPending: async (limit) => {
      const rows = await runSql<TrackedChange & { pending: number }>(pool, readSql('list-pending-changes'), [
        limit,
      ]);
      return { changes: rows, total: rows[0]?.pending ?? 0 };
    },
    noteSent: async (changeIds) => {
      await applySql(pool, readSql('note-changes-sent'), [changeIds]);
    },
    list: ({ tracker, limit }) =>
      runSql<ListedChange>(pool, readSql('list-tracked-changes'), [tracker, limit]),
    listNames: async () => {
      const rows = await drizzleOn(pool).selectDistinct({ name: trackerTable.tracker }).from(trackerTable);
      return rows.map(({ name }) => name);
    },
  };
}
