import { sql } from 'drizzle-orm';
import {
  bigint,
  check,
  index,
  integer,
  jsonb,
  pgSchema,
  primaryKey,
  smallint,
  text,
  unique,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core';
import type { Lane } from '../model/ledger.ts';
import type { Application, DeclaredState, ObservedState } from '../model/permission.ts';
import type { ReprocessCounts, ReprocessedOperation, ReprocessSelection } from '../model/reprocess.ts';
import type { RunForecast, RunStatus, Source } from '../model/run.ts';
import { bytea, id, instant } from './column-types.ts';

/*
 * The state of the sync: runs, what was fetched and when, and what could not be used. The tables are narrow, because every
 * observation rewrites a row here.
 */

export const sync = pgSchema('sync');

/** The lease of a row, the time before which it is not fetched again, and its failures. */
export const lease = {
  notBefore: instant('not_before'),
  leasedBy: id('leased_by'),
  leasedUntil: instant('leased_until'),
  failedTries: smallint('failed_tries').notNull().default(0),
  failureCode: text('failure_code'),
};

/* Always empty: whoever locks the table has the lock that it is named after (`src/db/locks.ts`). */
export const ledgerLock = sync.table('ledger_lock', {});
export const tickLock = sync.table('tick_lock', {});
export const categoryLock = sync.table('category_lock', {});
export const notificationLock = sync.table('notification_lock', {});

export const databaseIdentity = sync.table(
  'database_identity',
  {
    databaseId: uuid('database_id').primaryKey().defaultRandom(),
    source: text('source').$type<Source>(),
    createdAt: instant('created_at').notNull().defaultNow(),
    appFingerprint: text('app_fingerprint'),
  },
  (table) => [
    uniqueIndex('database_identity_one_row').on(sql`(true)`),
    check('database_identity_source', sql`${table.source} IN ('sandbox', 'live')`),
  ],
);

export const counter = <Name extends string>(name: Name) => integer(name).notNull().default(0);

export const run = sync.table(
  'run',
  {
    runId: id('run_id').primaryKey().generatedAlwaysAsIdentity(),
    scope: text('scope').notNull(),
    trigger: text('trigger').notNull(),
    source: text('source').$type<Source>().notNull(),
    status: text('status').$type<RunStatus>().notNull().default('queued'),
    cause: text('cause'),
    feeds: jsonb('feeds').$type<readonly string[]>().notNull(),
    lane: text('lane').$type<Lane>(),
    budgetCalls: integer('budget_calls'),
    callsUsed: counter('calls_used'),
    leaseOwner: text('lease_owner'),
    heartbeatAt: instant('heartbeat_at'),
    requestedAt: instant('requested_at').notNull().defaultNow(),
    startedAt: instant('started_at'),
    deadlineAt: instant('deadline_at'),
    endedAt: instant('ended_at'),
    categoriesSeen: counter('categories_seen'),
    offersNew: counter('offers_new'),
    offersCompleted: counter('offers_completed'),
    offersChanged: counter('offers_changed'),
    offersUnchanged: counter('offers_unchanged'),
    pricesOpened: counter('prices_opened'),
    pricesClosed: counter('prices_closed'),
    rejects: counter('rejects'),
    errors: counter('errors'),
    lastErrorCode: text('last_error_code'),
    forecast: jsonb('forecast').$type<RunForecast>(),
    syncFileHash: text('sync_file_hash'),
    postponed: counter('postponed'),
    nextTryAt: instant('next_try_at'),
  },
  (table) => [
    uniqueIndex('run_active')
      .on(table.scope)
      .where(sql`${table.status} IN ('queued', 'running')`),
    check('run_source', sql`${table.source} IN ('sandbox', 'live')`),
    check(
      'run_status',
      sql`${table.status} IN ('queued', 'running', 'succeeded', 'partial_quota', 'partial_error', 'failed', 'cancelled')`,
    ),
    check('run_lane', sql`${table.lane} IN ('refresh', 'discovery', 'manual')`),
    check('run_budget_calls', sql`${table.budgetCalls} >= 0`),
  ],
);

export const categoryVisit = sync.table(
  'category_visit',
  {
    categoryId: id('category_id').primaryKey(),
    visitedAt: instant('visited_at'),
    lastCallId: id('last_call_id'),
    ...lease,
  },
  (table) => [
    index('category_visit_leased')
      .on(table.leasedBy)
      .where(sql`${table.leasedBy} IS NOT NULL`),
  ],
);

export const sellerObservation = sync.table('seller_observation', {
  sellerId: text('seller_id').primaryKey(),
  observedAt: instant('observed_at').notNull(),
  callId: id('call_id').notNull(),
  nameAt: instant('name_at'),
  nameCallId: id('name_call_id'),
});

export const erasedSeller = sync.table('erased_seller', {
  sellerHash: bytea('seller_hash').primaryKey(),
  requestedAt: instant('requested_at').notNull(),
  completedAt: instant('completed_at'),
});

export const erasedOffer = sync.table(
  'erased_offer',
  {
    offerId: id('offer_id').primaryKey(),
    sellerHash: bytea('seller_hash')
      .notNull()
      .references(() => erasedSeller.sellerHash),
    erasedAt: instant('erased_at').notNull(),
  },
  (table) => [index('erased_offer_seller').on(table.sellerHash)],
);

export const quarantine = sync.table(
  'quarantine',
  {
    quarantineId: id('quarantine_id').primaryKey().generatedAlwaysAsIdentity(),
    rawId: id('raw_id').notNull(),
    callId: id('call_id').notNull(),
    runId: id('run_id'),
    operation: text('operation').notNull(),
    path: text('path').notNull(),
    reason: text('reason').notNull(),
    sample: text('sample'),
    observedAt: instant('observed_at').notNull(),
  },
  (table) => [unique('quarantine_once').on(table.rawId, table.path, table.reason)],
);

export const reprocess = sync.table(
  'reprocess',
  {
    reprocessId: id('reprocess_id').primaryKey().generatedAlwaysAsIdentity(),
    selection: jsonb('selection').$type<ReprocessSelection>().notNull(),
    normalizerVersion: integer('normalizer_version').notNull(),
    untilRawId: id('until_raw_id').notNull(),
    operation: text('operation').$type<ReprocessedOperation>(),
    afterRawId: id('after_raw_id')
      .notNull()
      .default(sql`0`),
    counts: jsonb('counts').$type<ReprocessCounts>().notNull(),
    startedAt: instant('started_at').notNull(),
    advancedAt: instant('advanced_at').notNull(),
    endedAt: instant('ended_at'),
  },
  (table) => [
    index('reprocess_unfinished')
      .on(table.reprocessId)
      .where(sql`${table.endedAt} IS NULL`),
  ],
);

export const operatorAction = sync.table('operator_action', {
  actionId: id('action_id').primaryKey().generatedAlwaysAsIdentity(),
  actedAt: instant('acted_at').notNull().defaultNow(),
  actor: text('actor').notNull(),
  action: text('action')
    .$type<'run' | 'cancel' | 'hold' | 'resume' | 'retry' | 'connect' | 'queue'>()
    .notNull(),
  subject: text('subject').notNull(),
  outcome: text('outcome').notNull(),
});

export const endedSession = sync.table('ended_session', {
  sessionId: text('session_id').primaryKey(),
  endedAt: instant('ended_at').notNull(),
});

export const drift = sync.table(
  'drift',
  {
    operation: text('operation').notNull(),
    path: text('path').notNull(),
    kind: text('kind').$type<'unknown' | 'missing' | 'retyped'>().notNull(),
    seen: bigint('seen', { mode: 'number' }).notNull(),
    firstSeenAt: instant('first_seen_at').notNull(),
    lastSeenAt: instant('last_seen_at').notNull(),
    sample: text('sample'),
    lastCallId: id('last_call_id').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.operation, table.path, table.kind] }),
    check('drift_kind', sql`${table.kind} IN ('unknown', 'missing', 'retyped')`),
  ],
);

