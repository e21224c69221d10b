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
} from 'drizzle-orm/pg-core';
import { type Certificate, type MeasureSource, type SkuAttribute } from '../model/records.ts';
import { bytea, dayIndex, id, instant, money } from './column-types.ts';

/*
 * What is known of 1688's catalog. Partitions, fill factors and comments, which drizzle can't express, are in the migrations.
 * Call, raw and run ids are soft references, so that old partitions of those tables can be dropped.
 */

export const catalog = pgSchema('catalog');

/** Stock and sales exceed the range of `integer`, yet stay below 2^53. */
const count = <Name extends string>(name: Name) => bigint(name, { mode: 'number' });
export const share = <Name extends string>(name: Name) => numeric(name, { precision: 7, scale: 6 });
const millimetres = <Name extends string>(name: Name) => numeric(name, { precision: 14, scale: 2 });
export const score = <Name extends string>(name: Name) => numeric(name, { precision: 7, scale: 4 });
/** Weight and size of one unit as it is sent. */
export const packageColumns = () => ({
  weightG: numeric('weight_g', { precision: 14, scale: 3 }),
  weightSource: text('weight_source').$type<MeasureSource>(),
  lengthMm: millimetres('length_mm'),
  widthMm: millimetres('width_mm'),
  heightMm: millimetres('height_mm'),
  sizeSource: text('size_source').$type<MeasureSource>(),
});

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
    pathNamesZh: text('path_names_zh'),
    pathNamesTranslated: text('path_names_translated'),
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
  repeatPurchaseRate: share('repeat_purchase_rate'),
  changedAt: instant('changed_at').notNull(),
  callId: id('call_id').notNull(),
  tradeMedal: score('trade_medal'),
  pickup48hRate: share('pickup_48h_rate'),
  qualityRefundRate: share('quality_refund_rate'),
  identities: text('identities').array(),
});

export const offer = catalog.table(
  'offer',
  {
    offerId: id('offer_id').primaryKey(),
    categoryId: id('category_id'),
    sourceCreatedAt: instant('source_created_at'),
    sourceModifiedAt: instant('source_modified_at'),
    changedAt: instant('changed_at').notNull(),
    runId: id('run_id'),
    callId: id('call_id').notNull(),
    minOrderQuantity: integer('min_order_quantity'),
    batchNumber: integer('batch_number'),
    normalizerVersion: integer('normalizer_version'),
    mixQuantity: integer('mix_quantity'),
    quoteType: smallint('quote_type'),
    isMixAllowed: boolean('is_mix_allowed'),
    isPatentProduct: boolean('is_patent_product'),
    sellerId: text('seller_id').references(() => seller.sellerId),
    state: text('state').$type<'listed' | 'missing' | 'gone' | 'delisted'>().notNull(),
    subject: text('subject'),
    subjectTranslated: text('subject_translated'),
    sourceStatus: text('source_status'),
    unit: text('unit'),
    unitTranslated: text('unit_translated'),
    tradeScore: score('trade_score'),
    mainImageUrl: text('main_image_url'),
    videoUrl: text('video_url'),
    shipFrom: text('ship_from'),
    contentHash: bytea('content_hash'),
    shippingTimeGuarantee: text('shipping_time_guarantee'),
    promotionType: text('promotion_type'),
    tags: text('tags').array(),
    mixAmountCny: money('mix_amount_cny'),
    cargoNumber: text('cargo_number'),
    sellingPoints: text('selling_points').array(),
    certificates: jsonb('certificates').$type<readonly Certificate[]>(),
    sellerIdentities: text('seller_identities').array(),
    offerIdentities: text('offer_identities').array(),
    imageUrls: text('image_urls').array(),
    whiteImageUrl: text('white_image_url'),
    ...packageColumns(),
  },
  (table) => [
    index('offer_category').on(table.categoryId),
    index('offer_seller').on(table.sellerId),
    // A small pending list of rows that are not yet in the index: the writer who finds it full adds them.
    index('offer_text')
      .using('gin', sql`catalog.bigrams(catalog.search_text(${table.subject}, ${table.subjectTranslated}))`)
      .with({ gin_pending_list_limit: 1024 }),
    check('offer_state', sql`${table.state} IN ('listed', 'missing', 'gone', 'delisted')`),
    check('offer_quote_type', sql`${table.quoteType} IN (0, 1, 2)`),
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
    stock: count('stock'),
    lastListedAt: instant('last_listed_at'),
    lastListedCallId: id('last_listed_call_id'),
    changedAt: instant('changed_at').notNull(),
    callId: id('call_id').notNull(),
    firstSeenAt: instant('first_seen_at'),
    firstCallId: id('first_call_id'),
    state: text('state').$type<'listed' | 'gone'>().notNull(),
    specId: text('spec_id'),
    cargoNumber: text('cargo_number'),
    label: text('label'),
    attributes: jsonb('attributes').$type<readonly SkuAttribute[]>().notNull(),
    imageUrl: text('image_url'),
    ...packageColumns(),
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

export const observation = catalog.table(
  'observation',
  {
    offerId: id('offer_id').notNull(),
    observedAt: instant('observed_at').notNull(),
    callId: id('call_id').notNull(),
    stock: count('stock'),
    soldCount: count('sold_count'),
    monthSold: count('month_sold'),
    loadedAt: instant('loaded_at').notNull(),
    isFound: boolean('is_found').notNull(),
    isLate: boolean('is_late').notNull(),
    source: text('source').$type<'search' | 'detail'>().notNull(),
    minPriceCny: money('min_price_cny'),
    repurchaseRate: share('repurchase_rate'),
    pickup48hRate: share('pickup_48h_rate'),
    qualityRefundRate: share('quality_refund_rate'),
    foreignPrice: money('foreign_price'),
    readSkuIds: id('read_sku_ids').array(),
  },
  (table) => [
    primaryKey({ columns: [table.offerId, table.observedAt, table.callId] }),
    dayIndex('observation_day', table.observedAt),
    // Finds what was loaded since a time. Has almost no size, and costs writers nothing.
    index('observation_loaded').using('brin', table.loadedAt).with({ autosummarize: true }),
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
    observedAt: instant('observed_at').notNull(),
    callId: id('call_id').notNull(),
    field: text('field').notNull(),
    old: text('old'),
    new: text('new'),
  },
  (table) => [
    index('offer_change_offer').on(table.offerId, table.observedAt),
    // Units hardly ever change, and each price checks whether its unit did.
    index('offer_change_unit')
      .on(table.offerId, table.observedAt)
      .where(sql`${table.field} = 'unit'`),
    dayIndex('offer_change_day', table.observedAt),
  ],
);

export const searchHit = catalog.table(
  'search_hit',
  {
    windowId: id('window_id').notNull(),
    callId: id('call_id').notNull(),
    observedAt: instant('observed_at').notNull(),
    offerId: id('offer_id').notNull(),
    page: integer('page').notNull(),
    rank: integer('rank').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.windowId, table.callId, table.rank, table.observedAt] }),
    index('search_hit_offer').on(table.offerId, table.observedAt),
    dayIndex('search_hit_day', table.observedAt),
  ],
);
