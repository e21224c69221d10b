import { describe, expect, it } from 'vitest';
import { budgetsTable, lostPoints, runBudgets } from '../../../../bench/planner/budgets-suite.ts';
import { mean } from '../../../../bench/planner/cell.ts';
import { detailsOnly, runDetails } from '../../../../bench/planner/details-suite.ts';
import { runPages, usualPages } from '../../../../bench/planner/pages-suite.ts';
import { PlannerPolicy } from '../../../../bench/planner/planner-policy.ts';
import { simulate } from '../../../../bench/planner/simulate.ts';
import { Site } from '../../../../bench/planner/site.ts';
import { stationaryBound } from '../../../../bench/planner/stationary-bound.ts';
import { createWorld } from '../../../../bench/planner/world.ts';
import { createWorldRandom } from '../../../../bench/planner/world-random.ts';

const tiny = { offers: 400, seeds: [1], progress: () => undefined };
const options = {
  name: 'mixed',
  seed: 1,
  offers: 300,
  days: 40,
  oldestCopyDays: 50,
  visibleShare: 0.7,
} as const;

describe('in a simulated catalog', () => {
  it('the planner keeps more fresh, and sees more changes, than round robin', async () => {
    const cell = await runDetails({ world: 'mixed', quota: 0.05 }, 'four', tiny);
    expect(mean(cell, 'planner')).toBeGreaterThan(mean(cell, 'round robin') + 0.02);
    expect(mean(cell, 'planner', 'weightedCaptured')).toBeGreaterThan(
      1.5 * mean(cell, 'round robin', 'weightedCaptured'),
    );
    expect(mean(cell, 'oracle')).toBeGreaterThan(mean(cell, 'planner'));
  });

  it('search pages are worth their calls', async () => {
    const cell = await runPages({ world: 'mixed', quota: 0.05 }, usualPages, tiny);
    expect(mean(cell, 'planner', 'joint')).toBeGreaterThan(mean(cell, 'details only', 'joint') + 0.02);
    expect(mean(cell, 'planner', 'captured')).toBeGreaterThan(3 * mean(cell, 'round robin', 'captured'));
    // What a user would write: it sees more when it follows the rows that changed, and the planner sees more still.
    expect(mean(cell, 'script+', 'captured')).toBeGreaterThan(1.1 * mean(cell, 'script', 'captured'));
    expect(mean(cell, 'planner', 'joint')).toBeGreaterThan(mean(cell, 'script+', 'joint') + 0.01);
  });

  it('the same seed gives the same score', async () => {
    const run = async () => {
      const world = createWorld(options);
      const policy = new PlannerPolicy(world, { callsPerDay: 20, objective: detailsOnly });
      return simulate({ world, policy, callsPerDay: 20, scoredFrom: 10 });
    };
    expect(await run()).toEqual(await run());
  });

  it('the planner stays within a quota that is cut at noon, and loses nothing but calls when they fail', async () => {
    const world = createWorld(options);
    const random = createWorldRandom(9);
    let made = 0;
    const fails = () => {
      made += 1;
      return random.uniform() < 0.2;
    };
    const policy = new PlannerPolicy(world, { callsPerDay: 30, objective: detailsOnly });
    const score = await simulate({
      world,
      policy,
      callsPerDay: 30,
      scoredFrom: 10,
      fails,
      isCutAtNoon: true,
    });
    expect(made).toBeGreaterThan(20 * 30 + 20 * 20);
    expect(made).toBeLessThanOrEqual(20 * 30 + 20 * 23);
    expect(score.full).toBeGreaterThan(0.5);
  });

  it('the calls of a day may vary, and come in as many runs as are asked for', async () => {
    const spent: { day: number; calls: number }[] = [];
    const policy = { spend: async (site: Site, calls: number) => void spent.push({ day: site.day, calls }) };
    const world = createWorld({ ...options, days: 2 });
    const run = { world, policy, callsPerDay: 1, scoredFrom: 0 };
    await simulate({ ...run, callsOn: (day) => 10 + day, runsOn: (day) => 1 + day });
    // Nothing is spent, so that the last run of a day has all of its calls.
    expect(spent).toEqual([
      { day: 0, calls: 10 },
      { day: 1, calls: 5 },
      { day: 1.5, calls: 11 },
    ]);
  });

  it('the same calls may come in short runs, which lose nothing, or tenfold from day to day', async () => {
    const cells = await runBudgets(0.05, { ...tiny, offers: 300 });
    expect(cells.map(({ variant }) => variant)).toEqual([
      'as many in every hour',
      'tenfold from day to day',
      'one run a day',
      'one run a day, tenfold',
      'three calls a run',
      'three calls a run, tenfold',
    ]);
    const [even, tenfold, , , short] = cells;
    expect(even && short && lostPoints(short, even, 'planner')[0]).toBeLessThan(1);
    expect(even && tenfold && lostPoints(tenfold, even, 'planner')[0]).not.toBe(0);
    expect(budgetsTable(cells).split('\n')).toHaveLength(2 + 6);
  });

  it('a call beyond the quota ends the simulation', () => {
    const site = new Site(createWorld(options), { scoredFrom: 10 });
    site.callsLeft = 1;
    site.fetchDetail(0);
    expect(() => site.fetchDetail(1)).toThrow('beyond the quota');
  });

  it('a copy that is fetched all the time is right, and one that never is gets its rate of changes', () => {
    const world = createWorld(options);
    const idle = new Site(world, { scoredFrom: 10 }).finish();
    const busy = new Site(world, { scoredFrom: 10 });
    for (let day = 0; day < options.days; day += 0.25) {
      busy.day = day;
      busy.callsLeft = options.offers;
      for (let offer = 0; offer < options.offers; offer += 1) busy.fetchDetail(offer);
    }
    const score = busy.finish();
    expect(score.full).toBeGreaterThan(0.98);
    expect(score.captured).toBeGreaterThan(0.85);
    expect(idle.full).toBeLessThan(score.full - 0.2);
    expect(stationaryBound(world, 20)).toBeLessThan(score.full);
    expect(stationaryBound(world, 20)).toBeGreaterThan(idle.full);
  });

  it('changes come as often as the rates say, in bursts and drift too', () => {
    for (const name of ['mixed', 'burst', 'drift', 'fast', 'static', 'plain'] as const) {
      const world = createWorld({ ...options, name, offers: 2000, days: 90 });
      let expected = 0;
      for (let day = 0; day < 90; day += 0.25) {
        const rates = world.baseRates(day);
        for (const [offer, rate] of rates.entries()) {
          expected += 0.25 * rate * world.multiplier(world.category[offer] ?? 0, day + 0.01);
        }
      }
      for (let hour = 1; hour <= 90 * 24; hour += 1) expected += world.repriced(hour).length;
      const counted = world.changeAt.filter((at) => at > 0).length;
      expect(Math.abs(counted / expected - 1)).toBeLessThan(0.03);
    }
  });
});
