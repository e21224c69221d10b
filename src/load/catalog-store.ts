import type { Pool, PoolClient } from 'pg';
import type { ErrorKind } from '../core/errors.ts';
import type { Logger } from '../core/log.ts';
import type {
  LoadableAnswer,
  LoadableCategory,
  LoadableOffer,
  LoadableSearchPage,
  LoadableUpload,
  LoadReport,
  WindowAlarm,
} from '../model/catalog.ts';
import type { Learn } from '../model/learning.ts';
import { recordAnswers } from './record-answers.ts';
import { loadCategories } from './load-categories.ts';
import { loadDetails } from './load-details.ts';
import { loadSearchPages } from './load-search-pages.ts';
import { loadUploads } from './load-uploads.ts';
import { createLoadCounters } from './load-counters.ts';
import { beginStatsUpdate, saveStatsUpdate } from './refresh-stats.ts';
import { classifyDatabaseErrors, isMissingPartition } from '../db/database-error.ts';
import { filterErased } from './erase/filter-erased.ts';
import { ensurePartitions } from '../db/partitions.ts';
import { loadErrors } from './errors.ts';
import { runInTransaction } from '../db/run-in-transaction.ts';

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
  const { answers, erase } = await filterErased(client, given);
  const { categories, pages, offers, uploads } = byKind(answers);
  const [listed, fetched] = [createLoadCounters(), createLoadCounters()];
  const nodes = categories.length > 0 ? await loadCategories(client, categories) : new Set<string>();
  const statsUpdate = await beginStatsUpdate(client, learn);
  const alarms =
    pages.length > 0 ? await loadSearchPages(client, pages, { counters: listed, statsUpdate }) : [];
  if (offers.length > 0)
    await loadDetails(client, offers, { counters: fetched, normalizerVersion, statsUpdate });
  if (uploads.length > 0) await loadUploads(client, uploads);
  const rejects = await recordAnswers(client, answers, {
    countersByKind: { listed, fetched },
    normalizerVersion,
  });
  await erase();
  await saveStatsUpdate(client, statsUpdate);
  const known = [...fetched.seen].filter((id) => !fetched.added.has(id) && !fetched.completed.has(id));
  const changed = known.filter((id) => fetched.changed.has(id));
  const report = {
    categories: nodes.size,
    offersNew: listed.added.size + fetched.added.size,
    offersChanged: changed.length,
    offersUnchanged: known.length - changed.length,
    pricesOpened: listed.pricesOpened + fetched.pricesOpened,
    pricesClosed: sum(listed.pricesClosed) + sum(fetched.pricesClosed),
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
