import type { Pool } from 'pg';
import { dayMs } from '../../core/duration.ts';
import { applySql, runSql } from '../../db/sql-file.ts';
import { leastLogOdds, suspectedDays, type ShopSuspicion } from '../planner/shop-suspicion.ts';
import { readSql } from '../read-sql.ts';
import type { DueWindow } from './due-windows.ts';

/** An offer of a shop, as far as its value depends on it. */
export interface ShopOffer {
  readonly feedSet: number;
  readonly popularity: number;
  /** What its observations added to the prior. */
  readonly changes: number;
  readonly days: number;
  readonly summaryAgeDays: number;
  readonly detailAgeDays: number;
  readonly isStale: boolean;
}

/** A shop that seems to have repriced; its days are counted from now, so they are below 0. */
export interface SuspectedShop extends Omit<ShopSuspicion, 'siblings'> {
  /** Of its offers, 50 at most. */
  readonly offers: readonly ShopOffer[];
  /** How many offers of a page each of them stands for. */
  readonly listed: number;
}

interface ShopWindow extends Omit<DueWindow, 'worth' | 'shop'> {
  readonly shop: SuspectedShop;
}

export interface DueShopsRequest {
  readonly runId: string;
  readonly feedSets: readonly number[];
  /** Shops whose lists were read within this time are not due. */
  readonly freshForMs: number;
  readonly language: string;
  readonly limit: number;
}

/** @see LeaseStore.listDueShops */
export async function listDueShops(
  pool: Pool,
  { runId, feedSets, freshForMs, language, limit }: DueShopsRequest,
): Promise<DueWindow[]> {
  const suspectedMs = suspectedDays * dayMs;
  const made = [feedSets, leastLogOdds, suspectedMs, language, limit];
  await applySql(pool, readSql('ensure-shop-windows'), made);
  const given = [runId, feedSets, freshForMs, leastLogOdds, suspectedMs, language, limit];
  const rows = await runSql<ShopWindow>(pool, readSql('list-due-shops'), given);
  return rows.map((row) => ({ ...row, worth: null }));
}
