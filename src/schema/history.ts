import { bigint, check, jsonb, primaryKey, text } from 'drizzle-orm/pg-core';
import { sql } from 'drizzle-orm';
import type { SkuAttribute } from '../model/records.ts';
import { catalog, packageColumns, score, share } from './catalog.ts';
import { dayIndex, id, instant } from './column-types.ts';

/*
 * Past states of SKUs and sellers, each over [valid_from, valid_to). The states of one SKU or seller follow each other without a
 * gap. A state that was replaced in its own instant is kept, with no length.
 */

/** The present state is the row of `catalog.sku`. */
export const skuHistory = catalog.table(
  'sku_history',
  {
    offerId: id('offer_id').notNull(),
    skuId: id('sku_id').notNull(),
    validFrom: instant('valid_from').notNull(),
    callId: id('call_id').notNull(),
    validTo: instant('valid_to').notNull(),
    closedByCallId: id('closed_by_call_id').notNull(),
    state: text('state').$type<'listed' | 'gone'>().notNull(),
    specId: text('spec_id'),
    cargoNumber: text('cargo_number'),
    label: text('label'),
    attributes: jsonb('attributes').$type<readonly SkuAttribute[]>(),
    imageUrl: text('image_url'),
    ...packageColumns(),
  },
  (table) => [
    primaryKey({ columns: [table.offerId, table.skuId, table.validFrom, table.callId] }),
    dayIndex('sku_history_ended_day', table.validTo),
    check('sku_history_state', sql`${table.state} IN ('listed', 'gone')`),
    check('sku_history_interval', sql`${table.validTo} >= ${table.validFrom}`),
  ],
);

/** The present stock is in the row of `catalog.sku`. */
export const stockHistory = catalog.table(
  'stock_history',
  {
    offerId: id('offer_id').notNull(),
    skuId: id('sku_id').notNull(),
    validFrom: instant('valid_from').notNull(),
    validTo: instant('valid_to').notNull(),
    stock: bigint('stock', { mode: 'number' }),
    callId: id('call_id').notNull(),
    closedByCallId: id('closed_by_call_id').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.offerId, table.skuId, table.validFrom, table.callId] }),
    dayIndex('stock_history_ended_day', table.validTo),
    check('stock_history_interval', sql`${table.validTo} >= ${table.validFrom}`),
  ],
);

/** Includes the present state. `companyName`: as it was stated; null: the answers left it out. */
export const sellerHistory = catalog.table(
  'seller_history',
  {
    sellerId: text('seller_id').notNull(),
    validFrom: instant('valid_from').notNull(),
    callId: id('call_id').notNull(),
    validTo: instant('valid_to'),
    closedByCallId: id('closed_by_call_id'),
    companyName: text('company_name'),
    tradeMedal: score('trade_medal'),
    compositeServiceScore: score('composite_service_score'),
    logisticsExperienceScore: score('logistics_experience_score'),
    disputeComplaintScore: score('dispute_complaint_score'),
    offerExperienceScore: score('offer_experience_score'),
    afterSalesExperienceScore: score('after_sales_experience_score'),
    consultingExperienceScore: score('consulting_experience_score'),
    repeatPurchaseRate: share('repeat_purchase_rate'),
    pickup48hRate: share('pickup_48h_rate'),
    qualityRefundRate: share('quality_refund_rate'),
    identities: text('identities').array(),
  },
  (table) => [
    primaryKey({ columns: [table.sellerId, table.validFrom, table.callId] }),
    check(
      'seller_history_interval',
      sql`${table.validTo} >= ${table.validFrom} AND (${table.validTo} IS NULL) = (${table.closedByCallId} IS NULL)`,
    ),
  ],
);

/** Keys of deleted rows, written by triggers. `fact`: the table, without its schema. */
export const deletedRow = catalog.table(
  'deleted_row',
  {
    fact: text('fact').notNull(),
    key: jsonb('key').notNull(),
    deletedAt: instant('deleted_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.fact, table.key] })],
);
