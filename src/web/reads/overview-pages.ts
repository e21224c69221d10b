import type { Pool } from 'pg';
import type { DayQuota, Overview } from '../../model/overview.ts';
import type { Source } from '../../model/run.ts';
import { databaseIdentity } from '../../schema/sync.ts';
import { drizzleOn } from '../../db/database.ts';
import { runSql, runSqlForOne } from '../../db/sql-file.ts';
import { readSql } from '../read-sql.ts';

/** How large and how fresh the catalog was. */
export interface CatalogCount {
  /** When it was counted, by the ledger's clock. */
  readonly at: Date;
  readonly offers: number;
  readonly listed: number;
  /** Offers without any detail answer. */
  readonly neverDetailed: number;
  readonly within1d: number;
  readonly within7d: number;
  /** Hours since the newest detail answer of the offers that have one: half of them have at most this. */
  readonly medianAgeH: number | null;
  readonly categories: number;
  readonly sellers: number;
  readonly skus: number;
}

/** Calls in one hour of the present day of Shanghai. */
export interface HourCalls {
  readonly api: string;
  /** 0 to 23. */
  readonly hour: number;
  readonly calls: number;
}

export interface OverviewPages {
  /** What the database's data were fetched from; null: nothing was fetched yet. */
  readSource(): Promise<Source | null>;
  readOverview(): Promise<Overview>;
  /** Reads all offers: seconds at millions. */
  countCatalog(): Promise<CatalogCount>;
  listDayQuotas(): Promise<DayQuota[]>;
  listHoursToday(): Promise<HourCalls[]>;
}

/** Reads for the first page, for one app. */
export function createOverviewPages(pool: Pool, appKey: string): OverviewPages {
  return {
    readSource: async () => {
      const [row] = await drizzleOn(pool).select({ source: databaseIdentity.source }).from(databaseIdentity);
      return row?.source ?? null;
    },
    readOverview: () => runSqlForOne<Overview>(pool, readSql('page-overview')),
    countCatalog: () => runSqlForOne<CatalogCount>(pool, readSql('count-catalog')),
    listDayQuotas: () => runSql<DayQuota>(pool, readSql('page-quota-today'), [appKey]),
    listHoursToday: () => runSql<HourCalls>(pool, readSql('page-hours-today'), [appKey]),
  };
}
