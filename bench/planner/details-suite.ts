import { defaultObjective } from '../../src/refresh/planner/objective.ts';
import { floorAgeDays } from '../../src/refresh/planner/select-calls.ts';
import { table } from '../support/numbers.ts';
import type { Cell, Contest, Question, Scale } from './cell.ts';
import { deviation, gapClosed, mean, percent, runContest, worldOptions } from './cell.ts';
import { PlannerPolicy } from './planner-policy.ts';
import * as competing from './scan-policies.ts';
import { stationaryBound } from './stationary-bound.ts';
import { createWorld } from './world.ts';

/** A catalog without search pages: the summary is the detail. */
export const detailsOnly = { ...defaultObjective, summaryShare: 0 };

export type Field = 'everybody' | 'four' | 'exact';

function contest(question: Question, field: Field): Contest {
  return {
    ...question,
    visibleShare: 1,
    policies: (world, callsPerDay) => {
      const options = { callsPerDay, objective: detailsOnly };
      const planner = () => new PlannerPolicy(world, options);
      if (field === 'exact')
        return { planner, exact: () => new PlannerPolicy(world, { ...options, isExact: true }) };
      const four = {
        'round robin': competing.createRoundRobin,
        'rate-blind': () => competing.createRateBlind(world),
        planner,
        oracle: () => competing.createOracle(world),
      };
      if (field === 'four') return four;
      return {
        naive: () => competing.createNaive(world),
        'popularity first': () => competing.createPopularityFirst(world),
        'proportional to the true rate': () => competing.createProportional(world),
        'weight × P(stale)': () => competing.createLikelyStale(world),
        'plug-in (Cho)': () => competing.createPlugIn(world, floorAgeDays(world.offers, callsPerDay)),
        ...four,
      };
    },
  };
}

export async function runDetails(question: Question, field: Field, scale: Scale): Promise<Cell> {
  return runContest(contest(question, field), scale);
}

/** The best there is for known rates, mean over the seeds. */
export function boundOf(question: Question, { offers, seeds }: Scale): number {
  const sum = seeds.reduce((total, seed) => {
    const world = createWorld(worldOptions(question, offers, seed));
    return total + stationaryBound(world, Math.round(question.quota * offers));
  }, 0);
  return sum / seeds.length;
}

const digits = (value: number, count = 3): string => value.toFixed(count);

/** Every policy of one cell. */
export function policiesTable(cell: Cell, bound: number | null): string {
  const head = [
    `${cell.world}, ${percent(cell.quota)} a day`,
    'weighted freshness',
    'of the oracle',
    'gap closed',
    'unweighted',
    'captured',
    'weighted',
    'changes per call',
    'weighted delay, d',
    'oldest, d',
  ];
  const rows = [...cell.scores.keys()].map((policy) => [
    policy,
    `${digits(mean(cell, policy), 4)} ± ${digits(deviation(cell, policy), 4)}`,
    percent(mean(cell, policy) / mean(cell, 'oracle')),
    digits(gapClosed(cell, policy), 2),
    digits(mean(cell, policy, 'unweighted')),
    digits(mean(cell, policy, 'captured')),
    digits(mean(cell, policy, 'weightedCaptured')),
    digits(mean(cell, policy, 'changesPerCall')),
    digits(mean(cell, policy, 'weightedDelay'), 1),
    digits(mean(cell, policy, 'oldest'), 0),
  ]);
  if (bound !== null) rows.push(['stationary bound', digits(bound, 4), ...new Array<string>(8).fill('')]);
  return table(head, rows);
}

/** One line a cell. */
export function worldsTable(cells: readonly Cell[]): string {
  const ratio = (cell: Cell, measure: 'captured' | 'weightedCaptured') =>
    `${digits(mean(cell, 'planner', measure) / mean(cell, 'round robin', measure), 1)}×`;
  return table(
    [
      'world',
      'quota',
      'round robin',
      'rate-blind',
      'planner',
      'oracle',
      'of the oracle',
      'gap closed',
      'captured',
      'weighted',
    ],
    cells.map((cell) => [
      cell.world,
      percent(cell.quota),
      ...['round robin', 'rate-blind', 'planner', 'oracle'].map((policy) => digits(mean(cell, policy), 4)),
      percent(mean(cell, 'planner') / mean(cell, 'oracle')),
      digits(gapClosed(cell, 'planner'), 2),
      ratio(cell, 'captured'),
      ratio(cell, 'weightedCaptured'),
    ]),
  );
}
