import { describe, expect, it } from 'vitest';
import { dayMs } from '../../../../src/core/duration.ts';
import { detailOf } from '../../../../src/sandbox/answers/detail.ts';
import { toWireJson } from '../../../../src/sandbox/wire-json.ts';
import type { Entry } from '../../../../src/sandbox/world/entry.ts';
import { createWorld, type World } from '../../../../src/sandbox/world/world.ts';

const grow = (offers: number): World =>
  createWorld({
    seed: 1,
    offers,
    categories: 30,
    startAt: Date.parse('2026-10-10T00:00:00Z'),
    stepMs: dayMs,
  });

const entriesAt = (world: World, day: number): Entry[] => {
  const snapshot = world.snapshot(day);
  return Array.from({ length: snapshot.count }, (_, index) => snapshot.entryAt(index));
};

/** What the detail of an offer says on a day; an answer without one is empty. */
function textAt(world: World, day: number, offerId: string): string {
  const entry = world.snapshot(day).get(offerId);
  return entry === undefined || entry.state.isGone ? '' : toWireJson(detailOf(entry, 'en'));
}

const days = 20;

describe('change', () => {
  it('is seen in answers about as often as its rate says, and never where it is zero', () => {
    const world = grow(200);
    const known = entriesAt(world, 0).filter(({ state }) => !state.isGone);
    /** Changes that daily answers of some offers show, and the number that their rates make likely. */
    const watch = (hasRate: (rate: number) => boolean, count: number) => {
      const offers = known.map(({ offer }) => offer).filter(({ changesPerStep }) => hasRate(changesPerStep));
      const watched = offers.slice(0, count);
      expect(watched).toHaveLength(count);
      let changes = 0;
      for (const { offerId } of watched) {
        const texts = Array.from({ length: days + 1 }, (_, day) => textAt(world, day, offerId));
        changes += texts.filter((text, day) => day > 0 && text !== texts[day - 1]).length;
      }
      return { changes, likely: days * watched.reduce((sum, offer) => sum + offer.changesPerStep, 0) };
    };
    expect(watch((rate) => rate === 0, 20).changes).toBe(0);
    for (const { changes, likely } of [
      watch((rate) => rate > 0 && rate < 0.1, 50),
      watch((rate) => rate >= 0.1, 20),
    ]) {
      expect(changes / likely).toBeGreaterThan(0.7);
      expect(changes / likely).toBeLessThan(1.3);
    }
  });

  it('takes offers away, and gives some of them back', () => {
    const world = grow(1000);
    const gone = new Set<string>();
    let returned = 0;
    for (let day = 0; day < 60; day++) {
      for (const { offer, state } of entriesAt(world, day)) {
        if (state.isGone) gone.add(offer.offerId);
        else if (gone.delete(offer.offerId)) returned += 1;
      }
    }
    expect(returned).toBeGreaterThan(0);
    expect(gone.size).toBeGreaterThan(returned);
  });
});
