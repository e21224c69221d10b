import { sql } from 'drizzle-orm';
import {
  boolean,
  check,
  date,
  doublePrecision,
  index,
  integer,
  interval,
  primaryKey,
  real,
  smallint,
  text,
  unique,
  uniqueIndex,
} from 'drizzle-orm/pg-core';
import type { Figure } from '../model/figures.ts';
import type { LeasedFor, StaleHint } from '../model/learning.ts';
import { id, instant } from './column-types.ts';
import { counter, lease, sync } from './sync.ts';

/* When offers were fetched, what the answers showed, and what is to be fetched next. */

export const refresh = sync.table(
  'refresh',
  {
    offerId: id('offer_id').primaryKey(),
    firstSeenAt: instant('first_seen_at').notNull(),
    summaryAt: instant('summary_at'),
    summaryCallId: id('summary_call_id'),
    detailAt: instant('detail_at'),
    detailCallId: id('detail_call_id'),
    foundAt: instant('found_at'),
    foundCallId: id('found_call_id'),
    lastCallId: id('last_call_id'),
    absentAt: instant('absent_at'),
    absentCallId: id('absent_call_id'),
    changedAt: instant('changed_at'),
    staleSince: instant('stale_since'),
    orderAt: instant('order_at'),
    vouchedAt: instant('vouched_at'),
    priceHintedAt: instant('price_hinted_at'),
    dateHintedAt: instant('date_hinted_at'),
    emptyDetailStreak: counter('empty_detail_streak'),
    popularity: real('popularity').notNull().default(1),
    rateChanges: real('rate_changes').notNull().default(0),
    rateDays: real('rate_days').notNull().default(0),
    feedSet: integer('feed_set').notNull().default(0),
    bucket: integer('bucket'),
    offerChanges: real('offer_changes').notNull().default(0),
    offerDays: real('offer_days').notNull().default(0),
    priceChanges: real('price_changes').notNull().default(0),
    priceDays: real('price_days').notNull().default(0),
    inStockChanges: real('in_stock_changes').notNull().default(0),
    inStockDays: real('in_stock_days').notNull().default(0),
    outOfStockChanges: real('out_of_stock_changes').notNull().default(0),
    outOfStockDays: real('out_of_stock_days').notNull().default(0),
    goneChanges: real('gone_changes').notNull().default(0),
    goneDays: real('gone_days').notNull().default(0),
    isInStock: boolean('is_in_stock'),
    staleBy: text('stale_by').$type<StaleHint>(),
    leasedFor: text('leased_for').$type<NonNullable<LeasedFor>>(),
    evidence: real('evidence').array(),
    ...lease,
  },
  (table) => [
    index('refresh_queue')
      .on(table.feedSet, table.bucket, table.orderAt, table.offerId)
      .where(sql`${table.bucket} IS NOT NULL`),
    check('refresh_stale_by', sql`${table.staleBy} IN ('row', 'modify_date', 'absence')`),
    check('refresh_stale', sql`(${table.staleSince} IS NULL) = (${table.staleBy} IS NULL)`),
    check('refresh_bucket', sql`(${table.bucket} IS NULL) = (${table.orderAt} IS NULL)`),
    index('refresh_detail_age')
      .on(table.feedSet, sql`coalesce(${table.detailAt}, '-infinity'::timestamptz)`, table.offerId)
      .where(sql`${table.bucket} IS NOT NULL`),
    index('refresh_leased')
      .on(table.leasedBy)
      .where(sql`${table.leasedBy} IS NOT NULL`),
    index('refresh_given_up')
      .on(table.notBefore)
      .where(sql`${table.notBefore} IS NOT NULL`),
    check('refresh_empty_detail_streak', sql`${table.emptyDetailStreak} >= 0`),
  ],
);

export const feed = sync.table('feed', {
  feed: text('feed').primaryKey(),
  maxOffers: integer('max_offers'),
  watched: id('watched')
    .array()
    .notNull()
    .default(sql`'{}'`),
  offers: counter('offers'),
  assignedAt: instant('assigned_at').notNull(),
  maxAge: interval('max_age'),
});

