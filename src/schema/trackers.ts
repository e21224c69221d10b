import { sql } from 'drizzle-orm';
import { check, index, integer, primaryKey, text, unique } from 'drizzle-orm/pg-core';
import type { TrackedCondition } from '../model/tracker.ts';
import { id, instant } from './column-types.ts';
import { sync } from './sync.ts';

/* How far the trackers of sync files have read, and what they noticed. */

export const tracker = sync.table(
  'tracker',
  {
    tracker: text('tracker').notNull(),
    definition: text('definition').notNull(),
    readTo: instant('read_to').notNull(),
    checkedAt: instant('checked_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.tracker, table.definition] })],
);

export const trackedChange = sync.table(
  'tracked_change',
  {
    changeId: id('change_id').primaryKey().generatedAlwaysAsIdentity(),
    tracker: text('tracker').notNull(),
    offerId: id('offer_id').notNull(),
    field: text('field').$type<'price' | 'stock' | 'state'>().notNull(),
    condition: text('condition').$type<TrackedCondition>().notNull(),
    skuId: id('sku_id'),
    minQuantity: integer('min_quantity'),
    old: text('old').notNull(),
    new: text('new').notNull(),
    notBefore: instant('not_before').notNull(),
    seenAt: instant('seen_at').notNull(),
    notedAt: instant('noted_at').notNull(),
    sentAt: instant('sent_at'),
    skippedAt: instant('skipped_at'),
  },
  (table) => [
    unique('tracked_change_once').on(table.tracker, table.offerId, table.field, table.seenAt),
    index('tracked_change_pending')
      .on(table.changeId)
      .where(sql`${table.sentAt} IS NULL AND ${table.skippedAt} IS NULL`),
    check('tracked_change_field', sql`${table.field} IN ('price', 'stock', 'state')`),
    check(
      'tracked_change_condition',
      sql`${table.condition} IN ('price_below', 'price_down', 'price_up', 'out_of_stock', 'back_in_stock', 'delisted', 'relisted')`,
    ),
    check('tracked_change_time', sql`${table.notBefore} < ${table.seenAt}`),
  ],
);
