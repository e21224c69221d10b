import { sql } from 'drizzle-orm';
import { check, integer, jsonb, primaryKey, text } from 'drizzle-orm/pg-core';
import { id, instant } from './column-types.ts';
import { sync } from './sync.ts';

/* When to sync by itself, and the outcome of each of these times. */

export const schedule = sync.table(
  'schedule',
  {
    name: text('name').primaryKey(),
    cron: text('cron').notNull(),
    timeZone: text('time_zone').notNull(),
    feeds: jsonb('feeds').$type<readonly string[]>().notNull(),
    budgetCalls: integer('budget_calls'),
    missed: text('missed').$type<'skip' | 'once'>().notNull(),
    origin: text('origin').$type<'file' | 'cli'>().notNull(),
    pausedAt: instant('paused_at'),
    countsFrom: instant('counts_from').notNull(),
    createdAt: instant('created_at').notNull(),
    updatedAt: instant('updated_at').notNull(),
  },
  (table) => [
    check('schedule_missed', sql`${table.missed} IN ('skip', 'once')`),
    check('schedule_origin', sql`${table.origin} IN ('file', 'cli')`),
    check('schedule_budget_calls', sql`${table.budgetCalls} >= 1`),
    check('schedule_feeds', sql`jsonb_typeof(${table.feeds}) = 'array'`),
  ],
);

export const slot = sync.table(
  'slot',
  {
    schedule: text('schedule').notNull(),
    slotAt: instant('slot_at').notNull(),
    outcome: text('outcome').$type<'ran' | 'merged' | 'missed' | 'skipped'>().notNull(),
    runId: id('run_id'),
    decidedAt: instant('decided_at').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.schedule, table.slotAt] }),
    check('slot_outcome', sql`${table.outcome} IN ('ran', 'merged', 'missed', 'skipped')`),
    check('slot_run', sql`(${table.outcome} IN ('ran', 'merged')) = (${table.runId} IS NOT NULL)`),
  ],
);
