import { defaultObjective } from '../../src/refresh/planner/objective.ts';
import { table } from '../support/numbers.ts';
import type { Cell, Question, Scale } from './cell.ts';
import { mean, percent, runContest } from './cell.ts';
import { createScripts, createSweep } from './page-policies.ts';
import { PlannerPolicy } from './planner-policy.ts';
import { createResultPages } from './result-pages.ts';
import { createRoundRobin } from './scan-policies.ts';

/** How search pages are; the planner starts from a visible share of 0.7 whatever it is. */
export interface PageWorld {
  readonly visibleShare: number;
  readonly pageSize: number;
  readonly reach: number;
  readonly replaced: number;
}

export const usualPages: PageWorld = { visibleShare: 0.7, pageSize: 50, reach: 0.9, replaced: 0.15 };

export const pageVariants: Readonly<Record<string, PageWorld>> = {
  '20 a page': { ...usualPages, pageSize: 20 },
  '5 a page': { ...usualPages, pageSize: 5 },
  '0.4 visible': { ...usualPages, visibleShare: 0.4 },
  '60 % in reach': { ...usualPages, reach: 0.6 },
  '40 % replaced': { ...usualPages, replaced: 0.4 },
};

export async function runPages(question: Question, pageWorld: PageWorld, scale: Scale): Promise<Cell> {
  return runContest(
    {
      ...question,
      visibleShare: pageWorld.visibleShare,
      policies: (world, callsPerDay, seed) => {
        const pages = () => createResultPages(world, { ...pageWorld, seed });
        const options = { callsPerDay, objective: defaultObjective };
        return {
          'round robin': createRoundRobin,
          'sweep 0.4': () => createSweep(world, pages(), 0.4),
          ...createScripts(pages),
          'details only': () => new PlannerPolicy(world, options),
          'details only, true rates': () => new PlannerPolicy(world, { ...options, knowsRates: true }),
          planner: () => new PlannerPolicy(world, { ...options, pages: pages() }),
          'planner, true rates': () =>
            new PlannerPolicy(world, { ...options, pages: pages(), knowsRates: true }),
        };
      },
    },
    scale,
  );
}

export function pagesTable(cells: readonly Cell[]): string {
  const policies = [...(cells[0]?.scores.keys() ?? [])];
  return table(
    ['world, quota', ...policies, 'captured', 'weighted delay, d'],
    cells.map((cell) => [
      [cell.world, percent(cell.quota), cell.variant].filter(Boolean).join(', '),
      ...policies.map((policy) => mean(cell, policy, 'joint').toFixed(4)),
      ['round robin', 'planner'].map((policy) => mean(cell, policy, 'captured').toFixed(3)).join(' → '),
      ['round robin', 'planner'].map((policy) => mean(cell, policy, 'weightedDelay').toFixed(1)).join(' → '),
    ]),
  );
}
