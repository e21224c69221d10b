import { sql } from 'drizzle-orm';
import {
  boolean,
  check,
  index,
  integer,
  primaryKey,
  real,
  text,
  unique,
  type AnyPgColumn,
} from 'drizzle-orm/pg-core';
import type { PassOutcome } from '../model/learning.ts';
import { id, instant, money } from './column-types.ts';
import { counter, lease, sync } from './sync.ts';

/* Searches: what feeds search by, the progress of each pass, and what was uploaded and found. */

export const searchWindow = sync.table(
  'search_window',
  {
    windowId: id('window_id').primaryKey().generatedAlwaysAsIdentity(),
    feed: text('feed').notNull(),
    keyword: text('keyword').notNull().default(''),
    categoryId: id('category_id')
      .notNull()
      .default(sql`0`),
    sellerId: text('seller_id').notNull().default(''),
    image: text('image').notNull().default(''),
    kind: text('kind')
      .$type<'seller' | 'image' | 'keyword' | 'category'>()
      .notNull()
      .generatedAlwaysAs(
        sql`CASE WHEN seller_id <> '' THEN 'seller' WHEN image <> '' THEN 'image' WHEN keyword <> '' THEN 'keyword' ELSE 'category' END`,
      ),
    priceMinCny: money('price_min_cny'),
    priceMaxCny: money('price_max_cny'),
    language: text('language').notNull(),
    maxPages: integer('max_pages'),
    totalRecords: integer('total_records'),
    nextPage: integer('next_page').notNull().default(1),
    rowsSeen: counter('rows_seen'),
    passStartedAt: instant('pass_started_at'),
    isPassSteady: boolean('is_pass_steady').notNull().default(true),
    completedAt: instant('completed_at'),
    lastOutcome: text('last_outcome').$type<PassOutcome>(),
    completeSince: instant('complete_since'),
    lastCallId: id('last_call_id'),
    parentWindowId: id('parent_window_id').references((): AnyPgColumn => searchWindow.windowId),
    isSplit: boolean('is_split').notNull().default(false),
    isSplittable: boolean('is_splittable').notNull().default(true),
    isDoubted: boolean('is_doubted').notNull().default(false),
    idsListed: counter('ids_listed'),
    newOffers: counter('new_offers'),
    changedOffers: counter('changed_offers'),
    stalePages: counter('stale_pages'),
    lastReach: integer('last_reach'),
    lastNew: integer('last_new'),
    lastChanged: integer('last_changed'),
    fullPassAt: instant('full_pass_at'),
    savedCalls: counter('saved_calls'),
    ...lease,
    retiredAt: instant('retired_at'),
  },
  (table) => [
    unique('search_window_query')
      .on(
        table.feed,
        table.keyword,
        table.categoryId,
        table.sellerId,
        table.image,
        table.priceMinCny,
        table.priceMaxCny,
        table.language,
      )
      .nullsNotDistinct(),
    index('search_window_leased')
      .on(table.leasedBy)
      .where(sql`${table.leasedBy} IS NOT NULL`),
    index('search_window_parent')
      .on(table.parentWindowId)
      .where(sql`${table.parentWindowId} IS NOT NULL`),
    check('search_window_next_page', sql`${table.nextPage} >= 1`),
    check(
      'search_window_last_outcome',
      sql`${table.lastOutcome} IN ('complete', 'capped', 'max_pages', 'page_repeated', 'short', 'split', 'stale', 'truncated', 'unproven')`,
    ),
  ],
);

export const windowValue = sync.table('window_value', {
  windowId: id('window_id')
    .primaryKey()
    .references(() => searchWindow.windowId, { onDelete: 'cascade' }),
  pages: counter('pages'),
  soonValue: real('soon_value').notNull(),
  lateValue: real('late_value').notNull(),
  newOffers: real('new_offers').notNull(),
  exposureDays: real('exposure_days').notNull(),
});

export const imageUpload = sync.table(
  'image_upload',
  {
    appKey: text('app_key').notNull(),
    sha256: text('sha256').notNull(),
    imageId: text('image_id'),
    callId: id('call_id').notNull(),
    uploadedAt: instant('uploaded_at').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.appKey, table.sha256] }),
    check('image_upload_sha256', sql`${table.sha256} ~ '^[0-9a-f]{64}$'`),
  ],
);

export const windowOffer = sync.table(
  'window_offer',
  {
    windowId: id('window_id')
      .notNull()
      .references(() => searchWindow.windowId),
    offerId: id('offer_id').notNull(),
    firstSeenAt: instant('first_seen_at').notNull(),
    lastSeenAt: instant('last_seen_at').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.windowId, table.offerId] }),
    index('window_offer_offer').on(table.offerId),
  ],
);
