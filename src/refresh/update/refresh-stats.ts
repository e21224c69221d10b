import { sql } from 'drizzle-orm';
import type { PoolClient } from 'pg';
import { drizzleOn } from '../../db/database.ts';
import { applySql, type SqlExecutor } from '../../db/sql-file.ts';
import type {
  Learn,
  ObservationStat,
  OfferKnowledge,
  OfferObservation,
  OfferUpdate,
  PlannerKnowledge,
  RecentDetails,
} from '../../model/learning.ts';
import type { FiguresKnowledge, FigureStat, OfferFigures, ShownFigures } from '../../model/figures.ts';
import { planner } from '../../schema/planner.ts';
import { learnFiguresOfDetail, learnFiguresOfRow } from '../planner/learn-figures.ts';
import { readPlanner } from '../queue/read-planner.ts';
import { readSql } from '../read-sql.ts';
import { readFigures, saveFigureStats } from './figure-rows.ts';
import { toFigures, toKnowledge, type OfferFreshness } from './offer-freshness.ts';
import { noteShops } from './note-shops.ts';
import { keptAfter } from './recent-details.ts';
import { noSightings, type ShopSightings } from './shop-sightings.ts';

/** What the observations of one load showed. */
export interface RefreshStatsUpdate {
  readonly learn: Learn;
  /** What was known when the load began. */
  readonly planner: PlannerKnowledge;
  readonly figures: FiguresKnowledge;
  readonly figureStats: FigureStat[];
  readonly stats: { readonly at: Date; readonly stat: ObservationStat }[];
  /** What the observations show of whether shops repriced. */
  readonly shops: ShopSightings;
  visible: number;
  hidden: number;
  /** Details of this load, for `PlannerKnowledge.recent`. */
  details: RecentDetails;
}

export async function beginStatsUpdate(client: PoolClient, learn: Learn): Promise<RefreshStatsUpdate> {
  return {
    learn,
    planner: await readPlanner(client),
    figures: await readFigures(client),
    figureStats: [],
    stats: [],
    shops: noSightings(),
    visible: 0,
    hidden: 0,
    details: { found: 0, empty: 0 },
  };
}

function updateFigures(
  { figures, figureStats }: RefreshStatsUpdate,
  before: OfferFreshness,
  observation: OfferObservation,
  { shown, stale }: { readonly shown: ShownFigures; readonly stale: OfferKnowledge['stale'] },
): OfferFigures {
  const known = toFigures(before);
  if (observation.kind === 'row') return learnFiguresOfRow(figures, known, { ...observation, stale });
  const { after, stats } = learnFiguresOfDetail(figures, known, observation, shown);
  figureStats.push(...stats);
  return after;
}

/**
 * Updates an offer by an observation that is newer than all others of its kind; the caller records the observation itself. `shown`: what
 * a detail showed.
 */
export function updateRefreshStats(
  statsUpdate: RefreshStatsUpdate,
  before: OfferFreshness,
  observation: OfferObservation,
  shown: ShownFigures = { isFound: true, isInStock: null },
): OfferFreshness['refreshStats'] {
  const update: OfferUpdate = statsUpdate.learn.offer(statsUpdate.planner, toKnowledge(before), observation);
  const { stat, known, visible, hidden } = update;
  if (stat !== null) statsUpdate.stats.push({ at: observation.at, stat });
  statsUpdate.visible += visible;
  statsUpdate.hidden += hidden;
  const { popularity, learned, changedAt, stale } = known;
  const figures = updateFigures(statsUpdate, before, observation, { shown, stale });
  return { popularity, learned, changedAt, stale, figures };
}

const shanghaiDay = new Intl.DateTimeFormat('en-CA', { timeZone: 'Asia/Shanghai' });

interface StatRow {
  readonly date_day: string;
  readonly source: string;
  readonly hint: string;
  readonly decile: number;
  observations: number;
  expected: number;
  changed: number;
}

function toRows(stats: RefreshStatsUpdate['stats']): StatRow[] {
  const rows = new Map<string, StatRow>();
  for (const { at, stat } of stats) {
    const decile = Math.min(10, Math.max(1, Math.ceil(stat.odds * 10)));
    const key = { date_day: shanghaiDay.format(at), source: stat.source, hint: stat.hint, decile };
    const id = Object.values(key).join('/');
    const row = rows.get(id) ?? { ...key, observations: 0, expected: 0, changed: 0 };
    row.observations += 1;
    row.expected += stat.odds;
    row.changed += stat.isChanged ? 1 : 0;
    rows.set(id, row);
  }
  return [...rows.values()];
}

/** Stores what was learned of all offers. The last step of a load, because every load writes these few rows. */
export async function saveStatsUpdate(client: PoolClient, statsUpdate: RefreshStatsUpdate): Promise<void> {
  await noteShops(client, statsUpdate.shops);
  const rows = toRows(statsUpdate.stats);
  if (rows.length > 0) await applySql(client, readSql('upsert-observation-stats'), [JSON.stringify(rows)]);
  await saveFigureStats(client, statsUpdate.figureStats);
  const { visible, hidden, details } = statsUpdate;
  const answers = details.found + details.empty;
  if (visible + hidden + answers === 0) return;
  const { visibleChanges, hiddenChanges, recentFound, recentEmpty } = planner;
  const rest = keptAfter(answers);
  // Less than a millionth of a detail counts as none: Postgres raises an error for a product that is too small for a real.
  const faded = (recent: typeof recentFound | typeof recentEmpty) =>
    sql`CASE WHEN ${recent} > 1e-6 THEN ${recent} * ${rest}::real ELSE 0 END`;
  await drizzleOn(client)
    .update(planner)
    .set({
      visibleChanges: sql`${visibleChanges} + ${visible}`,
      hiddenChanges: sql`${hiddenChanges} + ${hidden}`,
      recentFound: sql`${faded(recentFound)} + ${details.found}::real`,
      recentEmpty: sql`${faded(recentEmpty)} + ${details.empty}::real`,
    });
}

/** Forgets how well observations of days before a time were predicted; at most `limit` rows. @returns how many */
export function deleteOldStats(executor: SqlExecutor, before: Date, limit: number): Promise<number> {
  return applySql(executor, readSql('delete-old-observation-stats'), [before, limit]);
}
