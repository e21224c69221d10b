import { desc, like } from 'drizzle-orm';
import type { Pool } from 'pg';
import { drizzleOn } from '../../db/database.ts';
import { category, offer, price, priceHistory, sku } from '../../schema/catalog.ts';
import { databaseIdentity, run } from '../../schema/sync.ts';
import { applySql, runSql } from '../../db/sql-file.ts';
import { readSql as readLedgerSql } from '../../ledger/read-sql.ts';
import { readSql } from './read-sql.ts';

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
  const db = drizzleOn(pool);
  const [identity] = await db.select().from(databaseIdentity);
  const [last] = await db
    .select()
    .from(run)
    .where(like(run.trigger, `${triggerPrefix}%`))
    .orderBy(desc(run.runId))
    .limit(1);
  return {
    worldBeganAt: identity?.createdAt ?? new Date(0),
    lastRun: last
      ? {
          day: Number(last.trigger.slice(triggerPrefix.length)),
          isComplete: last.status === 'succeeded',
          at: last.endedAt ?? last.startedAt ?? last.requestedAt,
        }
      : null,
  };
}

/** Calls that a killed demo had sent: the sandbox died with it, so that no answer can come any more. */
export async function giveUpSentCalls(pool: Pool): Promise<void> {
  await applySql(pool, readLedgerSql('sweep-calls'), [0]);
}

/** How much the catalog holds. */
export async function readCatalogSize(pool: Pool): Promise<CatalogSize> {
  const db = drizzleOn(pool);
  return {
    categories: await db.$count(category),
    offers: await db.$count(offer),
    skus: await db.$count(sku),
    prices: await db.$count(price),
    history: await db.$count(priceHistory),
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
