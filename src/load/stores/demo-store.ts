import type { Pool } from 'pg';
import { readSql, runSql } from '../sql-file.ts';

/** How far demos have come in the made-up world of a database. */
export interface DemoProgress {
  /** When the database was made; its world began then. */
  readonly worldBeganAt: Date;
  /** Null: no demo has run here. */
  readonly lastRun: {
    /** From 1. */
    readonly day: number;
    readonly isComplete: boolean;
    /** Ledger time of its end, or of its start when it has not ended. */
    readonly at: Date;
  } | null;
}

/** What the catalog holds, in the words of the tables. */
export interface CatalogSize {
  readonly categories: number;
  readonly offers: number;
  readonly skus: number;
  readonly prices: number;
  readonly history: number;
}

/** The price that moved most of an offer. */
export interface PriceMove {
  readonly offerId: string;
  readonly subject: string | null;
  /** The SKU's label; null for a price of the whole offer. */
  readonly label: string | null;
  readonly kind: string;
  readonly minQuantity: number;
  readonly fromCny: string;
  readonly toCny: string;
}

export interface PriceMoves {
  /** Offers of which any price moved. */
  readonly offers: number;
  /** The largest relative moves first. */
  readonly largest: readonly PriceMove[];
}

const triggerPrefix = 'demo day ';

/** What `sync.run` says of the demo of a day; `readDemoProgress` reads the day back. */
export function demoTrigger(day: number): string {
  return `${triggerPrefix}${day}`;
}

/** The database itself knows: a file beside it could be lost, or tell of another database. */
export async function readDemoProgress(pool: Pool): Promise<DemoProgress> {
  const identity = await pool.query<{ created_at: Date }>('SELECT created_at FROM sync.database_identity');
  const { rows } = await pool.query<{ day: number; status: string; at: Date }>(
    `SELECT substr(trigger, length($1) + 1)::int AS day, status, coalesce(ended_at, started_at, requested_at) AS at
     FROM sync.run WHERE starts_with(trigger, $1) ORDER BY run_id DESC LIMIT 1`,
    [triggerPrefix],
  );
  const [run] = rows;
  return {
    worldBeganAt: identity.rows[0]?.created_at ?? new Date(0),
    lastRun: run ? { day: run.day, isComplete: run.status === 'succeeded', at: run.at } : null,
  };
}

/** Calls that a killed demo had sent: the sandbox died with it, so that no answer can come any more. */
export async function giveUpSentCalls(pool: Pool): Promise<void> {
  await pool.query(`SELECT usage.sweep('0')`);
}

/** How much the catalog holds. */
export async function readCatalogSize(pool: Pool): Promise<CatalogSize> {
  const { rows } = await pool.query<Record<keyof CatalogSize, string>>(
    `SELECT (SELECT count(*) FROM catalog.category) AS categories, (SELECT count(*) FROM catalog.offer) AS offers,
            (SELECT count(*) FROM catalog.sku) AS skus, (SELECT count(*) FROM catalog.price) AS prices,
            (SELECT count(*) FROM catalog.price_history) AS history`,
  );
  const row = rows[0] ?? { categories: 0, offers: 0, skus: 0, prices: 0, history: 0 };
  return {
    categories: Number(row.categories),
    offers: Number(row.offers),
    skus: Number(row.skus),
    prices: Number(row.prices),
    history: Number(row.history),
  };
}

/** Prices that demos of a day saw move. */
export async function listPriceMoves(pool: Pool, day: number, limit: number): Promise<PriceMoves> {
  const rows = await runSql<{ move: PriceMove; offers: number }>(pool, readSql('list-price-moves'), [
    demoTrigger(day),
    limit,
  ]);
  return { offers: rows[0]?.offers ?? 0, largest: rows.map(({ move }) => move) };
}
