import type { Pool, PoolClient } from 'pg';
import type { ErrorKind } from '../../core/errors.ts';
import type { Logger } from '../../core/log.ts';
import type {
  LoadableAnswer,
  LoadableCategory,
  LoadableOffer,
  LoadableSearchPage,
  LoadableUpload,
  LoadReport,
  WindowAlarm,
} from '../../model/catalog.ts';
import type { Learn } from '../../model/learning.ts';
import { bookAnswers } from '../catalog/book-answers.ts';
import { loadCategories } from '../catalog/load-categories.ts';
import { loadDetails } from '../catalog/load-details.ts';
import { loadSearchPages } from '../catalog/load-search-pages.ts';
import { loadUploads } from '../catalog/load-uploads.ts';
import { createTally } from '../catalog/tally.ts';
import { beginTeaching, bookTeaching } from '../catalog/teaching.ts';
import { classifyDatabaseErrors, isMissingPartition } from '../database-error.ts';
import { leaveOutErased } from '../erase/leave-out-erased.ts';
import { ensurePartitions } from '../partitions.ts';
import { loadErrors } from '../errors.ts';
import { runInTransaction } from '../run-in-transaction.ts';

export interface CatalogStoreOptions {
  readonly pool: Pool;
  readonly learn: Learn;
  readonly log: Logger;
  /** Version of the code that made the records of the answers; kept beside them. */
  readonly normalizerVersion?: number;
}

/** Puts normalized answers into the catalog. */
export interface CatalogStore {
  /**
   * Loads answers in one transaction: all of them or none. Loading an answer again changes nothing, and current
   * state does not depend on the order in which answers are loaded.
   *
   * Locks are taken in one order: search windows, offers, feeds, sellers, each in ascending id, then the answers, the
   * drifts and what the planner learned. Category answers take the lock of the tree instead.
   *
   * @throws AppError of the database
   */
  load(answers: readonly LoadableAnswer[]): Promise<LoadReport>;
}

interface Kinds {
  readonly categories: readonly LoadableCategory[];
  readonly pages: readonly LoadableSearchPage[];
  readonly offers: readonly LoadableOffer[];
  readonly uploads: readonly LoadableUpload[];
}

function byKind(answers: readonly LoadableAnswer[]): Kinds {
  return {
    categories: answers.filter((answer) => answer.kind === 'category'),
    pages: answers.filter((answer) => answer.kind === 'search'),
    offers: answers.filter((answer) => answer.kind === 'detail'),
    uploads: answers.filter((answer) => answer.kind === 'upload'),
  };
}

function sum(counts: ReadonlyMap<string, number>): number {
  return [...counts.values()].reduce((total, count) => total + count, 0);
}

async function loadAll(
  client: PoolClient,
  given: readonly LoadableAnswer[],
  { learn, normalizerVersion = null }: { learn: Learn; normalizerVersion?: number | null },
): Promise<{ readonly report: LoadReport; readonly alarms: readonly WindowAlarm[] }> {
  const { answers, erase } = await leaveOutErased(client, given);
  const { categories, pages, offers, uploads } = byKind(answers);
  const [listed, looked] = [createTally(), createTally()];
  const nodes = categories.length > 0 ? await loadCategories(client, categories) : new Set<string>();
  const teaching = await beginTeaching(client, learn);
  const alarms = pages.length > 0 ? await loadSearchPages(client, pages, { tally: listed, teaching }) : [];
  if (offers.length > 0) await loadDetails(client, offers, { tally: looked, normalizerVersion, teaching });
  if (uploads.length > 0) await loadUploads(client, uploads);
  const rejects = await bookAnswers(client, answers, { tallies: { listed, looked }, normalizerVersion });
  await erase();
  await bookTeaching(client, teaching);
  const known = [...looked.seen].filter((id) => !looked.added.has(id) && !looked.completed.has(id));
  const changed = known.filter((id) => looked.changed.has(id));
  const report = {
    categories: nodes.size,
    offersNew: listed.added.size + looked.added.size,
    offersChanged: changed.length,
    offersUnchanged: known.length - changed.length,
    pricesOpened: listed.pricesOpened + looked.pricesOpened,
    pricesClosed: sum(listed.pricesClosed) + sum(looked.pricesClosed),
    rejects,
  };
  return { report, alarms };
}

const alarms = {
  truncated: { kind: loadErrors.SEARCH_TRUNCATED, message: 'a search lists far fewer offers than its total' },
  page_repeated: { kind: loadErrors.SEARCH_PAGE_REPEATED, message: 'a search repeats its pages' },
  bounds_ignored: {
    kind: loadErrors.SEARCH_BOUNDS_IGNORED,
    message: 'a search does not mind price bounds, so that it can not be split',
  },
} as const satisfies Record<WindowAlarm['outcome'], { kind: ErrorKind; message: string }>;

/** Makes the partitions that the answers need: an old answer, or a clock that has moved far. */
async function ensureMonths({ pool, log }: CatalogStoreOptions, answers: readonly LoadableAnswer[]) {
  for (const { provenance } of answers) {
    const made = await ensurePartitions(pool, provenance.observedAt);
    if (made.length > 0) log.info({ made }, 'partitions made by need');
  }
}

/** The catalog over Postgres. */
export function createCatalogStore(options: CatalogStoreOptions): CatalogStore {
  const { pool } = options;
  const attempt = (answers: readonly LoadableAnswer[]) =>
    runInTransaction(pool, (client) => loadAll(client, answers, options));
  return {
    load: (answers) =>
      classifyDatabaseErrors(async () => {
        const loaded = await attempt(answers).catch(async (error: unknown) => {
          if (!isMissingPartition(error)) throw error;
          await ensureMonths(options, answers);
          return attempt(answers);
        });
        for (const { outcome, ...facts } of loaded.alarms) {
          const { kind, message } = alarms[outcome];
          options.log.warn({ code: kind.code, ...facts }, message);
        }
        return loaded.report;
      }),
  };
}
