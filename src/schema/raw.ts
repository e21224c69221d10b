import { sql } from 'drizzle-orm';
import { index, integer, jsonb, pgSchema, primaryKey, text } from 'drizzle-orm/pg-core';
import type { OperationRequest } from '../model/operation.ts';
import { bytea, id, instant } from './column-types.ts';

/* Answers as they came, kept for a while so that today's code can read yesterday's answers without a call. */

export const raw = pgSchema('raw');

export const rawIdSequence = raw.sequence('raw_id_seq');

export const payload = raw.table(
  'payload',
  {
    rawId: id('raw_id')
      .notNull()
      .default(sql`nextval('raw.raw_id_seq')`),
    storedAt: instant('stored_at').notNull(),
    callId: id('call_id').notNull(),
    runId: id('run_id'),
    windowId: id('window_id'),
    operation: text('operation').notNull(),
    request: jsonb('request').$type<OperationRequest>().notNull(),
    requestHash: bytea('request_hash').notNull(),
    observedAt: instant('observed_at').notNull(),
    httpStatus: integer('http_status').notNull(),
    body: bytea('body').notNull(),
    bodyBytes: integer('body_bytes').notNull(),
    bodySha256: bytea('body_sha256').notNull(),
    loadedAt: instant('loaded_at'),
    normalizerVersion: integer('normalizer_version'),
    erasedAt: instant('erased_at'),
  },
  (table) => [
    primaryKey({ columns: [table.rawId, table.storedAt] }),
    index('payload_request').on(table.requestHash, table.observedAt),
    index('payload_call').on(table.callId),
    index('payload_unloaded')
      .on(table.rawId)
      .where(sql`${table.loadedAt} IS NULL`),
  ],
);
