import type { Pool } from 'pg';
import { runSql } from '../../db/sql-file.ts';
import { readSql } from '../read-sql.ts';

/** A table that autovacuum does not keep up with. */
export interface BloatedTable {
  readonly tableName: string;
  readonly liveRows: number;
  readonly deadRows: number;
  /** Null: never. */
  readonly vacuumedAt: Date | null;
  /** Of transactions that are open for an hour or more, which is what usually keeps dead rows; null: there is none. */
  readonly oldestTransactionAt: Date | null;
}

/** An index that is written and never read. */
export interface IdleIndex {
  readonly indexName: string;
  readonly tableName: string;
  readonly bytes: number;
  /** False: Postgres does not use it at all; it was left by a build that failed. */
  readonly isValid: boolean;
}

export interface UpkeepStore {
  /** The worst first; empty where autovacuum does its work. */
  listBloatedTables(thresholds: {
    readonly deadRows: number;
    readonly deadPerLive: number;
  }): Promise<BloatedTable[]>;
  /** The largest first; an unread one only once statistics are `days` old. */
  listIdleIndexes(thresholds: { readonly bytes: number; readonly days: number }): Promise<IdleIndex[]>;
}

interface BloatedRow {
  readonly table_name: string;
  readonly live_rows: string;
  readonly dead_rows: string;
  readonly vacuumed_at: Date | null;
  readonly oldest_transaction_at: Date | null;
}

interface IdleRow {
  readonly index_name: string;
  readonly table_name: string;
  readonly bytes: string;
  readonly is_valid: boolean;
}

/** What the server's own statistics say of our tables and indexes. */
export function createUpkeepStore({ pool }: { readonly pool: Pool }): UpkeepStore {
  return {
    async listBloatedTables({ deadRows, deadPerLive }) {
      const rows = await runSql<BloatedRow>(pool, readSql('list-bloated-tables'), [deadRows, deadPerLive]);
      return rows.map((row) => ({
        tableName: row.table_name,
        liveRows: Number(row.live_rows),
        deadRows: Number(row.dead_rows),
        vacuumedAt: row.vacuumed_at,
        oldestTransactionAt: row.oldest_transaction_at,
      }));
    },
    async listIdleIndexes({ bytes, days }) {
      const rows = await runSql<IdleRow>(pool, readSql('list-idle-indexes'), [bytes, days]);
      return rows.map((row) => ({
        indexName: row.index_name,
        tableName: row.table_name,
        bytes: Number(row.bytes),
        isValid: row.is_valid,
      }));
    },
  };
}
