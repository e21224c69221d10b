import type { Pool } from 'pg';
import { readSql } from './read-sql.ts';

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
  /** Null: the month of the call is not kept any more. */
  readonly api: string | null;
  /** Null: the month of the answer is not kept any more. */
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

export interface ExplainedChange {
  readonly field: string;
  readonly old: string | null;
  readonly new: string | null;
  readonly observedAt: Date;
  readonly callId: string;
}

/** An answer's value that could not be read. */
export interface ExplainedReject {
  readonly path: string;
  readonly reason: string;
  readonly sample: string | null;
  readonly rawId: string;
}

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
 * Everything that stands behind an offer: its looks with calls and stored answers, its prices, its changes, and
 * what of its answers could not be read. `limit` bounds looks, changes and rejects. Null: there is no such offer.
 */
export async function explainOffer(pool: Pool, offerId: string, limit: number): Promise<Explanation | null> {
  const offers = await pool.query<ExplainedOffer>(readSql('explain-offer'), [offerId]);
  const offer = offers.rows[0];
  if (!offer) return null;
  const observations = await pool.query<ExplainedObservation>(readSql('explain-observations'), [
    offerId,
    limit,
  ]);
  const prices = await pool.query<ExplainedPrice>(readSql('explain-prices'), [offerId]);
  const changes = await pool.query<ExplainedChange>(
    `SELECT field, old, new, observed_at AS "observedAt", call_id::text AS "callId"
     FROM catalog.offer_change
     WHERE offer_id = $1
     ORDER BY observed_at DESC, change_id DESC
     LIMIT $2`,
    [offerId, limit],
  );
  const rawIds = observations.rows.flatMap(({ source, rawId }) => (source === 'detail' ? (rawId ?? []) : []));
  const rejects = await pool.query<ExplainedReject>(
    `SELECT path, reason, sample, raw_id::text AS "rawId"
     FROM sync.quarantine
     WHERE raw_id = ANY ($1::bigint[])
     ORDER BY raw_id DESC, path
     LIMIT $2`,
    [rawIds, limit],
  );
  return {
    offer,
    observations: observations.rows,
    prices: prices.rows,
    changes: changes.rows,
    rejects: rejects.rows,
  };
}
