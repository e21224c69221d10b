import type { Pool, PoolClient } from 'pg';
import type { ErrorKind } from '../core/errors.ts';
import type { Logger } from '../core/log.ts';
import type { LoadableAnswer, LoadReport, WindowAlarm } from '../model/catalog.ts';
import { loadAnswers } from './load-answers.ts';
import { classifyDatabaseErrors, isMissingPartition } from '../db/database-error.ts';
import { retryUntilAttached } from '../db/retry-until-attached.ts';
import { ensurePartitions } from '../db/partitions.ts';
import type { Learn } from '../model/learning.ts';
import { loadErrors } from './errors.ts';
import { readAnswers, type ReadStored } from '../raw/read-answers.ts';
import { runInTransaction } from '../db/run-in-transaction.ts';

export interface CatalogStoreOptions {
  readonly learn: Learn;
  readonly pool: Pool;
  readonly log: Logger;
  /** Version of the code that made the records of the answers; stored with them. */
  readonly normalizerVersion?: number;
  /** Reads stored answers again when an answer is loaded after newer ones of its offer. */
  readonly read: ReadStored;
}

/** Puts normalized answers into the catalog. */
export interface CatalogStore {
  /**
   * Loads answers in one transaction: all of them or none. Loading an answer again changes nothing. As far as answers are stored, neither
   * current state nor prices depend on the order in which they are loaded.
   *
   * Locks are taken in one order: search windows, offers, feeds, sellers, each in ascending id, then the answers, the drifts, what is
   * known of shops, in ascending id too, and what the planner learned. Category answers take the lock of the tree instead.
   *
   * @param book writes more in this transaction, at its end
   *
   * @throws AppError of the database
   */
  load(
    answers: readonly LoadableAnswer[],
    book?: (client: PoolClient, report: LoadReport) => Promise<void>,
  ): Promise<LoadReport>;
}

const alarms = {
  truncated: { kind: loadErrors.SEARCH_TRUNCATED, message: 'a search lists far fewer offers than its total' },
  page_repeated: { kind: loadErrors.SEARCH_PAGE_REPEATED, message: 'a search repeats its pages' },
  bounds_ignored: {
    kind: loadErrors.SEARCH_BOUNDS_IGNORED,
    message: 'a search ignores price bounds, so it cannot be split',
  },
} as const satisfies Record<WindowAlarm['outcome'], { kind: ErrorKind; message: string }>;

/** Creates the partitions that the answers need: for old answers, or if the clock has moved far. */
async function ensureMonths({ pool, log }: CatalogStoreOptions, answers: readonly LoadableAnswer[]) {
  for (const { provenance } of answers) {
    const made = await ensurePartitions(pool, provenance.observedAt);
    if (made.length > 0) log.info({ made }, 'created missing partitions');
  }
}

/** The catalog over Postgres. */
export function createCatalogStore(options: CatalogStoreOptions): CatalogStore {
  const { pool, learn, read, normalizerVersion = null } = options;
  const attempt = (...[answers, book]: Parameters<CatalogStore['load']>) =>
    runInTransaction(pool, async (client) => {
      const loaded = await loadAnswers(client, answers, {
        learn,
        normalizerVersion,
        readAnswers: (callIds) => readAnswers(client, callIds, read),
        replay: null,
      });
      await book?.(client, loaded.report);
      return loaded;
    });
  return {
    load: (answers, book) =>
      classifyDatabaseErrors(async () => {
        const loaded = await attempt(answers, book).catch(async (error: unknown) => {
          if (!isMissingPartition(error)) throw error;
          await ensureMonths(options, answers);
          return retryUntilAttached(() => attempt(answers, book));
        });
        for (const { outcome, ...facts } of loaded.alarms) {
          const { kind, message } = alarms[outcome];
          options.log.warn({ code: kind.code, ...facts }, message);
        }
        return loaded.report;
      }),
  };
}
