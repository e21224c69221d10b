import { defaultObjective } from '../../src/refresh/planner/objective.ts';
import { sum, table } from '../support/numbers.ts';
import { percent, worldOptions, type Scale } from './cell.ts';
import { usualPages } from './pages-suite.ts';
import { PlannerPolicy } from './planner-policy.ts';
import { createResultPages } from './result-pages.ts';
import { simulate } from './simulate.ts';
import { createWorld } from './world.ts';

/** Shares of the changes that rows show; the planner begins with 0.7 whatever it is. */
export const visibleShares = [0.3, 0.7, 0.9] as const;
const askedOn = [10, 30, 60, 89] as const;

/** What the planner had learned after so many days, by day and seed. */
export interface LearnedShare {
  readonly quota: number;
  readonly truth: number;
  readonly learned: ReadonlyMap<number, readonly number[]>;
}

async function learnOnce(quota: number, truth: number, seed: number, offers: number) {
  const world = createWorld({
    ...worldOptions({ world: 'mixed', quota }, offers, seed),
    visibleShare: truth,
  });
  const callsPerDay = Math.round(quota * offers);
  const pages = createResultPages(world, { ...usualPages, seed });
  const planner = new PlannerPolicy(world, { callsPerDay, objective: defaultObjective, pages });
  const learned = new Map<number, number>();
  await simulate({
    ...{ world, callsPerDay, scoredFrom: askedOn[0] },
    policy: {
      spend: (site, calls) => {
        learned.set(Math.floor(site.day), planner.visibleShare);
        return planner.spend(site, calls);
      },
    },
  });
  return learned;
}

/** What the planner learns of the share of changes that rows show, where it is `truth`. */
export async function runVisible(quota: number, truth: number, scale: Scale): Promise<LearnedShare> {
  const learned = new Map<number, number[]>(askedOn.map((day) => [day, []]));
  for (const seed of scale.seeds) {
    scale.progress(`${percent(truth)} visible, ${percent(quota)} seed ${String(seed)}`);
    const once = await learnOnce(quota, truth, seed, scale.offers);
    for (const [day, of] of learned) of.push(once.get(day) ?? NaN);
  }
  return { quota, truth, learned };
}

/** Of one day, the mean over the seeds. */
export function meanLearned({ learned }: LearnedShare, day: (typeof askedOn)[number]): number {
  const of = learned.get(day) ?? [];
  return sum(of) / of.length;
}

export function visibleTable(shares: readonly LearnedShare[]): string {
  return table(
    ['share that rows show, quota', ...askedOn.map((day) => `learned on day ${String(day)}`)],
    shares.map((share) => [
      `${String(share.truth)}, ${percent(share.quota)}`,
      ...askedOn.map((day) => {
        const of = share.learned.get(day) ?? [];
        return `${meanLearned(share, day).toFixed(2)} (${Math.min(...of).toFixed(2)} to ${Math.max(...of).toFixed(2)})`;
      }),
    ]),
  );
}