export const feedSet = sync.table(
  'feed_set',
  {
    feedSet: integer('feed_set').primaryKey().generatedAlwaysAsIdentity(),
    feeds: text('feeds').array().notNull(),
  },
  (table) => [unique('feed_set_feeds').on(table.feeds)],
);

export const planner = sync.table(
  'planner',
  {
    priorChanges: real('prior_changes').notNull(),
    priorDays: real('prior_days').notNull(),
    visibleChanges: real('visible_changes').notNull(),
    hiddenChanges: real('hidden_changes').notNull(),
    meanPopularity: real('mean_popularity').notNull(),
    floorDays: real('floor_days'),
    recentFound: real('recent_found').notNull().default(0),
    recentEmpty: real('recent_empty').notNull().default(0),
    fittedAt: instant('fitted_at'),
    repricings: real('repricings').notNull().default(0),
    shopDays: real('shop_days').notNull().default(0),
    siblingsExpected: real('siblings_expected').notNull().default(0),
    siblingsChanged: real('siblings_changed').notNull().default(0),
  },
  () => [uniqueIndex('planner_one_row').on(sql`(true)`)],
);

export const shopSuspicion = sync.table(
  'shop_suspicion',
  {
    sellerId: text('seller_id').primaryKey(),
    knownSince: instant('known_since').notNull(),
    fromAt: instant('from_at'),
    seenAt: instant('seen_at'),
    logOdds: doublePrecision('log_odds'),
    siblings: counter('siblings'),
    repricings: real('repricings').notNull().default(0),
    pages: counter('pages'),
    siblingsExpected: real('siblings_expected').notNull().default(0),
    siblingsChanged: counter('siblings_changed'),
  },
  (table) => [
    index('shop_suspicion_log_odds')
      .on(table.logOdds)
      .where(sql`${table.logOdds} IS NOT NULL`),
    check(
      'shop_suspicion_open',
      sql`num_nulls(${table.fromAt}, ${table.seenAt}, ${table.logOdds}) IN (0, 3)`,
    ),
  ],
);

export const observationStat = sync.table(
  'observation_stat',
  {
    dateDay: date('date_day').notNull(),
    source: text('source').$type<'search' | 'detail'>().notNull(),
    hint: text('hint').$type<StaleHint | 'none'>().notNull(),
    decile: smallint('decile').notNull(),
    observations: counter('observations'),
    expected: real('expected').notNull(),
    changed: counter('changed'),
  },
  (table) => [
    primaryKey({ columns: [table.dateDay, table.source, table.hint, table.decile] }),
    check('observation_stat_source', sql`${table.source} IN ('search', 'detail')`),
    check('observation_stat_hint', sql`${table.hint} IN ('none', 'row', 'modify_date', 'absence')`),
    check('observation_stat_decile', sql`${table.decile} BETWEEN 1 AND 10`),
  ],
);

export const figure = sync.table(
  'figure',
  {
    figure: text('figure').$type<Figure>().primaryKey(),
    priorChanges: real('prior_changes').notNull(),
    priorDays: real('prior_days').notNull(),
    shares: real('shares').array().notNull(),
    byOfferRate: real('by_offer_rate').array().array(),
    hiddenChanges: real('hidden_changes').notNull().default(0),
    hiddenExpected: real('hidden_expected').notNull().default(0),
    rowDetails: real('row_details').notNull().default(0),
    rowChanges: real('row_changes').notNull().default(0),
    dateDetails: real('date_details').notNull().default(0),
    dateChanges: real('date_changes').notNull().default(0),
    absenceDetails: real('absence_details').notNull().default(0),
    absenceChanges: real('absence_changes').notNull().default(0),
  },
  (table) => [
    check('figure_name', sql`${table.figure} IN ('offer', 'price', 'in_stock', 'out_of_stock', 'gone')`),
  ],
);