export const token = sync.table('token', {
  appKey: text('app_key').primaryKey(),
  accessToken: bytea('access_token').notNull(),
  accessExpiresAt: instant('access_expires_at'),
  refreshToken: bytea('refresh_token'),
  refreshExpiresAt: instant('refresh_expires_at'),
  updatedAt: instant('updated_at').notNull(),
});

const declaration = {
  declared: text('declared').$type<DeclaredState>().notNull().default('not_applied'),
  declaredAt: instant('declared_at'),
};

const observation = {
  observedAt: instant('observed_at'),
  observedCallId: id('observed_call_id'),
};

const declaredStates = sql`('not_applied', 'pending', 'under_review', 'granted', 'rejected')`;

export const apiPermission = sync.table(
  'api_permission',
  {
    appKey: text('app_key').notNull(),
    api: text('api').notNull(),
    observed: text('observed').$type<ObservedState>().notNull().default('unknown'),
    ...observation,
    ...declaration,
    approvedDaily: integer('approved_daily'),
    approvedMonthly: integer('approved_monthly'),
  },
  (table) => [
    primaryKey({ columns: [table.appKey, table.api] }),
    check(
      'api_permission_observed',
      sql`${table.observed} IN ('unknown', 'allowed', 'denied', 'unsupported', 'exhausted')`,
    ),
    check('api_permission_declared', sql`${table.declared} IN ${declaredStates}`),
  ],
);

export const application = sync.table(
  'application',
  {
    appKey: text('app_key').primaryKey(),
    observed: text('observed').$type<Application['observed']>().notNull().default('unknown'),
    ...observation,
    ...declaration,
  },
  (table) => [
    check('application_observed', sql`${table.observed} IN ('unknown', 'allowed', 'denied')`),
    check('application_declared', sql`${table.declared} IN ${declaredStates}`),
  ],
);
