import type { Pool, PoolClient } from 'pg';
import type { LoadableAnswer } from '../../model/catalog.ts';
import type { Learn } from '../../model/learning.ts';
import type { StoredAnswer } from '../../model/ledger.ts';
import {
  noCounts,
  type ReprocessCounts,
  type ReprocessedOperation,
  type ReprocessExample,
  type ReprocessSelection,
} from '../../model/reprocess.ts';
import { loadAnswers } from '../../load/load-answers.ts';
import { createCorrection, type Correction } from '../../load/load-context.ts';
import { readAnswers, unpackAnswers, type ReadStored } from '../../raw/read-answers.ts';
import { holdMemory, letGo, recall, remember, type Remembered } from './memory.ts';
import { toPriceExample } from './price-examples.ts';
import { runInTransaction } from '../../db/run-in-transaction.ts';
import { readSql } from '../read-sql.ts';
import type { StoredAnswerRow } from '../../raw/stored-answer.ts';
import { runSql } from '../../db/sql-file.ts';

/** How far a reprocess is. */
export interface ReprocessCursor {
  /** Null: before the first one. */
  readonly operation: ReprocessedOperation | null;
  /** Answers of the operation up to this raw id are done. */
  readonly afterRawId: string;
}

export interface ReprocessBatch {
  readonly answers: readonly StoredAnswer[];
  /** Damaged ones, which can't be read at all. */
  readonly damaged: number;
  /** The last raw id of the batch; null: there is nothing more. */
  readonly lastRawId: string | null;
}

export interface ReprocessOptions {
  readonly pool: Pool;
  readonly selection: ReprocessSelection;
  readonly normalizerVersion: number;
  readonly learn: Learn;
  /** False: every batch is undone again at its end. */
  readonly isApplied: boolean;
  readonly read: ReadStored;
}

/** One reprocess, the only one at a time. */
export interface Reprocess {
  /** Where it goes on: not at the beginning when the same one was stopped before its end. */
  readonly cursor: ReprocessCursor;
  readonly counts: ReprocessCounts;
  /** When the oldest answer was asked for that is kept; null: none is. */
  readonly oldestKept: Date | null;
  listAnswers(operation: ReprocessedOperation, afterRawId: string, limit: number): Promise<ReprocessBatch>;
  /** Answers that were brought by calls and are not kept any more, as far as the selection asks for them. */
  countLost(): Promise<number>;
  /**
   * Corrects what a batch of answers, read again, says otherwise, and moves the cursor, in one transaction. Returns the
   * new counts.
   */
  correct(
    answers: readonly LoadableAnswer[],
    cursor: ReprocessCursor,
    before: ReprocessCounts,
  ): Promise<{ readonly counts: ReprocessCounts; readonly examples: readonly ReprocessExample[] }>;
  /** Marks it as done. */
  end(): Promise<void>;
  release(): Promise<void>;
}

interface StateRow {
  readonly reprocess_id: string;
  readonly operation: ReprocessedOperation | null;
  readonly after_raw_id: string;
  readonly until_raw_id: string;
  readonly counts: ReprocessCounts;
}

/** The same one that was stopped before its end, or a new one. A dry run leaves no row. */
async function openState(
  client: PoolClient,
  { selection, normalizerVersion, isApplied }: ReprocessOptions,
): Promise<StateRow> {
  const params = [JSON.stringify(selection), normalizerVersion];
  const known = isApplied
    ? await client.query<StateRow>(
        `SELECT reprocess_id, operation, after_raw_id, until_raw_id, counts FROM sync.reprocess
         WHERE ended_at IS NULL AND selection = $1::jsonb AND normalizer_version = $2
         ORDER BY reprocess_id DESC LIMIT 1`,
        params,
      )
    : null;
  if (known?.rows[0]) return known.rows[0];
  const newest = await client.query<{ id: string }>(
    'SELECT coalesce(max(raw_id), 0)::text AS id FROM raw.payload',
  );
  const fresh = {
    operation: null,
    after_raw_id: '0',
    until_raw_id: newest.rows[0]?.id ?? '0',
    counts: noCounts,
  };
  if (!isApplied) return { reprocess_id: '0', ...fresh };
  const made = await client.query<{ reprocess_id: string }>(
    `INSERT INTO sync.reprocess (selection, normalizer_version, until_raw_id, counts, started_at, advanced_at)
     VALUES ($1, $2, $3, $4, usage.ledger_now(), usage.ledger_now()) RETURNING reprocess_id`,
    [...params, fresh.until_raw_id, JSON.stringify(noCounts)],
  );
  return { reprocess_id: made.rows[0]?.reprocess_id ?? '0', ...fresh };
}

/** Offers of a set that this reprocess has not counted before. */
async function countFresh(memory: PoolClient, ids: ReadonlySet<string>, what: Remembered): Promise<number> {
  return ids.size - (await recall(memory, [...ids], what)).size;
}

