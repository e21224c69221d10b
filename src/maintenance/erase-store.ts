import { and, eq, gt, notInArray } from 'drizzle-orm';
import type { Pool, PoolClient } from 'pg';
import type { OperationName } from '../model/operation.ts';
import { advisoryLocks, tryLockUntilClosed, unlock } from '../db/advisory-locks.ts';
import { drizzleOn } from '../db/database.ts';
import { ledgerNow } from '../db/ledger-now.ts';
import { applyFates, decideFate, scannedColumns, type AnswerFate } from '../load/erase/erase-answers.ts';
import type { SellerMarks } from '../load/erase/erase-from-body.ts';
import { eraseOffers, forgetSeller, hashSeller } from '../load/erase/erase-offers.ts';
import { holdLoads } from '../load/erase/lock-erased-sellers.ts';
import { forgetSellerRequests } from '../ledger/forget-rows.ts';
import { forgetShop } from '../refresh/update/forget-offers.ts';
import { inTransaction } from '../db/in-transaction.ts';
import { findAdvisoryHolder, lockedError } from '../db/lock-holder.ts';
import { applySql, runSql, runSqlForOne } from '../db/sql-file.ts';
import { offer, seller } from '../schema/catalog.ts';
import { sellerHistory } from '../schema/history.ts';
import { payload } from '../schema/raw.ts';
import { erasedOffer, erasedSeller } from '../schema/sync.ts';
import { readSql } from './read-sql.ts';
import { readSql as readLoadSql } from '../load/read-sql.ts';

/** What is kept of a seller: rows by table. */
export interface SellerData {
  readonly seller: number;
  readonly seller_history: number;
  readonly offer: number;
  readonly offer_attribute: number;
  readonly sku: number;
  readonly sku_history: number;
  readonly offer_change: number;
  readonly search_window: number;
  readonly seller_observation: number;
  readonly shop_suspicion: number;
  readonly refresh: number;
  readonly api_call: number;
  /** Stored answers that go as a whole. */
  readonly answersDeleted: number;
  /** Stored answers that lose the seller's rows and keep those of others. */
  readonly answersRewritten: number;
}

/** What is remembered of an erasure. */
export interface Erasure {
  /** When everything was erased for the last time; null: it was interrupted. */
  readonly completedAt: Date | null;
  /** Whether offers of the seller were erased. Without any, it is not known whether there was anything to erase. */
  readonly hadOffers: boolean;
}

/** How many stored answers were searched so far. */
export type OnScanned = (answers: number) => void;

export interface EraseStore {
  /** Counts what is kept of a seller; searches every stored answer. */
  count(sellerId: string, onScanned: OnScanned): Promise<SellerData>;
  /** The erasure of a seller; null: nobody has asked for one. */
  readErasure(sellerId: string): Promise<Erasure | null>;
  /**
   * Erases a seller permanently, in many small transactions. After an interruption, start it again; done twice, it changes
   * nothing.
   *
   * @throws AppError DATABASE_LOCKED while another process erases one
   */
  erase(sellerId: string, onScanned: OnScanned): Promise<void>;
}

/** Each batch locks its offers until it ends: a tenth of a second. */
const offersAtOnce = 200;

/** A search page has up to 100 kB; unpacked they are read one after the other. */
const answersAtOnce = 100;

/** Answers of these say nothing of sellers. */
const withoutSellers = ['category.children', 'image.upload'] as const satisfies readonly OperationName[];

type BatchUse = (fates: ReadonlyMap<string, AnswerFate>) => Promise<void>;

/** Searches all stored answers, oldest first, those that come meanwhile included. */
async function scanAnswers(
  pool: Pool,
  marks: SellerMarks,
  { use, onScanned }: { readonly use: BatchUse; readonly onScanned: OnScanned },
): Promise<void> {
  let lastRawId = '0';
  for (let scanned = 0; ;) {
    const isNext = and(gt(payload.rawId, lastRawId), notInArray(payload.operation, [...withoutSellers]));
    const rows = await drizzleOn(pool)
      .select(scannedColumns)
      .from(payload)
      .where(isNext)
      .orderBy(payload.rawId)
      .limit(answersAtOnce);
    const fates = new Map<string, AnswerFate>();
    for (const row of rows) {
      const fate = await decideFate(row, marks);
      if (fate) fates.set(row.callId, fate);
    }
    await use(fates);
    scanned += rows.length;
    onScanned(scanned);
    const last = rows.at(-1);
    if (!last || rows.length < answersAtOnce) return;
    lastRawId = last.rawId;
  }
}

/** The names and offers of a seller: those that it has and had, and those that were erased before. */
async function readMarks(pool: Pool, sellerId: string): Promise<SellerMarks> {
  const db = drizzleOn(pool);
  const names = await db
    .select({ name: seller.companyName })
    .from(seller)
    .where(eq(seller.sellerId, sellerId))
    .union(
      db
        .select({ name: sellerHistory.companyName })
        .from(sellerHistory)
        .where(eq(sellerHistory.sellerId, sellerId)),
    );
  const isErased = eq(erasedOffer.sellerHash, hashSeller(sellerId));
  const offers = await db
    .select({ offerId: offer.offerId })
    .from(offer)
    .where(eq(offer.sellerId, sellerId))
    .union(db.select({ offerId: erasedOffer.offerId }).from(erasedOffer).where(isErased));
  return {
    sellerIds: [sellerId],
    names: names.flatMap(({ name }) => (name === null || name === '' ? [] : [name])),
    offerIds: new Set(offers.map(({ offerId }) => offerId)),
  };
}

