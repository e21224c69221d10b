import { sql } from 'drizzle-orm';
import {
  bigint,
  boolean,
  check,
  foreignKey,
  index,
  integer,
  jsonb,
  numeric,
  pgSchema,
  primaryKey,
  smallint,
  text,
  type PgColumn,
} from 'drizzle-orm/pg-core';
import type { PriceKind, SkuAttribute } from '../model/records.ts';
import { bytea, id, instant, money } from './column-types.ts';

/*
 * What is known of 1688's catalog. Partitions, fill factors and comments, which drizzle can't say, are in the
 * migrations. Call, raw and run ids are soft references, so that old partitions of those tables can go.
 */

export const catalog = pgSchema('catalog');

const priceKinds = sql`('list', 'promotion', 'consign', 'jxhy', 'retail', 'search')`;
/** Stock and sales pass the range of `integer`, yet stay below 2^53. */
const count = <Name extends string>(name: Name) => bigint(name, { mode: 'number' });
const score = <Name extends string>(name: Name) => numeric(name, { precision: 7, scale: 4 });
/** Finds the days of analysts in tables that grow in order of time; of almost no size, and of no cost to writers. */
const dayIndex = (name: string, column: PgColumn) =>
  index(name)
    .using('brin', sql`((${column} AT TIME ZONE 'Asia/Shanghai')::date)`)
    .with({ autosummarize: true });

export const category = catalog.table(
  'category',
  {
    categoryId: id('category_id').primaryKey(),
    parentId: id('parent_id'),
    level: integer('level'),
    path: text('path').notNull(),
    nameZh: text('name_zh'),
    nameTranslated: text('name_translated'),
    isLeaf: boolean('is_leaf'),
    isRetired: boolean('is_retired').notNull().default(false),
    parentSeenAt: instant('parent_seen_at'),
    levelSeenAt: instant('level_seen_at'),
    nameSeenAt: instant('name_seen_at'),
    nameTranslatedSeenAt: instant('name_translated_seen_at'),
    leafSeenAt: instant('leaf_seen_at'),
    firstSeenAt: instant('first_seen_at').notNull(),
    callId: id('call_id').notNull(),
  },
  (table) => [
    foreignKey({ columns: [table.parentId], foreignColumns: [table.categoryId] }),
    index('category_parent').on(table.parentId),
    check('category_not_its_own_parent', sql`${table.parentId} <> ${table.categoryId}`),
  ],
);

export const seller = catalog.table('seller', {
  sellerId: text('seller_id').primaryKey(),
  companyName: text('company_name'),
  tradeMedalLevel: integer('trade_medal_level'),
  compositeServiceScore: score('composite_service_score'),
  logisticsExperienceScore: score('logistics_experience_score'),
  disputeComplaintScore: score('dispute_complaint_score'),
  offerExperienceScore: score('offer_experience_score'),
  afterSalesExperienceScore: score('after_sales_experience_score'),
  consultingExperienceScore: score('consulting_experience_score'),
  repeatPurchaseRate: numeric('repeat_purchase_rate', { precision: 7, scale: 6 }),
  changedAt: instant('changed_at').notNull(),
  callId: id('call_id').notNull(),
});

export const offer = catalog.table(
  'offer',
  {
    offerId: id('offer_id').primaryKey(),
    categoryId: id('category_id'),
    sellerId: text('seller_id').references(() => seller.sellerId),
    state: text('state').$type<'listed' | 'missing' | 'gone' | 'delisted'>().notNull(),
    subject: text('subject'),
    subjectTranslated: text('subject_translated'),
    sourceStatus: text('source_status'),
    quoteType: smallint('quote_type'),
    unit: text('unit'),
    unitTranslated: text('unit_translated'),
    minOrderQuantity: integer('min_order_quantity'),
    batchNumber: integer('batch_number'),
    tradeScore: score('trade_score'),
    mainImageUrl: text('main_image_url'),
    videoUrl: text('video_url'),
    shipFrom: text('ship_from'),
    sourceCreatedAt: instant('source_created_at'),
    sourceModifiedAt: instant('source_modified_at'),
    contentHash: bytea('content_hash'),
    normalizerVersion: integer('normalizer_version'),
    changedAt: instant('changed_at').notNull(),
    runId: id('run_id'),
    callId: id('call_id').notNull(),
  },
  (table) => [
    index('offer_category').on(table.categoryId),
    index('offer_seller').on(table.sellerId),
    // A small list of what is not yet sorted in: a full one is sorted in by whoever writes next.
    index('offer_text')
      .using('gin', sql`catalog.bigrams(catalog.search_text(${table.subject}, ${table.subjectTranslated}))`)
      .with({ gin_pending_list_limit: 1024 }),
    check('offer_state', sql`${table.state} IN ('listed', 'missing', 'gone', 'delisted')`),
    check('offer_quote_type', sql`${table.quoteType} IN (0, 1, 2)`),
  ],
);

export const offerImage = catalog.table(
  'offer_image',
  {
    offerId: id('offer_id')
      .notNull()
      .references(() => offer.offerId),
    kind: text('kind').$type<'main' | 'white'>().notNull(),
    position: integer('position').notNull(),
    url: text('url').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.offerId, table.kind, table.position] }),
    check('offer_image_kind', sql`${table.kind} IN ('main', 'white')`),
  ],
);

