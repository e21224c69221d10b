import type { Pool, PoolClient } from 'pg';
import { AppError } from '../core/errors.ts';
import type { RetentionAges } from '../model/sync-config.ts';
import { toDatabaseError } from '../db/database-error.ts';
import { inTransaction } from '../db/in-transaction.ts';
import { applySql, runSql } from '../db/sql-file.ts';
import { deleteOldPeriods } from '../ledger/forget-rows.ts';
import { deleteOldStats } from '../refresh/update/refresh-stats.ts';
import { deleteOldActions } from '../runs/operator-log.ts';
import { deleteOldSlots } from '../runs/slot-store.ts';
import { readSql } from './read-sql.ts';

/** Of the tables that go by whole months. */
type MonthAges = Pick<RetentionAges, 'rawMs' | 'callsMs' | 'observationsMs' | 'searchHitsMs'>;

/** Of the tables that go by rows. */
type RowAges = Pick<RetentionAges, 'slotsMs' | 'observationStatsMs' | 'actionsMs'>;

/** A month of a table whose rows are older than they are kept. */
export interface ExpiredPartition {
  /** Like `raw.payload` and `raw.payload_2026_01`; quoted where SQL needs it. */
  readonly tableName: string;
  readonly partitionName: string;
  readonly endsAt: Date;
  /** An answer that is to be loaded or a call under way is as old, or its calls are not in the totals by hour. */
  readonly isNeeded: boolean;
}

export interface KeptPartition {
  readonly partitionName: string;
  /** `needed`, or the code of an error: `DATABASE_LOCKED` while the table is read. */
  readonly reason: string;
  /** Of that error; it names who reads the table. */
  readonly message?: string;
}

/** Which months are gone by their partitions' names, and which are not, and why. */
export interface DropReport {
  readonly dropped: readonly string[];
  readonly kept: readonly KeptPartition[];
}

/** How many rows of tables without partitions were deleted. */
export interface DeletedRows {
  readonly slots: number;
  readonly observationStats: number;
  readonly actions: number;
}

export interface RetentionStore {
  /** The oldest first. */
  listExpired(now: Date, ages: MonthAges): Promise<ExpiredPartition[]>;
  /**
   * Drops every month that has expired and is not needed any more, each in a transaction of its own. One that can't be
   * dropped does not hold back the others.
   */
  dropExpired(now: Date, ages: MonthAges): Promise<DropReport>;
  /**
   * Forgets at most `limit` quota periods that ended before a time. What is not long past still counts.
   *
   * @returns how many
   */
  deleteQuotaPeriods(endedBefore: Date, limit: number): Promise<number>;
  /** Forgets rows of tables without partitions that are older than they are kept, of each at most `limit`. */
  deleteRows(now: Date, ages: RowAges, limit: number): Promise<DeletedRows>;
}

/**
 * Other users of the table wait as long, too. At half, a busy table would hardly ever be free; at double,
 * calls and loads would notice.
 */
const lockTimeoutMs = 200;

async function listExpired(db: Pool | PoolClient, now: Date, ages: MonthAges): Promise<ExpiredPartition[]> {
  const byTable = {
    'raw.payload': ages.rawMs,
    'usage.api_call': ages.callsMs,
    'catalog.observation': ages.observationsMs,
    'catalog.search_hit': ages.searchHitsMs,
  };
  const rows = await runSql<ExpiredPartition>(db, readSql('list-expired-partitions'), [
    now,
    JSON.stringify(byTable),
  ]);
  return rows;
}

type WhyKept = Omit<KeptPartition, 'partitionName'>;

/** Null when it is dropped, otherwise why not. */
async function dropOne(
  client: PoolClient,
  { tableName, partitionName }: ExpiredPartition,
  listAgain: () => Promise<readonly ExpiredPartition[]>,
): Promise<WhyKept | null> {
  // The parent first, as every reader and writer takes them.
  await applySql(client, readSql('lock-table'), [tableName, lockTimeoutMs]);
  const found = (await listAgain()).find((partition) => partition.partitionName === partitionName);
  if (found?.isNeeded) return { reason: 'needed' };
  if (!found) return null;
  await applySql(client, readSql('lock-table'), [partitionName, lockTimeoutMs]);
  await client.query(`DROP TABLE ${partitionName}`);
  return null;
}

async function tryDrop(
  pool: Pool,
  partition: ExpiredPartition,
  listIn: (db: Pool | PoolClient) => Promise<readonly ExpiredPartition[]>,
): Promise<WhyKept | null> {
  if (partition.isNeeded) return { reason: 'needed' };
  try {
    return await inTransaction(pool, (client) => dropOne(client, partition, () => listIn(client)));
  } catch (error) {
    const err = toDatabaseError(error);
    if (err instanceof AppError) return { reason: err.code, message: err.message };
    throw err;
  }
}

async function dropExpired(pool: Pool, now: Date, ages: MonthAges): Promise<DropReport> {
  const dropped: string[] = [];
  const kept: KeptPartition[] = [];
  const listIn = (db: Pool | PoolClient) => listExpired(db, now, ages);
  for (const partition of await listIn(pool)) {
    const { partitionName } = partition;
    const why = await tryDrop(pool, partition, listIn);
    if (why === null) dropped.push(partitionName);
    else kept.push({ partitionName, ...why });
  }
  return { dropped, kept };
}

/** Over the tables that grow with time. */
export function createRetentionStore({ pool }: { readonly pool: Pool }): RetentionStore {
  return {
    listExpired: (now, ages) => listExpired(pool, now, ages),
    dropExpired: (now, ages) => dropExpired(pool, now, ages),
    deleteQuotaPeriods: (endedBefore, limit) => deleteOldPeriods(pool, endedBefore, limit),
    deleteRows: async (now, { slotsMs, observationStatsMs, actionsMs }, limit) => {
      const before = (ageMs: number) => new Date(now.getTime() - ageMs);
      return {
        slots: await deleteOldSlots(pool, before(slotsMs), limit),
        observationStats: await deleteOldStats(pool, before(observationStatsMs), limit),
        actions: await deleteOldActions(pool, before(actionsMs), limit),
      };
    },
  };
}
