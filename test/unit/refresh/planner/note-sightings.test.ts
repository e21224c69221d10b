import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { noteSightings, type ShopKnowledge } from '../../../../src/refresh/planner/note-sightings.ts';
import {
  leastLogOdds,
  repricingsPerDay,
  suspectShop,
  suspicionChance,
  type ShopSighting,
  type ShopSuspicion,
} from '../../../../src/refresh/planner/shop-suspicion.ts';

const nothing: ShopKnowledge = {
  ...{ sinceDay: 0, open: null, repricings: 0, pages: 0 },
  siblings: { expected: 0, changed: 0 },
};
const all = { repricings: 3, days: 600 };
const sighting = (changes: Partial<ShopSighting> = {}): ShopSighting => ({
  ...{ lastDay: 6, day: 10, odds: 0.02, isChanged: true },
  ...changes,
});
const likely: ShopSuspicion = { fromDay: 6, seenDay: 10, logOdds: 3, siblings: 2 };
const note = (shop: ShopKnowledge, seen: readonly ShopSighting[], pageDay: number | null = null) =>
  noteSightings(shop, seen, { pageDay, all });

describe('a shop', () => {
  it('is suspected by a change, by how often it repriced since it is known', () => {
    const perDay = repricingsPerDay({ repricings: 2, days: 10 }, all);
    expect(note({ ...nothing, repricings: 2 }, [sighting()]).open).toEqual(suspectShop(sighting(), perDay));
    expect(note(nothing, [sighting({ isChanged: false })])).toEqual(nothing);
  });

  it('learns what a suspicion taught before the next one begins', () => {
    const shop = note({ ...nothing, open: likely }, [sighting({ lastDay: 11, day: 12 })]);
    const repricings = suspicionChance(likely);
    expect(shop.repricings).toBeCloseTo(repricings, 12);
    const perDay = repricingsPerDay({ repricings, days: 12 }, all);
    expect(shop.open).toEqual(suspectShop(sighting({ lastDay: 11, day: 12 }), perDay));
  });

  it('never has more repricings than observations, whatever is seen', () => {
    const seen = fc.record({
      lastDay: fc.double({ min: 0, max: 30, noNaN: true }),
      gap: fc.double({ min: 0.01, max: 30, noNaN: true }),
      odds: fc.double({ min: 0, max: 1, noNaN: true }),
      isChanged: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(seen, { maxLength: 30 }), (found) => {
        const sightings = found
          .map(({ lastDay, gap, ...rest }) => ({ lastDay, day: lastDay + gap, ...rest }))
          .toSorted((a, b) => a.day - b.day);
        const shop = note(nothing, sightings, sightings.at(-1)?.day ?? null);
        expect(shop.open).toBeNull();
        expect(shop.repricings).toBeGreaterThanOrEqual(0);
        expect(shop.repricings).toBeLessThanOrEqual(sightings.length / 2);
      }),
    );
  });
});

describe('the page of a suspected shop', () => {
  const rows = [
    sighting({ lastDay: 6, day: 12 }),
    sighting({ lastDay: 8, day: 12, isChanged: false }),
    // It was seen after the change: no sibling.
    sighting({ lastDay: 11, day: 12, isChanged: false }),
  ];

  it('ends the suspicion, and is counted with what was expected of its rows', () => {
    const shop = note({ ...nothing, open: likely }, rows, 12);
    const whole = 0.7 * suspicionChance(likely);
    const chances = [whole, whole / 2].map((byShop) => byShop + (1 - byShop) * 0.02);
    expect(shop).toMatchObject({ open: null, pages: 1, siblings: { changed: 1 } });
    expect(shop.siblings.expected).toBeCloseTo((chances[0] ?? 0) + (chances[1] ?? 0), 12);
  });

  it('of a shop that is hardly suspected ends the suspicion, and is not counted', () => {
    const unlikely = { ...likely, logOdds: leastLogOdds - 0.01 };
    expect(note({ ...nothing, open: unlikely }, rows, 12)).toMatchObject({ open: null, pages: 0 });
  });

  it('ends no suspicion that is newer', () => {
    expect(note({ ...nothing, open: likely }, [], 9.9)).toMatchObject({ open: likely, pages: 0 });
  });
});
