import { sql } from 'drizzle-orm';
import {
  bigint,
  boolean,
  check,
  doublePrecision,
  index,
  integer,
  interval,
  jsonb,
  pgSchema,
  primaryKey,
  text,
  unique,
  uniqueIndex,
} from 'drizzle-orm/pg-core';
import type { DetailPrompt } from '../model/learning.ts';
import type { CallOutcome, CallState, Lane, PeriodKind } from '../model/ledger.ts';
import type { OAuthTokenRequest, OperationRequest } from '../model/operation.ts';
import { bytea, id, instant } from './column-types.ts';

/*
 * The quota ledger. The rules that drizzle can't express (partitions, triggers, functions, comments) are in the migrations;
 * `reserve` and `settle` there are the only writers of periods, calls and calls in flight.
 */

export const usage = pgSchema('usage');

const periodKinds = sql`('second', 'minute', 'day', 'month')`;

export const callIdSequence = usage.sequence('call_id_seq');

export const quotaLimit = usage.table(
  'quota_limit',
  {
    limitId: id('limit_id').primaryKey().generatedAlwaysAsIdentity(),
    appKey: text('app_key').notNull(),
    api: text('api').notNull(),
    periodKind: text('period_kind').$type<PeriodKind>().notNull(),
    callLimit: integer('call_limit').notNull(),
    reset: text('reset').$type<'calendar' | 'rolling'>().notNull().default('calendar'),
    zone: text('zone').notNull().default('Asia/Shanghai'),
    source: text('source').$type<'preset' | 'configured' | 'observed'>().notNull(),
    isAssumed: boolean('is_assumed').notNull(),
    validFrom: instant('valid_from').notNull(),
    validTo: instant('valid_to'),
    createdAt: instant('created_at').notNull(),
  },
  (table) => [
    uniqueIndex('quota_limit_open')
      .on(table.appKey, table.api, table.periodKind)
      .where(sql`${table.validTo} IS NULL`),
    check('quota_limit_period_kind', sql`${table.periodKind} IN ${periodKinds}`),
    check('quota_limit_reset', sql`${table.reset} IN ('calendar', 'rolling')`),
    check('quota_limit_source', sql`${table.source} IN ('preset', 'configured', 'observed')`),
    // A pace of zero has no next send time; a hold stops an API.
    check(
      'quota_limit_call_limit',
      sql`${table.callLimit} > 0 OR (${table.callLimit} = 0 AND ${table.periodKind} <> 'second')`,
    ),
    check('quota_limit_validity', sql`${table.validTo} >= ${table.validFrom}`),
  ],
);

export const quotaPeriod = usage.table(
  'quota_period',
  {
    periodId: id('period_id').primaryKey().generatedAlwaysAsIdentity(),
    appKey: text('app_key').notNull(),
    api: text('api').notNull(),
    periodKind: text('period_kind').$type<PeriodKind>().notNull(),
    startsAt: instant('starts_at').notNull(),
    endsAt: instant('ends_at').notNull(),
    callLimit: integer('call_limit').notNull(),
    granted: integer('granted').notNull().default(0),
    refunded: integer('refunded').notNull().default(0),
    unknown: integer('unknown').notNull().default(0),
    external: integer('external').notNull().default(0),
    dayStartsAt: instant('day_starts_at'),
    usedBeforeDay: integer('used_before_day').notNull().default(0),
    isAssumedSpent: boolean('is_assumed_spent').notNull().default(false),
  },
  (table) => [
    // ends_at first: the periods around now are the newest ones of their key.
    unique('quota_period_span').on(table.appKey, table.api, table.periodKind, table.endsAt, table.startsAt),
    check('quota_period_order', sql`${table.endsAt} > ${table.startsAt}`),
    check(
      'quota_period_counts',
      sql`${table.refunded} >= 0 AND ${table.unknown} >= 0 AND ${table.external} >= 0
        AND ${table.granted} >= ${table.refunded} + ${table.unknown}`,
    ),
  ],
);

export const pace = usage.table(
  'pace',
  {
    appKey: text('app_key').notNull(),
    api: text('api').notNull(),
    nextSlotAt: instant('next_slot_at').notNull(),
    foundPerSecond: doublePrecision('found_per_second'),
    lastChange: doublePrecision('last_change'),
    changedAt: instant('changed_at'),
    raiseAfter: instant('raise_after'),
    callsSince: integer('calls_since').notNull().default(0),
    passedBefore: integer('passed_before'),
  },
  (table) => [primaryKey({ columns: [table.appKey, table.api] })],
);

