import type { Pool } from 'pg';
import { dayMs } from '../../core/duration.ts';
import { applySql, runSql } from '../../db/sql-file.ts';
import { leastLogOdds, suspectedDays } from '../planner/shop-suspicion.ts';
import { readSql } from '../read-sql.ts';
import type { DueWindow } from './due-windows.ts';
import type { SuspectedShop } from './suspected-shop.ts';

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
