import type { Pool } from 'pg';
import { readRows } from './read-rows.ts';

/** Calls of an API in one hour or day. */
export interface UsageBucket {
  /** When the hour or day begins. */
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
  readonly lane: string;
  readonly api: string;
  readonly calls: number;
  readonly ok: number;
  readonly failed: number;
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
  readonly taughtNothing: number;
}

export interface UsagePages {
  listHours(hours: number): Promise<UsageBucket[]>;
  listDays(days: number): Promise<UsageBucket[]>;
  listMonths(months: number): Promise<UsageMonth[]>;
  /** Of the last 24 hours. */
  listLanes(): Promise<UsageLane[]>;
  listYield(days: number): Promise<UsageYield[]>;
}

/** Reads for the page of usage. */
export function createUsagePages(pool: Pool): UsagePages {
  return {
    listHours: (hours) => readRows<UsageBucket>(pool, 'page-usage-hours', [hours]),
    listDays: (days) => readRows<UsageBucket>(pool, 'page-usage-days', [days]),
    listMonths: (months) => readRows<UsageMonth>(pool, 'page-usage-months', [months]),
    listLanes: () => readRows<UsageLane>(pool, 'page-usage-lanes'),
    listYield: (days) => readRows<UsageYield>(pool, 'page-usage-yield', [days]),
  };
}
