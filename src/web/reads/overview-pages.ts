import type { Pool } from 'pg';
import type { DayQuota, Overview } from '../../model/overview.ts';
import type { Source } from '../../model/run.ts';
import { readSource } from '../../health/read-source.ts';
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

/** A day's limit with what else bounds it. */
export interface DayLimit extends Omit<DayQuota, 'exhaustedAt'> {
  /** Null, with a code: an answer or a person ends the hold. */
  readonly heldUntil: Date | null;
  /** From when on one call is let through; null: none is. */
  readonly probeAfter: Date | null;
  /** Null: the API has no limit of a month. */
  readonly monthLimit: number | null;
  readonly monthRemaining: number | null;
  /** The APIs of a group; empty: it is none. */
  readonly members: readonly string[];
}

/** Mean calls of an hour of the day. */
export interface UsualHour extends HourCalls {
  /** Over how many days, at most seven. */
  readonly days: number;
}

export interface OverviewPages {
  /** What the database's data were fetched from; null: nothing was fetched yet. */
  readSource(): Promise<Source | null>;
  readOverview(): Promise<Overview>;
  /** Reads all offers: seconds at millions. */
  countCatalog(): Promise<CatalogCount>;
  listDayQuotas(): Promise<DayLimit[]>;
  listHoursToday(): Promise<HourCalls[]>;
  /** Of the last seven days, without today. */
  listUsualHours(): Promise<UsualHour[]>;
}

/** Reads for the first page, for one app. */
export function createOverviewPages(pool: Pool, appKey: string): OverviewPages {
  return {
    readSource: () => readSource(pool),
    readOverview: () => runSqlForOne<Overview>(pool, readSql('page-overview')),
    countCatalog: () => runSqlForOne<CatalogCount>(pool, readSql('count-catalog')),
    listDayQuotas: () => runSql<DayLimit>(pool, readSql('page-quota-today'), [appKey]),
    listUsualHours: () => runSql<UsualHour>(pool, readSql('page-hours-usual'), [appKey]),
    listHoursToday: () => runSql<HourCalls>(pool, readSql('page-hours-today'), [appKey]),
  };
}
