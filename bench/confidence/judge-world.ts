import type { Pool } from 'pg';
import { dayMs } from '../../src/core/duration.ts';
import type { Logger } from '../../src/core/log.ts';
import { figures } from '../../src/model/figures.ts';
import { firstShares } from '../../src/refresh/planner/rate-grid.ts';
import { saveFigureShares } from '../../src/refresh/update/figure-rows.ts';
import { judgeOffers, type Judgement } from './judge-offers.ts';
import { simulateOffers } from './simulated-offers.ts';
import { SimulatedSync } from './simulated-sync.ts';

/** The sandbox's world without shops that reprice together, and one where half of them do. */
export const worlds = [
  { name: 'plain', nature: { repricing: 0 } },
  { name: 'shops reprice together', nature: { repricing: 0.5 } },
] as const;

/** So that runs come at all times of the day. */
const daysBetweenRuns = 0.9;
/**
 * What is judged has to come at all of them, too: before every second run, there would always be a midnight after the run before, at
 * which the world changes, where it is nine of ten.
 */
const runsBetweenJudgements = 3;
/** Runs from which it learns, which do not count. */
const learningRuns = 8;
/** Of the offers, so many details a run; of their pages, so many. */
const shares = { details: 0.04, pages: 0.3 };

/** As a new database has it. */
async function forget(pool: Pool): Promise<void> {
  await pool.query(
    `TRUNCATE sync.refresh, sync.observation_stat, sync.search_window CASCADE;
     UPDATE sync.planner SET prior_changes = 0.2, prior_days = 10, visible_changes = 7, hidden_changes = 3, fitted_at = NULL;
     UPDATE sync.figure SET hidden_changes = 0, hidden_expected = 0, row_details = 0, row_changes = 0, date_details = 0,
       date_changes = 0, absence_details = 0, absence_changes = 0`,
  );
  await saveFigureShares(
    pool,
    figures.map((figure) => ({ figure, shares: firstShares[figure], byOfferRate: null })),
  );
}

/** Syncs a world from nothing, and judges what is said of its offers before every third run. */
export async function judgeWorld(
  { pool, log }: { readonly pool: Pool; readonly log: Logger },
  scale: {
    readonly offers: number;
    readonly runs: number;
    readonly seed: number;
    readonly nature: Readonly<Record<string, number>>;
  },
): Promise<Judgement[]> {
  const { offers, runs, seed, nature } = scale;
  await forget(pool);
  const world = simulateOffers({ seed, count: offers, nature });
  const startAt = new Date();
  const sync = new SimulatedSync({ pool, log }, world, startAt);
  const calls = {
    pages: Math.ceil((shares.pages * offers) / 50),
    details: Math.round(shares.details * offers),
  };
  await sync.run(0, { pages: Infinity, details: offers });
  const judgements: Judgement[] = [];
  for (let run = 1; run <= runs; run += 1) {
    const day = run * daysBetweenRuns;
    const now = { offers: world.at(day), at: new Date(startAt.getTime() + day * dayMs) };
    if (run > learningRuns && run % runsBetweenJudgements === 0)
      judgements.push(...(await judgeOffers(pool, sync, now)));
    await sync.run(day, calls);
  }
  return judgements;
}