async function addCounts(
  memory: PoolClient,
  before: ReprocessCounts,
  batch: Correction,
): Promise<ReprocessCounts> {
  const diffs = batch.prices.map(({ diff }) => diff);
  const sum = (sizes: readonly number[]) => sizes.reduce((total, size) => total + size, 0);
  return {
    ...before,
    offersChanged: before.offersChanged + (await countFresh(memory, batch.offers, 'changed')),
    offersPartial: before.offersPartial + (await countFresh(memory, batch.partial, 'partial')),
    categoriesChanged: before.categoriesChanged + batch.categories.size,
    sellersChanged: before.sellersChanged + batch.sellers,
    pricesAdded: before.pricesAdded + sum(diffs.map(({ added }) => added.length)),
    pricesRemoved: before.pricesRemoved + sum(diffs.map(({ removed }) => removed.length)),
    pricesChanged: before.pricesChanged + sum(diffs.map(({ changed }) => changed.length)),
    observationsChanged: before.observationsChanged + batch.observations,
    quarantineResolved: before.quarantineResolved + batch.quarantineResolved,
    quarantineAdded: before.quarantineAdded + batch.quarantineAdded,
  };
}

interface BatchDeps {
  readonly options: ReprocessOptions;
  readonly memory: PoolClient;
  readonly reprocessId: string;
}

/** Loads a batch again. A dry run is the same transaction, rolled back at its end. */
async function replayBatch(
  client: PoolClient,
  { options, memory, reprocessId }: BatchDeps,
  answers: readonly LoadableAnswer[],
  { cursor, before }: { readonly cursor: ReprocessCursor; readonly before: ReprocessCounts },
) {
  const { learn, normalizerVersion, isApplied, read } = options;
  const correction = createCorrection();
  if (!isApplied) await client.query('SAVEPOINT before_batch');
  await loadAnswers(client, answers, {
    learn,
    normalizerVersion,
    readAnswers: (rawIds) => readAnswers(client, rawIds, read),
    replay: {
      correction,
      wasReplayed: (ids, source) => (isApplied ? Promise.resolve(new Set()) : recall(memory, ids, source)),
    },
  });
  const counts = await addCounts(memory, before, correction);
  if (!isApplied) await client.query('ROLLBACK TO before_batch');
  else
    await client.query(
      `UPDATE sync.reprocess SET operation = $2, after_raw_id = $3, counts = $4, advanced_at = usage.ledger_now()
       WHERE reprocess_id = $1`,
      [reprocessId, cursor.operation, cursor.afterRawId, JSON.stringify(counts)],
    );
  return { counts, correction } as const;
}

async function countLost(
  pool: Pool,
  { selection }: ReprocessOptions,
  oldestKept: Date | null,
): Promise<number> {
  const rows = await runSql<{ lost: number }>(pool, readSql('count-lost-answers'), [
    selection.offerId,
    selection.since,
    oldestKept,
    selection.operation,
  ]);
  return rows[0]?.lost ?? 0;
}

/**
 * Opens a reprocess: the one with the same selection and version that was stopped before its end, or a new one.
 *
 * @throws AppError REPROCESS_RUNNING when another one is at this database; of the database
 */
export async function openReprocess(options: ReprocessOptions): Promise<Reprocess> {
  const { pool, selection } = options;
  const memory = await holdMemory(pool);
  const state = await openState(memory, options);
  const oldest = await memory.query<{ at: Date | null }>(
    'SELECT (SELECT observed_at FROM raw.payload ORDER BY raw_id LIMIT 1) AS at',
  );
  const oldestKept = oldest.rows[0]?.at ?? null;
  const deps: BatchDeps = { options, memory, reprocessId: state.reprocess_id };
  return {
    cursor: { operation: state.operation, afterRawId: state.after_raw_id },
    counts: state.counts,
    oldestKept,
    countLost: () => countLost(pool, options, oldestKept),
    listAnswers: async (operation, afterRawId, limit) => {
      const rows = await runSql<StoredAnswerRow>(pool, readSql('list-answers-again'), [
        operation,
        afterRawId,
        state.until_raw_id,
        limit,
        selection.since,
        selection.olderThanVersion,
        selection.isQuarantined,
        selection.offerId,
      ]);
      return { ...(await unpackAnswers(rows)), lastRawId: rows.at(-1)?.rawId ?? null };
    },
    correct: async (answers, cursor, before) => {
      const { counts, correction } = await runInTransaction(pool, (client) =>
        replayBatch(client, deps, answers, { cursor, before }),
      );
      await remember(memory, correction.offers, 'changed');
      await remember(memory, correction.partial, 'partial');
      if (!options.isApplied)
        for (const source of ['detail', 'search'] as const)
          await remember(memory, correction.replayed[source], source);
      const prices = correction.prices.flatMap(({ offerId, diff }) => toPriceExample(offerId, diff));
      return { counts, examples: [...prices, ...correction.examples] };
    },
    end: async () => {
      await memory.query('UPDATE sync.reprocess SET ended_at = usage.ledger_now() WHERE reprocess_id = $1', [
        state.reprocess_id,
      ]);
    },
    release: () => letGo(memory),
  };
}