export const offerAttribute = catalog.table(
  'offer_attribute',
  {
    offerId: id('offer_id')
      .notNull()
      .references(() => offer.offerId),
    position: integer('position').notNull(),
    attributeId: text('attribute_id'),
    name: text('name'),
    value: text('value'),
    nameTranslated: text('name_translated'),
    valueTranslated: text('value_translated'),
  },
  (table) => [primaryKey({ columns: [table.offerId, table.position] })],
);

export const sku = catalog.table(
  'sku',
  {
    offerId: id('offer_id')
      .notNull()
      .references(() => offer.offerId),
    skuId: id('sku_id').notNull(),
    state: text('state').$type<'listed' | 'gone'>().notNull(),
    specId: text('spec_id'),
    cargoNumber: text('cargo_number'),
    label: text('label'),
    attributes: jsonb('attributes').$type<readonly SkuAttribute[]>().notNull(),
    stock: count('stock'),
    imageUrl: text('image_url'),
    lastListedAt: instant('last_listed_at'),
    lastListedCallId: id('last_listed_call_id'),
    changedAt: instant('changed_at').notNull(),
    callId: id('call_id').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.offerId, table.skuId] }),
    check('sku_state', sql`${table.state} IN ('listed', 'gone')`),
    check(
      'sku_last_listed',
      sql`(${table.state} = 'gone') = (${table.lastListedAt} IS NOT NULL)
        AND (${table.lastListedAt} IS NULL) = (${table.lastListedCallId} IS NULL)`,
    ),
  ],
);

export const price = catalog.table(
  'price',
  {
    offerId: id('offer_id')
      .notNull()
      .references(() => offer.offerId),
    skuId: id('sku_id')
      .notNull()
      .default(sql`0`),
    kind: text('kind').$type<PriceKind>().notNull(),
    minQuantity: integer('min_quantity').notNull(),
    amountCny: money('amount_cny').notNull(),
    validFrom: instant('valid_from').notNull(),
    callId: id('call_id').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.offerId, table.skuId, table.kind, table.minQuantity] }),
    index('price_amount')
      .on(table.amountCny, table.offerId)
      .where(sql`${table.kind} IN ('list', 'search')`),
    check('price_kind', sql`${table.kind} IN ${priceKinds}`),
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
    kind: text('kind').$type<PriceKind>().notNull(),
    minQuantity: integer('min_quantity').notNull(),
    validFrom: instant('valid_from').notNull(),
    validTo: instant('valid_to').notNull(),
    amountCny: money('amount_cny').notNull(),
    callId: id('call_id').notNull(),
    closedByCallId: id('closed_by_call_id').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.offerId, table.skuId, table.kind, table.minQuantity, table.validFrom] }),
    dayIndex('price_history_ended_day', table.validTo),
    check('price_history_kind', sql`${table.kind} IN ${priceKinds}`),
    check('price_history_interval', sql`${table.validTo} > ${table.validFrom}`),
  ],
);

export const observation = catalog.table(
  'observation',
  {
    offerId: id('offer_id').notNull(),
    observedAt: instant('observed_at').notNull(),
    source: text('source').$type<'search' | 'detail'>().notNull(),
    callId: id('call_id').notNull(),
    isFound: boolean('is_found').notNull(),
    isLate: boolean('is_late').notNull(),
    minPriceCny: money('min_price_cny'),
    stock: count('stock'),
    soldCount: count('sold_count'),
    monthSold: count('month_sold'),
    rawId: id('raw_id').notNull(),
    runId: id('run_id'),
    loadedAt: instant('loaded_at').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.offerId, table.observedAt, table.source, table.callId] }),
    dayIndex('observation_day', table.observedAt),
    check('observation_source', sql`${table.source} IN ('search', 'detail')`),
  ],
);

export const offerChange = catalog.table(
  'offer_change',
  {
    changeId: id('change_id').primaryKey().generatedAlwaysAsIdentity(),
    offerId: id('offer_id')
      .notNull()
      .references(() => offer.offerId),
    field: text('field').notNull(),
    old: text('old'),
    new: text('new'),
    observedAt: instant('observed_at').notNull(),
    callId: id('call_id').notNull(),
  },
  (table) => [
    index('offer_change_offer').on(table.offerId, table.observedAt),
    dayIndex('offer_change_day', table.observedAt),
  ],
);

export const searchHit = catalog.table(
  'search_hit',
  {
    windowId: id('window_id').notNull(),
    callId: id('call_id').notNull(),
    observedAt: instant('observed_at').notNull(),
    page: integer('page').notNull(),
    rank: integer('rank').notNull(),
    feed: text('feed').notNull(),
    keyword: text('keyword').notNull(),
    categoryId: id('category_id').notNull(),
    offerId: id('offer_id').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.windowId, table.callId, table.rank, table.observedAt] }),
    index('search_hit_offer').on(table.offerId, table.observedAt),
    dayIndex('search_hit_day', table.observedAt),
  ],
);
