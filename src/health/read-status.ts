import type { Pool } from 'pg';
import type { Source } from '../model/run.ts';
import { classifyDatabaseErrors } from '../db/database-error.ts';
import { requireMigrated } from '../db/require-migrated.ts';
import type { GivenUp } from '../model/given-up.ts';
import { listGivenUp } from './list-given-up.ts';
import { listFoundPaces, type FoundPace } from '../ledger/found-paces.ts';
import { createQuotaStore, type ApiHold, type QuotaStatus } from '../ledger/quota-store.ts';
import {
  createStatusStore,
  type CatalogCounts,
  type DriftSummary,
  type NamedSearches,
  type RunSummary,
  type TroubledSearch,
} from './status-store.ts';

/** The data of `status`. */
export interface Status {
  /** Null until the first run. */
  readonly source: Source | null;
  readonly runs: readonly RunSummary[];
  readonly quota: readonly QuotaStatus[];
  readonly holds: readonly ApiHold[];
  /** Where 1688 allows less than the declared pace. */
  readonly paces: readonly FoundPace[];
  readonly catalog: CatalogCounts;
  /** What could not be fetched and waits for its next try, at most 20. */
  readonly givenUp: readonly GivenUp[];
  /** Fields of answers that are not as known, at most 20. */
  readonly drifts: readonly DriftSummary[];
  /** Searches that list less than there is, at most 20. */
  readonly searches: readonly TroubledSearch[];
  /** Null: categories are searched without a keyword. */
  readonly namedSearches: NamedSearches | null;
}

/** More would hide the rest of `status`; all of them are in `sync.drift`. */
const shownDrifts = 20;

/** `retry --list` has all of them. */
const shownGivenUp = 20;

/** The others are in `usage.search_coverage`. */
const shownSearches = 20;

/**
 * Reads the state of a catalog with its newest `runs` runs.
 *
 * @throws AppError DATABASE_NOT_MIGRATED and others of the database
 */
export async function readStatus(pool: Pool, runs: number): Promise<Status> {
  const status = createStatusStore({ pool });
  const quota = createQuotaStore({ pool });
  return classifyDatabaseErrors(async () => {
    await requireMigrated(pool);
    const { source, counts } = await status.countCatalog();
    return {
      source,
      runs: await status.listRecentRuns(runs),
      quota: await quota.quotaStatus(),
      holds: await quota.listHolds(),
      paces: await listFoundPaces(pool),
      catalog: counts,
      givenUp: await listGivenUp(pool, shownGivenUp),
      drifts: await status.listDrifts(shownDrifts),
      searches: await status.listTroubledSearches(shownSearches),
      namedSearches: await status.findNamedSearches(),
    };
  });
}
