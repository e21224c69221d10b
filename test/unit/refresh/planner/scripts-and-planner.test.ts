import { describe, expect, it } from 'vitest';
import { createScripts, scriptNames } from '../../../../bench/planner/page-policies.ts';
import { PlannerPolicy } from '../../../../bench/planner/planner-policy.ts';
import { readSandboxWorld } from '../../../../bench/planner/sandbox-world.ts';
import { simulate } from '../../../../bench/planner/simulate.ts';
import { Site } from '../../../../bench/planner/site.ts';
import type { World } from '../../../../bench/planner/world.ts';
import { defaultObjective } from '../../../../src/refresh/planner/objective.ts';

/** On day 1 the price of offer 0 changes, the title of offer 1 (its date shows it), and the date of offer 2 moves; offer 3 is born. */
const world: World = {
  offers: 4,
  days: 3,
  categories: 1,
  weights: new Float64Array(4).fill(1),
  category: new Int32Array(4),
  copiedAt: Float64Array.of(0, 0, 0, 1),
  firstChange: Int32Array.of(0, 1, 2, 2, 2),
  changeAt: Float64Array.of(1, 1),
  isVisible: Uint8Array.of(1, 1),
  isPriceMoved: Uint8Array.of(1, 0),
  redated: { first: Int32Array.of(0, 0, 0, 1, 1), at: Float64Array.of(1) },
  lives: {
    bornAt: Float64Array.of(-Infinity, -Infinity, -Infinity, 1),
    diesAt: new Float64Array(4).fill(Infinity),
  },
  baseRates: () => new Float64Array(4).fill(0.1),
  multiplier: () => 1,
  repriced: () => [],
};
const list = (_: number, day: number) => (day < 1 ? [0, 1, 2] : [0, 1, 2, 3]);
const pages = { members: [[0, 1, 2]], list };

/** The details that each script asks for on day 1, after its one page. */
async function fetchedBy(name: string, details = 3, of = pages): Promise<number[]> {
  const script = createScripts(() => of)[name];
  const site = new Site(world, { scoredFrom: 0 });
  site.day = 1;
  site.callsLeft = 1 + details;
  await script?.().spend(site, site.callsLeft);
  expect(site.callsLeft).toBe(0);
  return [...site.detailAt.keys()].filter((offer) => site.detailAt[offer] === 1);
}

describe('rivals of the planner', () => {
  it('a row shows what is new, what has another price, and what has another date with or without a change', () => {
    const site = new Site(world, { scoredFrom: 0 });
    site.day = 1;
    site.callsLeft = 2;
    expect(site.fetchPage(list(0, 1))).toEqual([
      { isChanged: true, isPriceMoved: true, isDateMoved: false, isNew: false },
      { isChanged: true, isPriceMoved: false, isDateMoved: true, isNew: false },
      { isChanged: false, isPriceMoved: false, isDateMoved: true, isNew: false },
      { isChanged: false, isPriceMoved: false, isDateMoved: false, isNew: true },
    ]);
    const same = { isChanged: false, isPriceMoved: false, isDateMoved: false, isNew: false };
    expect(site.fetchPage(list(0, 1))).toEqual([same, same, same, same]);
  });

  it('a script follows rows in their order: those that are new or have another price, and if it compares them, other dates', async () => {
    expect(scriptNames).toHaveLength(5);
    expect(await fetchedBy('script+ by dates too')).toEqual([0, 1, 2]);
    expect(await fetchedBy('script+ by dates too, every third day')).toEqual([0, 1, 2]);
    // Prices of 0, the new 3, and then the oldest.
    expect(await fetchedBy('script+')).toEqual([0, 1, 3]);
    // What was never fetched is the oldest.
    expect(await fetchedBy('script')).toEqual([0, 1, 3]);
    const newFirst = { ...pages, list: () => [3, 0, 1, 2] };
    expect(await fetchedBy('script+', 1, newFirst)).toEqual([3]);
    expect(await fetchedBy('script+', 2, newFirst)).toEqual([0, 3]);
  });

  it('an offer that was never seen is wrong from its birth on, and right once it was fetched', async () => {
    const alone = { ...world, offers: 4, weights: Float64Array.of(0, 0, 0, 1) };
    const idle = new Site(alone, { scoredFrom: 0 }).finish();
    expect([idle.full, idle.summary]).toEqual([0, 0]);
    const site = new Site(alone, { scoredFrom: 0 });
    site.day = 2;
    site.callsLeft = 1;
    site.fetchDetail(3);
    const score = site.finish();
    expect([score.full, score.summary]).toEqual([0.5, 0.5]);
  });

  it('the planner finds the offers that are born, and fetches their details', async () => {
    const policy = new PlannerPolicy(world, { callsPerDay: 48, objective: defaultObjective, pages });
    const score = await simulate({ world, policy, callsPerDay: 48, scoredFrom: 1, longestDelay: 1 });
    expect(score.full).toBeGreaterThan(0.95);
    expect(score.summary).toBeGreaterThan(0.95);
  });

  it("the sandbox's world has the offers that are born, and dates that move without a change", () => {
    const options = {
      seed: 5,
      offers: 400,
      categories: 6,
      days: 20,
      startAt: new Date('2026-03-02T16:00:00Z'),
    };
    const without = readSandboxWorld(options).world;
    const { world: found, indexOf, popularity } = readSandboxWorld({ ...options, hasBirths: true });
    expect(without.offers).toBe(400);
    expect(without.lives).toBeNull();
    expect(found.offers).toBeGreaterThan(400);
    expect(indexOf.size).toBe(found.offers);
    expect(found.changeAt.slice(0, without.changeAt.length)).toEqual(without.changeAt);
    const born = [...(found.lives?.bornAt ?? [])].slice(400);
    expect(born.every((day) => day >= 1 && day <= 20)).toBe(true);
    expect([...(found.lives?.bornAt ?? [])].slice(0, 400).every((day) => day === -Infinity)).toBe(true);
    expect(Math.min(...popularity)).toBeGreaterThanOrEqual(1);
    const { first, at } = found.redated ?? { first: new Int32Array(), at: new Float64Array() };
    expect(at.length).toBeGreaterThan(5);
    for (let offer = 0; offer < found.offers; offer += 1) {
      const changes = found.changeAt.slice(found.firstChange[offer], found.firstChange[offer + 1]);
      const redated = at.slice(first[offer], first[offer + 1]);
      expect(redated.filter((day) => changes.includes(day))).toHaveLength(0);
    }
  });
});
