import type { Pool, PoolClient } from 'pg';
import { applySql } from '../../db/sql-file.ts';
import { drizzleOn } from '../../db/database.ts';
import type { FiguresKnowledge, FigureKnowledge, FigureStat, Figure } from '../../model/figures.ts';
import { figure } from '../../schema/planner.ts';
import { toChangeRate, type ByRate } from '../planner/rate-grid.ts';
import { hiddenShareOf } from '../planner/hidden-share.ts';
import { readSql } from '../read-sql.ts';

/** Half of a count is forgotten in 90 days, as for the rates of offers. */
const keptPerDay = 2 ** (-1 / 90);

/** What is known of the figures of all offers. */
export async function readFigures(client: PoolClient): Promise<FiguresKnowledge> {
  const rows = await drizzleOn(client).select().from(figure);
  const known = (name: Figure): FigureKnowledge => {
    const row = rows.find((one) => one.figure === name);
    if (!row) throw new Error(`sync.figure has no ${name}`);
    return {
      shares: row.shares,
      byOfferRate: row.byOfferRate,
      hintShares: {
        row: (1 + row.rowChanges) / (2 + row.rowDetails),
        modify_date: (1 + row.dateChanges) / (2 + row.dateDetails),
        absence: (1 + row.absenceChanges) / (2 + row.absenceDetails),
      },
      hiddenShare: hiddenShareOf({ changes: row.hiddenChanges, expected: row.hiddenExpected }),
    };
  };
  return {
    offer: known('offer'),
    price: known('price'),
    in_stock: known('in_stock'),
    out_of_stock: known('out_of_stock'),
    gone: known('gone'),
  };
}

export interface FigureShares {
  readonly figure: Figure;
  /** Shares of offers by rate. */
  readonly shares: ByRate;
  /** The same for offers of each rate; null: the same for all. */
  readonly byOfferRate: readonly ByRate[] | null;
}

/** Writes the shares fitted on a day, and forgets a part of what hints showed. */
export async function saveFigureShares(pool: Pool, fitted: readonly FigureShares[]): Promise<void> {
  const rows = fitted.map((one) => ({ ...one, ...toChangeRate(one.shares) }));
  await applySql(pool, readSql('save-figure-shares'), [JSON.stringify(rows), keptPerDay]);
}

/** Adds what the details of a load showed of figures to the figures of all offers. */
export async function saveFigureStats(client: PoolClient, stats: readonly FigureStat[]): Promise<void> {
  if (stats.length > 0) await applySql(client, readSql('add-figure-stats'), [JSON.stringify(stats)]);
}
