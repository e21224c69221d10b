import { desc, eq, inArray } from 'drizzle-orm';
import type { Pool } from 'pg';
import { drizzleOn } from '../../db/database.ts';
import { offerChange } from '../../schema/catalog.ts';
import { quarantine } from '../../schema/sync.ts';
import { runSql } from '../../db/sql-file.ts';
import { readSql } from '../read-sql.ts';

/** An offer's row, and what it came from. */
export interface ExplainedOffer {
  readonly offerId: string;
  readonly subject: string | null;
  readonly state: string;
  /** Names from the root to the leaf; null: not in the tree. */
  readonly category: string | null;
  readonly sellerId: string | null;
  /** When the call was granted that saw the row as it is. */
  readonly changedAt: Date;
  readonly callId: string;
  readonly runId: string | null;
  /** Of the code that read the answer; null: only search rows were seen. */
  readonly version: number | null;
  readonly firstSeenAt: Date | null;
  readonly searchedAt: Date | null;
  readonly detailedAt: Date | null;
  /** Empty answers since it was found last. */
  readonly emptyDetailStreak: number | null;
}

export interface ExplainedObservation {
  readonly observedAt: Date;
  readonly source: 'search' | 'detail';
  readonly isFound: boolean;
  /** A newer answer was loaded before: this one changed nothing. */
  readonly isLate: boolean;
  readonly minPriceCny: string | null;
  readonly stock: string | null;
  readonly callId: string;
  readonly runId: string | null;
  /** Null: the month of the call is no longer stored. */
  readonly api: string | null;
  /** Null: the month of the answer is no longer stored. */
  readonly rawId: string | null;
  readonly version: number | null;
}

export interface ExplainedPrice {
  /** `'0'`: the offer as a whole. */
  readonly skuId: string;
  readonly label: string | null;
  readonly kind: string;
  readonly minQuantity: number;
  readonly amountCny: string;
  readonly validFrom: Date;
  /** Null: it holds. */
  readonly validTo: Date | null;
  readonly callId: string;
  readonly closedByCallId: string | null;
}

const changeColumns = {
  field: offerChange.field,
  old: offerChange.old,
  new: offerChange.new,
  observedAt: offerChange.observedAt,
  callId: offerChange.callId,
};

export type ExplainedChange = Readonly<Pick<typeof offerChange.$inferSelect, keyof typeof changeColumns>>;

const rejectColumns = {
  path: quarantine.path,
  reason: quarantine.reason,
  sample: quarantine.sample,
  rawId: quarantine.rawId,
};

/** An answer's value that could not be read. */
export type ExplainedReject = Readonly<Pick<typeof quarantine.$inferSelect, keyof typeof rejectColumns>>;

export interface Explanation {
  readonly offer: ExplainedOffer;
  /** The newest first. */
  readonly observations: readonly ExplainedObservation[];
  readonly prices: readonly ExplainedPrice[];
  /** The newest first. */
  readonly changes: readonly ExplainedChange[];
  readonly rejects: readonly ExplainedReject[];
}

/**
 * All sources of an offer: its observations with calls and stored answers, its prices, its changes, and
 * what of its answers could not be read. `limit` bounds observations, changes and rejects. Null: there is no such offer.
 */
export async function explainOffer(pool: Pool, offerId: string, limit: number): Promise<Explanation | null> {
  const db = drizzleOn(pool);
  const [offer] = await runSql<ExplainedOffer>(pool, readSql('explain-offer'), [offerId]);
  if (!offer) return null;
  const observations = await runSql<ExplainedObservation>(pool, readSql('explain-observations'), [
    offerId,
    limit,
  ]);
  const prices = await runSql<ExplainedPrice>(pool, readSql('explain-prices'), [offerId]);
  const changes = await db
    .select(changeColumns)
    .from(offerChange)
    .where(eq(offerChange.offerId, offerId))
    .orderBy(desc(offerChange.observedAt), desc(offerChange.changeId))
    .limit(limit);
  const rawIds = observations.flatMap(({ source, rawId }) => (source === 'detail' ? (rawId ?? []) : []));
  const rejects = await db
    .select(rejectColumns)
    .from(quarantine)
    .where(inArray(quarantine.rawId, rawIds))
    .orderBy(desc(quarantine.rawId), quarantine.path)
    .limit(limit);
  return { offer, observations, prices, changes, rejects };
}
