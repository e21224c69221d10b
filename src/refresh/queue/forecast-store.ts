import type { Pool } from 'pg';
import type {
  ForecastFacts,
  NodeFacts,
  OfferFacts,
  UnheldFacts,
  WindowFacts,
} from '../../model/forecast-facts.ts';
import type { Feed, FreshnessAges } from '../../model/sync-config.ts';
import { runSql, runSqlForOne } from '../../db/sql-file.ts';
import { readSql } from '../read-sql.ts';

/** More offers cost time, and change ages in steady state by less than a hundredth. */
const sampledOffers = 1500;
/** Windows per feed and kind. At ten times as many, a forecast takes seconds. */
const sampledWindows = 500;

type SampledRow = readonly [string[], number, number, number, number, number, boolean, boolean, boolean];

function toOffer([
  feeds,
  popularity,
  changes,
  days,
  row,
  detail,
  hasDetail,
  isStale,
  isPostponed,
]: SampledRow): OfferFacts {
  const ages = { summaryAgeDays: row, detailAgeDays: Math.max(row, detail) };
  return { feeds, popularity, changes, days, ...ages, hasDetail, isStale, isPostponed };
}

/** What is known of the targets of feeds. */
export interface ForecastStore {
  /** Reads samples, never a whole large table. */
  read(feeds: readonly Feed[], freshness: FreshnessAges): Promise<ForecastFacts>;
}

async function readFacts(
  pool: Pool,
  feeds: readonly Feed[],
  { categoryMs }: FreshnessAges,
): Promise<ForecastFacts> {
  const names = feeds.map(({ name }) => name);
  const sources = JSON.stringify(
    feeds.map(({ name, categories, maxOffers, offers }) => ({ name, categories, maxOffers, offers })),
  );
  const windows = await runSql<WindowFacts>(pool, readSql('sample-windows'), [names, sampledWindows]);
  const nodes = await runSql<NodeFacts>(pool, readSql('count-nodes'), [sources, categoryMs]);
  const unheld = await runSql<UnheldFacts>(pool, readSql('count-unheld-offers'), [sources]);
  const { sample, offers } = await runSqlForOne<{ sample: SampledRow[]; offers: number }>(
    pool,
    readSql('sample-refresh-queue'),
    [names, sampledOffers],
  );
  const { callsPerSecond } = await runSqlForOne<{ callsPerSecond: number | null }>(
    pool,
    readSql('read-run-pace'),
  );
  return {
    ...{ windows, nodes, unheld, callsPerSecond },
    sample: sample.map(toOffer),
    offersPerSample: sample.length > 0 ? offers / sample.length : 0,
  };
}

/** Over schema `sync`. */
export function createForecastStore({ pool }: { readonly pool: Pool }): ForecastStore {
  return { read: (feeds, freshness) => readFacts(pool, feeds, freshness) };
}
