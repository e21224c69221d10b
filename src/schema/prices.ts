import { sql } from 'drizzle-orm';
import { check, index, integer, primaryKey } from 'drizzle-orm/pg-core';
import { priceKinds } from '../model/records.ts';
import { catalog, offer } from './catalog.ts';
import { dayIndex, id, instant, money } from './column-types.ts';

/* Present and past prices. */

export const priceKind = catalog.enum('price_kind', priceKinds);

export const price = catalog.table(
  'price',
  {
    offerId: id('offer_id')
      .notNull()
      .references(() => offer.offerId),
    skuId: id('sku_id')
      .notNull()
      .default(sql`0`),
    validFrom: instant('valid_from').notNull(),
    callId: id('call_id').notNull(),
    minQuantity: integer('min_quantity').notNull(),
    kind: priceKind('kind').notNull(),
    amountCny: money('amount_cny').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.offerId, table.kind, table.minQuantity, table.skuId] }),
    index('price_amount')
      .on(table.amountCny, table.offerId)
      .where(sql`${table.kind} IN ('list', 'search')`),
    // Finds the price of the smallest order, of one offer or of all in turn, without reading rows.
    index('price_smallest_order')
      .on(table.offerId, table.minQuantity, table.amountCny)
      .where(sql`${table.kind} = 'list'`),
    check('price_min_quantity', sql`${table.minQuantity} >= 1`),
    check('price_amount_cny', sql`${table.amountCny} >= 0`),
  ],
);

export const priceHistory = catalog.table(
  'price_history',
  {
    offerId: id('offer_id').notNull(),
    skuId: id('sku_id')
      .notNull()
      .default(sql`0`),
    validFrom: instant('valid_from').notNull(),
    validTo: instant('valid_to').notNull(),
    callId: id('call_id').notNull(),
    closedByCallId: id('closed_by_call_id').notNull(),
    minQuantity: integer('min_quantity').notNull(),
    kind: priceKind('kind').notNull(),
    amountCny: money('amount_cny').notNull(),
    nextAmountCny: money('next_amount_cny'),
  },
  (table) => [
    primaryKey({ columns: [table.offerId, table.kind, table.minQuantity, table.skuId, table.validFrom] }),
    dayIndex('price_history_ended_day', table.validTo),
    check('price_history_interval', sql`${table.validTo} > ${table.validFrom}`),
  ],
);
