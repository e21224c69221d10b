import { sql } from 'drizzle-orm';
import { boolean, check, integer, text, uuid } from 'drizzle-orm/pg-core';
import { instant } from './column-types.ts';
import { sync } from './sync.ts';

/** Running processes, and what each reports with its heartbeat. */
export const worker = sync.table(
  'worker',
  {
    workerId: uuid('worker_id').primaryKey(),
    host: text('host').notNull(),
    startedAt: instant('started_at').notNull(),
    heartbeatAt: instant('heartbeat_at').notNull(),
    wholeFileHash: text('whole_file_hash'),
    syncFileHash: text('sync_file_hash'),
    pid: integer('pid'),
    version: text('version'),
    jobs: integer('jobs'),
    recentCalls: integer('recent_calls'),
    lastErrorCode: text('last_error_code'),
    lastErrorAt: instant('last_error_at'),
    endedAt: instant('ended_at'),
    isService: boolean('is_service').notNull().default(false),
    failingCode: text('failing_code'),
    failingSince: instant('failing_since'),
  },
  (table) => [check('worker_failing', sql`(${table.failingCode} IS NULL) = (${table.failingSince} IS NULL)`)],
);