async function readErasure(pool: Pool, sellerId: string): Promise<Erasure | null> {
  const db = drizzleOn(pool);
  const { sellerHash, completedAt } = erasedSeller;
  const [found] = await db
    .select({ completedAt })
    .from(erasedSeller)
    .where(eq(sellerHash, hashSeller(sellerId)));
  if (!found) return null;
  const offers = await db.$count(erasedOffer, eq(erasedOffer.sellerHash, hashSeller(sellerId)));
  return { ...found, hadOffers: offers > 0 };
}

async function count(pool: Pool, sellerId: string, onScanned: OnScanned): Promise<SellerData> {
  const kinds = { deleted: 0, erased: 0 };
  const use: BatchUse = async (fates) => {
    for (const { kind } of fates.values()) kinds[kind] += 1;
  };
  await scanAnswers(pool, await readMarks(pool, sellerId), { use, onScanned });
  type Rows = Omit<SellerData, 'answersDeleted' | 'answersRewritten'>;
  const row = await runSqlForOne<Rows>(pool, readSql('count-seller-data'), [sellerId]);
  return { ...row, answersDeleted: kinds.deleted, answersRewritten: kinds.erased };
}

/** From here on no load adds the seller again: active loads are awaited. */
async function remember(pool: Pool, sellerHash: Buffer): Promise<void> {
  await inTransaction(pool, async (client) => {
    await holdLoads(client);
    await drizzleOn(client)
      .insert(erasedSeller)
      .values({ sellerHash, requestedAt: ledgerNow })
      .onConflictDoUpdate({ target: erasedSeller.sellerHash, set: { completedAt: null } });
  });
}

async function eraseAllOffers(pool: Pool, sellerId: string): Promise<void> {
  for (;;) {
    const isDone = await inTransaction(pool, async (client) => {
      const rows = await drizzleOn(client)
        .select({ offerId: offer.offerId })
        .from(offer)
        .where(eq(offer.sellerId, sellerId))
        .orderBy(offer.offerId)
        .limit(offersAtOnce);
      const offerIds = rows.map(({ offerId }) => offerId);
      await eraseOffers(client, offerIds, hashSeller(sellerId));
      return offerIds.length < offersAtOnce;
    });
    if (isDone) return;
  }
}

async function forgetSamples(pool: Pool, sellerId: string, { names }: SellerMarks): Promise<void> {
  const rows = await runSql<{ callId: string }>(pool, readSql('list-offer-calls'), [hashSeller(sellerId)]);
  const callIds = rows.map(({ callId }) => callId);
  await applySql(pool, readLoadSql('forget-samples'), [callIds, [sellerId, ...names]]);
}

async function erase(pool: Pool, sellerId: string, onScanned: OnScanned): Promise<void> {
  const sellerHash = hashSeller(sellerId);
  await remember(pool, sellerHash);
  await eraseAllOffers(pool, sellerId);
  await forgetShop(pool, sellerId);
  await forgetSellerRequests(pool, sellerId);
  const marks = await readMarks(pool, sellerId);
  const use: BatchUse = (fates) => inTransaction(pool, (client) => applyFates(client, fates));
  await scanAnswers(pool, marks, { use, onScanned });
  await forgetSamples(pool, sellerId, marks);
  // Last: until here, an interrupted command finds the company's name when it is started again.
  await forgetSeller(pool, sellerId);
  await drizzleOn(pool)
    .update(erasedSeller)
    .set({ completedAt: ledgerNow })
    .where(eq(erasedSeller.sellerHash, sellerHash));
}

/** Runs `work` while no other process erases a seller. @throws AppError DATABASE_LOCKED */
async function exclusively(pool: Pool, work: () => Promise<void>): Promise<void> {
  const client: PoolClient = await pool.connect();
  try {
    const key = advisoryLocks.eraseSeller;
    if (!(await tryLockUntilClosed(client, key)))
      throw lockedError('of erase-seller', await findAdvisoryHolder(client, key));
    try {
      await work();
    } finally {
      // The end of the connection reaches the server later than the next erasure may.
      await unlock(client, key).catch(() => undefined);
    }
  } finally {
    // Closed, not reused: a lock that was not given back ends with its connection.
    client.release(true);
  }
}

/** Over everything that is kept of sellers. Needs a pool of two connections. */
export function createEraseStore({ pool }: { readonly pool: Pool }): EraseStore {
  return {
    count: (sellerId, onScanned) => count(pool, sellerId, onScanned),
    readErasure: (sellerId) => readErasure(pool, sellerId),
    erase: (sellerId, onScanned) => exclusively(pool, () => erase(pool, sellerId, onScanned)),
  };
}
