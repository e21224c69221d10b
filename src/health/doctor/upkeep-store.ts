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

/** What the server's own statistics say of our tables and indexes. */
export function createUpkeepStore({ pool }: { readonly pool: Pool }): UpkeepStore {
  return {
    async listBloatedTables({ deadRows, deadPerLive }) {
      const rows = await runSql<BloatedTable>(pool, readSql('list-bloated-tables'), [deadRows, deadPerLive]);
      return rows;
    },
    async listIdleIndexes({ bytes, days }) {
      const rows = await runSql<IdleIndex>(pool, readSql('list-idle-indexes'), [bytes, days]);
      return rows;
    },
  };
}
