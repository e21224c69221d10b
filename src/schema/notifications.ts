import { sql } from 'drizzle-orm';
import { boolean, check, integer, text } from 'drizzle-orm/pg-core';
import type { HealthIssueId, Origin } from '../model/health-issue.ts';
import { id, instant } from './column-types.ts';
import { sync } from './sync.ts';

/* Notifications that were sent, and the state of their delivery. */

export const notification = sync.table(
  'notification',
  {
    issue: text('issue').primaryKey(),
    kind: text('kind').$type<'state' | 'event'>().notNull(),
    severity: text('severity').$type<'act' | 'warn'>().notNull(),
    summary: text('summary').notNull(),
    remedy: text('remedy').notNull(),
    path: text('path').notNull(),
    beganAt: instant('began_at').notNull(),
    lastSeenAt: instant('last_seen_at').notNull(),
    endedAt: instant('ended_at'),
    notifiedState: text('notified_state').$type<'lasting' | 'over'>(),
    notifiedAt: instant('notified_at'),
    issueId: text('issue_id').$type<HealthIssueId>(),
    origin: text('origin').$type<Origin>(),
    since: instant('since'),
    healsItself: boolean('heals_itself'),
    healsAt: instant('heals_at'),
    runId: id('run_id'),
    code: text('code'),
    urgentState: text('urgent_state').$type<'lasting' | 'over'>(),
    urgentAt: instant('urgent_at'),
  },
  (table) => [
    check('notification_kind', sql`${table.kind} IN ('state', 'event')`),
    check('notification_severity', sql`${table.severity} IN ('act', 'warn')`),
    check('notification_notified_state', sql`${table.notifiedState} IN ('lasting', 'over')`),
    check('notification_notified_at', sql`(${table.notifiedState} IS NULL) = (${table.notifiedAt} IS NULL)`),
    check('notification_urgent_state', sql`${table.urgentState} IN ('lasting', 'over')`),
    check('notification_urgent_at', sql`(${table.urgentState} IS NULL) = (${table.urgentAt} IS NULL)`),
  ],
);

export const notificationDelivery = sync.table(
  'notification_delivery',
  {
    isOnlyRow: boolean('is_only_row').primaryKey().default(true),
    checkedAt: instant('checked_at'),
    deliveredAt: instant('delivered_at'),
    attempts: integer('attempts').notNull().default(0),
    failingSince: instant('failing_since'),
    attemptedAt: instant('attempted_at'),
    nextAttemptAt: instant('next_attempt_at'),
    errorCode: text('error_code'),
    error: text('error'),
  },
  (table) => [check('notification_delivery_one_row', sql`${table.isOnlyRow}`)],
);
