import { defaultObjective } from '../../src/refresh/planner/objective.ts';
import { table } from '../support/numbers.ts';
import type { Cell, Scale } from './cell.ts';
import { mean, percent, runContest, simulatedDays } from './cell.ts';
import { PlannerPolicy } from './planner-policy.ts';
import type { World } from './world.ts';
import { createWorldRandom } from './world-random.ts';

/** Share of the catalog that is new, and as many that go, each day. */
const churn = 0.005;

/** The last offers of the world are born in the course of it; each takes the place of one that is there. */
function withChurn(world: World, seed: number): World {
  const random = createWorldRandom(seed + 5000);
  const bornAt = new Float64Array(world.offers).fill(-Infinity);
  const diesAt = new Float64Array(world.offers).fill(Infinity);
  const births = Math.round((world.offers * churn * simulatedDays) / (1 + churn * simulatedDays));
  // Any offer: those of a category come one after another.
  const alive = Array.from({ length: world.offers }, (_, offer) => offer);
  const unborn = Array.from({ length: births }, () => alive.splice(random.integer(alive.length), 1)[0] ?? 0);
  const days = unborn.map(() => simulatedDays * random.uniform()).sort((a, b) => a - b);
  for (const [index, offer] of unborn.entries()) {
    const gone = random.integer(alive.length);
    diesAt[alive[gone] ?? 0] = days[index] ?? 0;
    bornAt[offer] = days[index] ?? 0;
    alive[gone] = offer;
  }
  return { ...world, lives: { bornAt, diesAt } };
}

export const fixedShares = [0.02, 0.05, 0.1, 0.2, 0.4];

export async function runDiscovery(quota: number, scale: Scale): Promise<Cell> {
  return runContest(
    {
      world: 'mixed',
      quota,
      variant: 'churn',
      visibleShare: 0.7,
      change: withChurn,
      policies: (world, callsPerDay) => {
        const create = (discovery: 'by value' | number) => () =>
          new PlannerPolicy(world, { callsPerDay, objective: defaultObjective, discovery });
        return Object.fromEntries([
          ...fixedShares.map((share) => [percent(share), create(share)] as const),
          ['by value', create('by value')] as const,
        ]);
      },
    },
    scale,
  );
}

export function discoveryTable(cells: readonly Cell[]): string {
  const policies = [...(cells[0]?.scores.keys() ?? [])];
  return table(
    ['quota', ...policies],
    cells.map((cell) => [
      percent(cell.quota),
      ...policies.map((policy) => mean(cell, policy, 'joint').toFixed(4)),
    ]),
  );
}
