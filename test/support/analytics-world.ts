import { linkPrices } from './link-prices.ts';
import type { TestDatabase } from './database.ts';

/** A time in the catalog's past: so many days ago, a second after Shanghai's midnight. */
const daysAgo = (parameter: string) =>
  `((SELECT day FROM analytics.clock) - ${parameter}::int)::timestamp AT TIME ZONE 'Asia/Shanghai' + interval '1 second'`;

export interface OfferRow {
  readonly offerId: string;
  readonly state?: string;
  readonly quoteType?: number;
  readonly unit?: string;
  readonly minOrder?: number;
  readonly subject?: string | null;
  readonly subjectTranslated?: string | null;
}

/** A price over [from, to), in days ago; `to` null: it stands. */
export interface IntervalRow {
  readonly offerId: string;
  readonly skuId?: string;
  readonly kind?: string;
  readonly minQuantity?: number;
  readonly cny: string;
  readonly from: number;
  readonly to?: number | null;
}

/** Makes room for ninety days of observations. */
export async function openPast({ pool }: TestDatabase): Promise<void> {
  await pool.query(`SELECT sync.ensure_partitions(now() - interval '90 days', 4)`);
}

/** Offers on sale, of 2 units and more. */
export async function insertOffers({ pool }: TestDatabase, offers: readonly OfferRow[]): Promise<void> {
  for (const offer of offers) {
    await pool.query(
      `INSERT INTO catalog.offer (offer_id, state, quote_type, unit, min_order_quantity, subject, subject_translated, changed_at, call_id)
       VALUES ($1, $2, $3, $4, $5, $6, $7, now(), 1)`,
      [
        offer.offerId,
        offer.state ?? 'listed',
        offer.quoteType ?? 0,
        offer.unit ?? '件',
        offer.minOrder ?? 2,
        offer.subject ?? null,
        offer.subjectTranslated ?? null,
      ],
    );
  }
}

export async function insertIntervals(
  { pool }: TestDatabase,
  intervals: readonly IntervalRow[],
): Promise<void> {
  for (const interval of intervals) {
    const { offerId, skuId = '0', kind = 'list', minQuantity = 2, cny, from, to = null } = interval;
    const key = [offerId, skuId, kind, minQuantity, cny, from];
    if (to === null) {
      await pool.query(
        `INSERT INTO catalog.price (offer_id, sku_id, kind, min_quantity, amount_cny, valid_from, call_id)
         VALUES ($1, $2, $3, $4, $5, ${daysAgo('$6')}, 1)`,
        key,
      );
    } else {
      await pool.query(
        `INSERT INTO catalog.price_history
           (offer_id, sku_id, kind, min_quantity, amount_cny, valid_from, valid_to, call_id, closed_by_call_id)
         VALUES ($1, $2, $3, $4, $5, ${daysAgo('$6')}, ${daysAgo('$7')}, 1, 2)`,
        [...key, to],
      );
    }
  }
  await pool.query(linkPrices);
}

/** Detail fetches of an offer, in days ago; those in `empty` found nothing. */
export async function insertObservedOffers(
  { pool }: TestDatabase,
  offerId: string,
  days: readonly number[],
  empty: readonly number[] = [],
): Promise<void> {
  for (const day of days) {
    await pool.query(
      `INSERT INTO catalog.observation (offer_id, observed_at, source, call_id, is_found, is_late, loaded_at)
       VALUES ($1, ${daysAgo('$2')}, 'detail', nextval('usage.call_id_seq'), $3, false, now())`,
      [offerId, day, !empty.includes(day)],
    );
  }
}

/** A change of a field, so many days ago. */
export async function insertChange(
  { pool }: TestDatabase,
  change: {
    readonly offerId: string;
    readonly field: string;
    readonly old: string | null;
    readonly new: string;
    readonly at: number;
  },
): Promise<void> {
  await pool.query(
    `INSERT INTO catalog.offer_change (offer_id, field, old, new, observed_at, call_id)
     VALUES ($1, $2, $3, $4, ${daysAgo('$5')}, 1)`,
    [change.offerId, change.field, change.old, change.new, change.at],
  );
}
