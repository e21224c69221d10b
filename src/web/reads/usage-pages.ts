import type { Pool } from 'pg';
import { runSql } from '../../db/sql-file.ts';
import { readSql } from '../read-sql.ts';

/** From a moment to before another, in hours, days or months of Shanghai. */
export interface UsageSpan {
  readonly from: Date;
  readonly before: Date;
  readonly unit: 'hour' | 'day' | 'month';
}

/** Calls of an API in one hour, day or month. */
export interface UsageBucket {
  /** When it begins. */
  readonly bucket: Date;
  readonly api: string;
  readonly calls: number;
  readonly ok: number;
  readonly failed: number;
  readonly unknown: number;
  readonly refunded: number;
  readonly averageMs: number | null;
}

export interface UsageMonth {
  /** `2026-11` */
  readonly month: string;
  readonly api: string;
  /** Null: no limit of that kind. */
  readonly approved: number | null;
  readonly used: number;
  readonly external: number;
  readonly remaining: number | null;
}

export interface UsageLane {
  /** When the hour, day or month begins. */
  readonly bucket: Date;
  /** Null: of hours that were added up before lanes were told apart. */
  readonly lane: string | null;
  readonly api: string;
  readonly calls: number;
  readonly ok: number;
  readonly failed: number;
  readonly unknown: number;
}

export interface UsageYield {
  readonly operation: string;
  /** Null: not a search, so that several feeds may share it. */
  readonly feed: string | null;
  readonly calls: number;
  readonly offersNew: number;
  readonly offersChanged: number;
  readonly pricesChanged: number;
  /** The sum of the four below. */
  readonly wasted: number;
  readonly failed: number;
  readonly unknown: number;
  readonly repeated: number;
  readonly noYield: number;
}

export interface UsagePages {
  /** Only where something was called; the oldest first. */
  listBuckets(span: UsageSpan): Promise<UsageBucket[]>;
  listMonths(months: number): Promise<UsageMonth[]>;
  /** Only where something was called; the oldest first. */
  listLanes(span: UsageSpan): Promise<UsageLane[]>;
  listYield(days: number): Promise<UsageYield[]>;
}

/** Reads for the page of usage. */
export function createUsagePages(pool: Pool): UsagePages {
  return {
    listBuckets: ({ from, before, unit }) =>
      runSql<UsageBucket>(pool, readSql('page-usage-buckets'), [from, before, unit]),
    listMonths: (months) => runSql<UsageMonth>(pool, readSql('page-usage-months'), [months]),
    listLanes: ({ from, before, unit }) =>
      runSql<UsageLane>(pool, readSql('page-usage-lanes'), [from, before, unit]),
    listYield: (days) => runSql<UsageYield>(pool, readSql('page-usage-yield'), [days]),
  };
}
