import { defaultObjective } from '../../src/refresh/planner/objective.ts';
import { table } from '../support/numbers.ts';
import { mean, percent, runContest, type Cell, type Scale } from './cell.ts';
import { usualPages } from './pages-suite.ts';
import { PlannerPolicy } from './planner-policy.ts';
import { createResultPages } from './result-pages.ts';
import type { Shops } from './shop-suspicions.ts';
import type { World } from './world.ts';
import { createWorldRandom, type WorldRandom } from './world-random.ts';

/** As in the sandbox: offers of a shop on average, and of those that reprice how often, and how many of their offers. */
const [offersPerShop, repricingGapDays, reach] = [15, 20, 0.8];

/** Shares of shops that reprice. */
export const repricingShares = [0, 0.3, 0.6] as const;

function drawShops(random: WorldRandom, count: number): Shops {
  const offers: number[][] = Array.from({ length: Math.ceil(count / offersPerShop) }, () => []);
  const of = Int32Array.from({ length: count }, (_, offer) => {
    const shop = random.integer(offers.length);
    offers[shop]?.push(offer);
    return shop;
  });
  return { of, offers };
}

/** Days on which each offer is repriced with its shop. */
function drawRepricings(random: WorldRandom, shops: Shops, { share, days }: { share: number; days: number }) {
  const byOffer: number[][] = Array.from(shops.of, () => []);
  const isRepricing = shops.offers.map(() => random.uniform() < share);
  for (const [shop, offers] of shops.offers.entries()) {
    if (!isRepricing[shop]) continue;
    for (let day = -60; day < days; day += repricingGapDays * random.exponential())
      for (const offer of offers) if (random.uniform() < reach) byOffer[offer]?.push(day);
  }
  return { byOffer, isRepricing };
}

/** The usual world, and shops that change most of their prices on one day: a row shows that. */
function withShops(world: World, seed: number, share: number): { world: World; shops: Shops } {
  const random = createWorldRandom(seed + 77);
  const shops = drawShops(random, world.offers);
  const { byOffer, isRepricing } = drawRepricings(random, shops, { share, days: world.days });
  const changes = byOffer.map((repriced, offer) => {
    const [from, to] = [world.firstChange[offer] ?? 0, world.firstChange[offer + 1] ?? 0];
    const own = Array.from(world.changeAt.subarray(from, to), (at, nth) => ({
      at,
      isVisible: world.isVisible[from + nth] ?? 0,
    }));
    return [...own, ...repriced.map((at) => ({ at, isVisible: 1 }))].sort((a, b) => a.at - b.at);
  });
  const firstChange = new Int32Array(world.offers + 1);
  for (const [offer, { length }] of changes.entries())
    firstChange[offer + 1] = (firstChange[offer] ?? 0) + length;
  const rates = world
    .baseRates(0)
    .map((rate, offer) => rate + (isRepricing[shops.of[offer] ?? 0] ? reach / repricingGapDays : 0));
  const flat = changes.flat();
  return {
    shops,
    world: {
      ...world,
      firstChange,
      changeAt: Float64Array.from(flat, ({ at }) => at),
      isVisible: Uint8Array.from(flat, ({ isVisible }) => isVisible),
      baseRates: () => rates,
    },
  };
}

/** Planners that do without and with the pages of shops, in a world where this share of them reprices. */
export async function runShops(share: number, quota: number, scale: Scale): Promise<Cell> {
  const shopsOf = new Map<number, Shops>();
  return runContest(
    {
      world: 'mixed',
      quota,
      variant: `${percent(share)} of shops reprice`,
      visibleShare: usualPages.visibleShare,
      change: (usual, seed) => {
        const { world, shops } = withShops(usual, seed, share);
        shopsOf.set(seed, shops);
        return world;
      },
      policies: (world, callsPerDay, seed) => {
        const create = (shops?: Shops) => () =>
          new PlannerPolicy(world, {
            ...{ callsPerDay, objective: defaultObjective },
            pages: createResultPages(world, { ...usualPages, seed }),
            ...(shops ? { shops } : {}),
          });
        return { planner: create(), 'with shops': create(shopsOf.get(seed)) };
      },
    },
    scale,
  );
}

/** Points of J that the pages of shops bring, by seed. */
function gainsOf({ scores }: Cell): number[] {
  const joint = (policy: string) =>
    (scores.get(policy) ?? []).map(({ full, summary }) => (full + summary) / 2);
  const without = joint('planner');
  return joint('with shops').map((score, seed) => 100 * (score - (without[seed] ?? NaN)));
}

/** Gains are means over the seeds, with the least and the most. */
export function shopsTable(cells: readonly Cell[]): string {
  const figure = (cell: Cell, policy: string) => mean(cell, policy, 'joint').toFixed(4);
  return table(
    ['world, quota', 'planner', 'with shops', 'points gained', 'captured', 'with shops, captured'],
    cells.map((cell) => {
      const gains = gainsOf(cell);
      const gained = gains.reduce((sum, gain) => sum + gain, 0) / gains.length;
      return [
        `${percent(cell.quota)}, ${cell.variant ?? ''}`,
        figure(cell, 'planner'),
        figure(cell, 'with shops'),
        `${gained.toFixed(2)} (${Math.min(...gains).toFixed(2)} to ${Math.max(...gains).toFixed(2)})`,
        mean(cell, 'planner', 'captured').toFixed(3),
        mean(cell, 'with shops', 'captured').toFixed(3),
      ];
    }),
  );
}
