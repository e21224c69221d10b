import type { Pool } from 'pg';
import type {
  ForecastFacts,
  NodeFacts,
  OfferFacts,
  UnheldFacts,
  WindowFacts,
} from '../../model/forecast-facts.ts';
import type { Feed, FreshnessAges } from '../../model/sync-config.ts';
import { readSql } from '../read-sql.ts';

/** More offers cost time, and settled ages move by less than a hundredth. */
const sampledOffers = 1500;
/** Of each feed and kind. At ten times as many a forecast takes seconds. */
const sampledWindows = 500;

interface WindowRow {
  readonly feed: string;
  readonly kind: WindowFacts['kind'];
  readonly term: string;
  readonly label: string;
  readonly windows: number;
  readonly pages: number | null;
  readonly next_page: number;
  readonly age_days: number | null;
  readonly is_postponed: boolean;
  readonly reach: number | null;
  readonly may_stop: boolean | null;
  readonly value_pages: number | null;
  readonly soon_value: number;
  readonly late_value: number;
  readonly new_offers: number;
  readonly exposure_days: number;
}

function toWindow(row: WindowRow): WindowFacts {
  const { feed, kind, term, label, windows, pages, reach } = row;
  return {
    ...{ feed, kind, term, label, windows, pages, reach },
    nextPage: row.next_page,
    ageDays: row.age_days === null ? null : Math.max(0, row.age_days),
    isPostponed: row.is_postponed,
    mayStop: row.may_stop ?? false,
    worth:
      row.value_pages === null
        ? null
        : {
            pages: row.value_pages,
            soonValue: row.soon_value,
            lateValue: row.late_value,
            newOffers: row.new_offers,
            exposureDays: row.exposure_days,
          },
  };
}

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

/** What is known of what feeds pull. */
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
    feeds.map(({ name, categories, offers }) => ({ feed: name, categories, watched: offers })),
  );
  const windows = await pool.query<WindowRow>(readSql('sample-windows'), [names, sampledWindows]);
  const nodes = await pool.query<NodeFacts>(readSql('count-nodes'), [sources, categoryMs]);
  const unheld = await pool.query<UnheldFacts>(readSql('count-unheld-offers'), [sources]);
  const refreshQueue = await pool.query<{ sample: SampledRow[]; offers: number }>(
    readSql('sample-refresh-queue'),
    [names, sampledOffers],
  );
  const pace = await pool.query<{ calls_per_second: number | null }>(readSql('read-run-pace'));
  const { sample = [], offers = 0 } = refreshQueue.rows[0] ?? {};
  return {
    windows: windows.rows.map(toWindow),
    nodes: nodes.rows,
    unheld: unheld.rows,
    sample: sample.map(toOffer),
    offersPerSample: sample.length > 0 ? offers / sample.length : 0,
    callsPerSecond: pace.rows[0]?.calls_per_second ?? null,
  };
}

/** Over schema `sync`. */
export function createForecastStore({ pool }: { readonly pool: Pool }): ForecastStore {
  return { read: (feeds, freshness) => readFacts(pool, feeds, freshness) };
}