export const apiCall = usage.table(
  'api_call',
  {
    callId: id('call_id')
      .notNull()
      .default(sql`nextval('usage.call_id_seq')`),
    grantedAt: instant('granted_at').notNull(),
    appKey: text('app_key').notNull(),
    api: text('api').notNull(),
    operation: text('operation').notNull(),
    request: jsonb('request').$type<OperationRequest | OAuthTokenRequest>().notNull(),
    requestHash: bytea('request_hash').notNull(),
    lane: text('lane').$type<Lane>().notNull(),
    runId: id('run_id'),
    jobId: text('job_id'),
    windowId: id('window_id'),
    isExempt: boolean('is_exempt').notNull(),
    quotaPeriodIds: id('quota_period_ids').array().notNull(),
    state: text('state').$type<CallState>().notNull().default('reserved'),
    sendAt: instant('send_at').notNull(),
    sendBy: instant('send_by').notNull(),
    sentAt: instant('sent_at'),
    settledAt: instant('settled_at'),
    outcome: text('outcome').$type<CallOutcome>(),
    gatewayCode: text('gateway_code'),
    httpStatus: integer('http_status'),
    latencyMs: integer('latency_ms'),
    responseBytes: integer('response_bytes'),
    rowsLoaded: integer('rows_loaded'),
    offersNew: integer('offers_new'),
    offersCompleted: integer('offers_completed'),
    offersChanged: integer('offers_changed'),
    pricesChanged: integer('prices_changed'),
    stockChanged: integer('stock_changed'),
    promptedBy: text('prompted_by').$type<DetailPrompt>(),
    rawId: id('raw_id'),
  },
  (table) => [
    primaryKey({ columns: [table.callId, table.grantedAt] }),
    index('api_call_granted').on(table.grantedAt),
    index('api_call_run').on(table.runId, table.callId),
    index('api_call_reserved')
      .on(table.runId)
      .where(sql`${table.state} = 'reserved'`),
    index('api_call_refused')
      .on(table.api, table.grantedAt)
      .where(sql`${table.outcome} = 'business_error'`),
    check('api_call_lane', sql`${table.lane} IN ('refresh', 'discovery', 'manual')`),
    check('api_call_state', sql`${table.state} IN ('reserved', 'committed', 'refunded', 'unknown')`),
    check(
      'api_call_outcome',
      sql`${table.outcome} IN ('ok', 'business_error', 'gateway_error', 'transport_error', 'invalid_answer', 'not_sent')`,
    ),
  ],
);

/* Totals of the past, written by `usage.total_hours` only. */

export const totalledHour = usage.table('totalled_hour', { hour: instant('hour').primaryKey() });

export const hourTotal = usage.table(
  'hour_total',
  {
    hour: instant('hour').notNull(),
    appKey: text('app_key').notNull(),
    api: text('api').notNull(),
    state: text('state').$type<CallState>().notNull(),
    outcome: text('outcome').$type<CallOutcome>(),
    isExempt: boolean('is_exempt').notNull(),
    lane: text('lane').$type<Lane>(),
    calls: integer('calls').notNull(),
    timedCalls: integer('timed_calls').notNull(),
    totalLatencyMs: bigint('total_latency_ms', { mode: 'bigint' }),
    maxLatencyMs: integer('max_latency_ms'),
    responseBytes: bigint('response_bytes', { mode: 'bigint' }),
    rowsLoaded: bigint('rows_loaded', { mode: 'bigint' }),
  },
  (table) => [
    unique('hour_total_key')
      .on(table.hour, table.appKey, table.api, table.state, table.outcome, table.isExempt, table.lane)
      .nullsNotDistinct(),
  ],
);

export const inFlight = usage.table(
  'in_flight',
  {
    callId: id('call_id').primaryKey(),
    grantedAt: instant('granted_at').notNull(),
    appKey: text('app_key').notNull(),
    api: text('api'),
    requestHash: bytea('request_hash'),
    runId: id('run_id'),
    quotaPeriodIds: id('quota_period_ids').array().notNull(),
    sendBy: instant('send_by').notNull(),
    sentAt: instant('sent_at'),
    tokenHash: bytea('token_hash'),
  },
  (table) => [unique('in_flight_twin').on(table.appKey, table.requestHash)],
);

export const accessToken = usage.table(
  'access_token',
  {
    appKey: text('app_key').notNull(),
    tokenHash: bytea('token_hash').notNull(),
    isRefused: boolean('is_refused').notNull(),
    observedAt: instant('observed_at').notNull(),
    observedCallId: id('observed_call_id').notNull(),
  },
  (table) => [primaryKey({ columns: [table.appKey, table.tokenHash] })],
);

export const apiHold = usage.table('api_hold', {
  api: text('api').primaryKey(),
  code: text('code').notNull(),
  heldAt: instant('held_at').notNull(),
  heldUntil: instant('held_until'),
  probeAfter: instant('probe_after'),
  probeCallId: id('probe_call_id'),
  probeEvery: interval('probe_every'),
  reason: text('reason'),
});

export const backoff = usage.table(
  'backoff',
  {
    appKey: text('app_key').notNull(),
    api: text('api').notNull(),
    startedAt: instant('started_at').notNull(),
    pause: interval('pause').notNull(),
    longestPauseSince: instant('longest_pause_since'),
    failures: integer('failures').notNull().default(0),
  },
  (table) => [primaryKey({ columns: [table.appKey, table.api] })],
);

export const apiGroup = usage.table(
  'api_group',
  {
    appKey: text('app_key').notNull(),
    name: text('name').notNull(),
    api: text('api').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.appKey, table.api, table.name] }),
    // A limit names a group with the @, so no group can be mistaken for an API or for *.
    check('api_group_name', sql`${table.name} LIKE '@_%'`),
  ],
);

export const ledgerEpoch = usage.table(
  'ledger_epoch',
  {
    isOnlyRow: boolean('is_only_row').primaryKey().default(true),
    epoch: text('epoch'),
    changedAt: instant('changed_at'),
  },
  (table) => [check('ledger_epoch_one_row', sql`${table.isOnlyRow}`)],
);

export const ledgerClock = usage.table(
  'ledger_clock',
  {
    isOnlyRow: boolean('is_only_row').primaryKey().default(true),
    offset: interval('offset').notNull().default('0'),
  },
  (table) => [check('ledger_clock_one_row', sql`${table.isOnlyRow}`)],
);
