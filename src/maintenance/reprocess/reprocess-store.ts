import { and, desc, eq, isNull, max } from 'drizzle-orm';
import type { Pool, PoolClient } from 'pg';
import type { LoadableAnswer } from '../../model/catalog.ts';
import type { StoredAnswer } from '../../model/ledger.ts';
import {
  noCounts,
  type ReprocessCounts,
  type ReprocessedOperation,
  type ReprocessExample,
  type ReprocessSelection,
} from '../../model/reprocess.ts';
import { loadAnswers } from '../../load/load-answers.ts';
import type { Learn } from '../../model/learning.ts';
import { createCorrection, type Correction } from '../../load/load-context.ts';
import { readAnswers, unpackAnswers, type ReadStored } from '../../raw/read-answers.ts';
import { holdMemory, letGo, recall, remember, type Remembered } from './memory.ts';
import { toPriceExample } from './price-examples.ts';
import { runInTransaction } from '../../db/run-in-transaction.ts';
import { readSql } from '../read-sql.ts';
import type { StoredAnswerRow } from '../../raw/stored-answer.ts';
import { runSql, runSqlForOne } from '../../db/sql-file.ts';
import { drizzleOn, type Database } from '../../db/database.ts';
import { ledgerNow } from '../../db/ledger-now.ts';
import { payload } from '../../schema/raw.ts';
import { reprocess } from '../../schema/sync.ts';

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
  readonly learn: Learn;
  readonly pool: Pool;
  readonly selection: ReprocessSelection;
  readonly normalizerVersion: number;
  /** False: every batch is undone again at its end. */
  readonly isApplied: boolean;
  readonly read: ReadStored;
}

/** One reprocess, the only one at a time. */
export interface Reprocess {
  /** Where it continues: after the last batch if the same command was stopped before its end. */
  readonly cursor: ReprocessCursor;
  readonly counts: ReprocessCounts;
  /** When the oldest stored answer was fetched; null: there is none. */
  readonly oldestKept: Date | null;
  listAnswers(operation: ReprocessedOperation, afterRawId: string, limit: number): Promise<ReprocessBatch>;
  /** Answers of calls that are no longer stored, within the selection. */
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

const stateFields = {
  reprocessId: reprocess.reprocessId,
  operation: reprocess.operation,
  afterRawId: reprocess.afterRawId,
  untilRawId: reprocess.untilRawId,
  counts: reprocess.counts,
};

type State = Pick<typeof reprocess.$inferSelect, keyof typeof stateFields>;

/** The same one that was stopped before its end; undefined: there is none. */
async function readStopped(
  db: Database,
  { selection, normalizerVersion }: ReprocessOptions,
): Promise<State | undefined> {
  const [stopped] = await db
    .select(stateFields)
    .from(reprocess)
    .where(
      and(
        isNull(reprocess.endedAt),
        eq(reprocess.selection, selection),
        eq(reprocess.normalizerVersion, normalizerVersion),
      ),
    )
    .orderBy(desc(reprocess.reprocessId))
    .limit(1);
  return stopped;
}

/** The same one that was stopped before its end, or a new one. A dry run leaves no row. */
async function openState(db: Database, options: ReprocessOptions): Promise<State> {
  const { selection, normalizerVersion, isApplied } = options;
  const stopped = isApplied ? await readStopped(db, options) : undefined;
  if (stopped) return stopped;
  const [newest] = await db.select({ rawId: max(payload.rawId) }).from(payload);
  const untilRawId = newest?.rawId ?? '0';
  const fresh = { reprocessId: '0', operation: null, afterRawId: '0', untilRawId, counts: noCounts };
  if (!isApplied) return fresh;
  const [begun] = await db
    .insert(reprocess)
    .values({
      ...{ selection, normalizerVersion, untilRawId, counts: noCounts },
      startedAt: ledgerNow,
      advancedAt: ledgerNow,
    })
    .returning(stateFields);
  return begun ?? fresh;
}

/** When the oldest stored answer was fetched; null: there is none. */
async function readOldestKept(db: Database): Promise<Date | null> {
  const { observedAt, rawId } = payload;
  const [oldest] = await db.select({ observedAt }).from(payload).orderBy(rawId).limit(1);
  return oldest?.observedAt ?? null;
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
    readAnswers: (callIds) => readAnswers(client, callIds, read),
    replay: {
      correction,
      wasReplayed: (ids, source) => (isApplied ? Promise.resolve(new Set()) : recall(memory, ids, source)),
    },
  });
  const counts = await addCounts(memory, before, correction);
  if (!isApplied) await client.query('ROLLBACK TO before_batch');
  else
    await drizzleOn(client)
      .update(reprocess)
      .set({ ...cursor, counts, advancedAt: ledgerNow })
      .where(eq(reprocess.reprocessId, reprocessId));
  return { counts, correction } as const;
}

async function countLost(
  pool: Pool,
  { selection }: ReprocessOptions,
  oldestKept: Date | null,
): Promise<number> {
  const { lost } = await runSqlForOne<{ lost: number }>(pool, readSql('count-lost-answers'), [
    selection.offerId,
    selection.since,
    oldestKept,
    selection.operation,
  ]);
  return lost;
}

/**
 * Opens a reprocess: the one with the same selection and version that was stopped before its end, or a new one.
 *
 * @throws AppError REPROCESS_RUNNING when another one is at this database; of the database
 */
export async function openReprocess(options: ReprocessOptions): Promise<Reprocess> {
  const { pool, selection } = options;
  const memory = await holdMemory(pool);
  const db = drizzleOn(memory);
  const state = await openState(db, options);
  const oldestKept = await readOldestKept(db);
  const deps: BatchDeps = { options, memory, reprocessId: state.reprocessId };
  return {
    cursor: { operation: state.operation, afterRawId: state.afterRawId },
    counts: state.counts,
    oldestKept,
    countLost: () => countLost(pool, options, oldestKept),
    listAnswers: async (operation, afterRawId, limit) => {
      const rows = await runSql<StoredAnswerRow>(pool, readSql('list-answers-again'), [
        operation,
        afterRawId,
        state.untilRawId,
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
      const { offers, partial, replayed } = correction;
      await remember(memory, { changed: offers, partial, ...replayed });
      const prices = correction.prices.flatMap(({ offerId, diff }) => toPriceExample(offerId, diff));
      return { counts, examples: [...prices, ...correction.examples] };
    },
    end: async () => {
      await db
        .update(reprocess)
        .set({ endedAt: ledgerNow })
        .where(eq(reprocess.reprocessId, state.reprocessId));
    },
    release: () => letGo(memory),
  };
}
