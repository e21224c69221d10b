import { defaultObjective } from '../../src/refresh/planner/objective.ts';
import { sum, table } from '../support/numbers.ts';
import { mean, percent, runContest, simulatedDays, type Cell, type Scale } from './cell.ts';
import { usualPages } from './pages-suite.ts';
import { PlannerPolicy } from './planner-policy.ts';
import { createResultPages } from './result-pages.ts';
import type { Budget } from './simulate.ts';
import { createWorldRandom } from './world-random.ts';

/** A day has up to so many times the calls of another. */
const widest = 10;
/** Calls of a short run. */
const fewCalls = 3;

/** Calls of each day: equally likely at every order of magnitude between bounds that are tenfold apart, and as many in all. */
function drawCalls(callsPerDay: number, seed: number): number[] {
  const random = createWorldRandom(seed + 991);
  const drawn = Array.from({ length: simulatedDays }, () => widest ** random.uniform());
  const scale = (callsPerDay * simulatedDays) / sum(drawn);
  // Rounded such that nothing is lost on the way.
  let [given, wanted] = [0, 0];
  return drawn.map((share) => {
    wanted += share * scale;
    const calls = Math.round(wanted) - given;
    given += calls;
    return calls;
  });
}

type BudgetOf = (callsPerDay: number, seed: number) => Budget;

const even: BudgetOf = () => ({});
const tenfold: BudgetOf = (callsPerDay, seed) => {
  const calls = drawCalls(callsPerDay, seed);
  return { callsOn: (day) => calls[day] ?? callsPerDay };
};
/** Runs of few calls, as many as the calls of the day are enough for. */
const inShortRuns = (callsOn: (day: number) => number): Budget => ({
  callsOn,
  runsOn: (day) => Math.max(1, Math.ceil(callsOn(day) / fewCalls)),
});

/** How the same calls come, the usual way first. */
const budgets: Readonly<Record<string, BudgetOf>> = {
  'as many in every hour': even,
  'tenfold from day to day': tenfold,
  'one run a day': () => ({ runsOn: () => 1 }),
  'one run a day, tenfold': (callsPerDay, seed) => ({ ...tenfold(callsPerDay, seed), runsOn: () => 1 }),
  'three calls a run': (callsPerDay) => inShortRuns(() => callsPerDay),
  'three calls a run, tenfold': (callsPerDay, seed) =>
    inShortRuns(tenfold(callsPerDay, seed).callsOn ?? (() => callsPerDay)),
};

/** The planner with the same calls in all, however they come; beside one that is told the rates, for what no planner could avoid. */
export async function runBudgets(quota: number, scale: Scale): Promise<Cell[]> {
  const cells: Cell[] = [];
  for (const [variant, budget] of Object.entries(budgets)) {
    const contest = {
      ...({ world: 'mixed', quota, variant, budget, visibleShare: usualPages.visibleShare } as const),
      policies: (world: Parameters<typeof createResultPages>[0], callsPerDay: number, seed: number) => {
        const create = (knowsRates: boolean) => () =>
          new PlannerPolicy(world, {
            ...{ callsPerDay, objective: defaultObjective, knowsRates },
            pages: createResultPages(world, { ...usualPages, seed }),
          });
        return { planner: create(false), told: create(true) };
      },
    };
    cells.push(await runContest(contest, scale));
  }
  return cells;
}

/** J by seed. */
const jointOf = ({ scores }: Cell, policy: string): number[] =>
  (scores.get(policy) ?? []).map(({ full, summary }) => (full + summary) / 2);

/** Points of J that are lost against `usual`, by seed. */
export function lostPoints(cell: Cell, usual: Cell, policy: string): number[] {
  const before = jointOf(usual, policy);
  return jointOf(cell, policy).map((score, seed) => 100 * ((before[seed] ?? NaN) - score));
}

function spreadOf(points: readonly number[]): string {
  const [least, most] = [Math.min(...points), Math.max(...points)];
  return `${(sum(points) / points.length).toFixed(2)} (${least.toFixed(2)} to ${most.toFixed(2)})`;
}

/** Losses are means over the seeds, with the least and the most; below 0 is gained. `cells`: of one quota, the usual one first. */
export function budgetsTable(cells: readonly Cell[]): string {
  const [usual] = cells;
  if (usual === undefined) return '';
  return table(
    [
      'world, quota, calls',
      'planner',
      'told the rates',
      'points lost',
      'told, points lost',
      'captured',
      'weighted delay, d',
    ],
    cells.map((cell) => [
      `${cell.world}, ${percent(cell.quota)}, ${cell.variant ?? ''}`,
      mean(cell, 'planner', 'joint').toFixed(4),
      mean(cell, 'told', 'joint').toFixed(4),
      cell === usual ? '' : spreadOf(lostPoints(cell, usual, 'planner')),
      cell === usual ? '' : spreadOf(lostPoints(cell, usual, 'told')),
      mean(cell, 'planner', 'captured').toFixed(3),
      mean(cell, 'planner', 'weightedDelay').toFixed(1),
    ]),
  );
}
