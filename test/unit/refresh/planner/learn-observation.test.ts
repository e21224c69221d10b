import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { OfferKnowledge } from '../../../../src/model/learning.ts';
import { learnObservation, positionOf } from '../../../../src/refresh/planner/learn-observation.ts';
import { day, detail, planner, row, seen } from '../../../support/offer-observations.ts';

const isDue = (known: OfferKnowledge) => positionOf(planner, known).bucket < 0;

describe('a search row', () => {
  it('that is the first shows how popular the offer is, and is no evidence of changes', () => {
    const { known, stat } = learnObservation(planner, seen(null, null), row(1, { monthSold: 99 }));
    expect(known).toEqual({ ...seen(1, null), popularity: 10 });
    expect(stat).toBeNull();
    expect(isDue(known)).toBe(true);
  });

  it('that shows no change counts for the share of changes that it would show', () => {
    const { known, stat } = learnObservation(planner, seen(1, 1), row(11));
    expect(known.learned.changes).toBe(0);
    expect(known.learned.days).toBeCloseTo(7, 9);
    expect(isDue(known)).toBe(false);
    // 1 - (10 / 17) ^ 0.2
    expect(stat).toEqual({
      source: 'search',
      hint: 'none',
      odds: expect.closeTo(0.1007, 4) as number,
      isChanged: false,
    });
  });

  it('counts for the days since the observation before it, whichever kind that was', () => {
    const daysOf = (known: OfferKnowledge) => learnObservation(planner, known, row(11)).known.learned.days;
    expect(daysOf(seen(1, 6))).toBeCloseTo(0.7 * 5, 9);
    expect(daysOf(seen(6, 1))).toBeCloseTo(0.7 * 5, 9);
    expect(daysOf(seen(6, null))).toBeCloseTo(0.7 * 5, 9);
  });

  it('with another price makes the detail known to be wrong at once', () => {
    const { known } = learnObservation(planner, seen(1, 1), row(3, { isPriceChanged: true }));
    expect(known).toMatchObject({ stale: { since: day(3), by: 'row' }, changedAt: day(3) });
    expect(known.learned.changes).toBeGreaterThan(0.5);
    expect(isDue(known)).toBe(true);
  });

  it('shows a change again that a detail had found since the row before', () => {
    const found = learnObservation(planner, seen(1, 1), detail(3, true)).known;
    for (const isPriceOfDetail of [true, null]) {
      const again = row(5, { isPriceChanged: true, isPriceOfDetail, modifiedAt: day(2) });
      const { known, stat } = learnObservation(planner, found, again);
      expect(known).toMatchObject({ stale: null, changedAt: day(3) });
      expect(stat?.isChanged).toBe(false);
    }
  });

  it('with a price that the detail since the row before does not have shows a change of its own', () => {
    const found = learnObservation(planner, seen(1, 1), detail(3, true)).known;
    const other = row(5, { isPriceChanged: true, isPriceOfDetail: false });
    expect(learnObservation(planner, found, other).known.stale).toEqual({ since: day(5), by: 'row' });
    const later = row(5, { modifiedAt: day(4) });
    expect(learnObservation(planner, found, later).known.stale).toEqual({ since: day(5), by: 'modify_date' });
  });

  it('with a date that is no later than the detail makes none due, whatever had prompted that', () => {
    const prompted = learnObservation(planner, seen(1, 1), row(3, { isPriceChanged: true })).known;
    const found = learnObservation(planner, prompted, detail(6, true)).known;
    const { known, stat } = learnObservation(planner, found, row(7, { modifiedAt: day(5) }));
    // It was modified once more since the row before, which counts for its rate; the detail has it.
    expect(stat?.isChanged).toBe(true);
    expect(known.stale).toBeNull();
    expect(learnObservation(planner, found, row(7, { modifiedAt: day(6) })).known.stale).toBeNull();
    const later = learnObservation(planner, found, row(7, { modifiedAt: day(6.5) })).known;
    expect(later.stale).toEqual({ since: day(7), by: 'modify_date' });
  });

  it('with another date takes back no other price, until a detail has come', () => {
    const priced = learnObservation(planner, seen(1, 1), row(3, { isPriceChanged: true })).known;
    const dated = learnObservation(planner, priced, row(4, { modifiedAt: day(4) })).known;
    expect(dated.stale).toEqual({ since: day(4), by: 'row' });
    const found = learnObservation(planner, dated, detail(5, true)).known;
    const next = learnObservation(planner, found, row(7, { modifiedAt: day(6) })).known;
    expect(next.stale).toEqual({ since: day(7), by: 'modify_date' });
    const absent = seen(1, 1, { stale: { since: day(2), by: 'absence' } });
    expect(learnObservation(planner, absent, row(4, { modifiedAt: day(4) })).known.stale?.by).toBe(
      'modify_date',
    );
  });

  it('shows a change of its own after a detail that the row before had prompted', () => {
    const prompted = learnObservation(planner, seen(1, 1), row(3, { isPriceChanged: true })).known;
    const found = learnObservation(planner, prompted, detail(3.1, true)).known;
    for (const isPriceOfDetail of [false, null]) {
      const next = row(4, { isPriceChanged: true, isPriceOfDetail });
      expect(learnObservation(planner, found, next).known.stale).toEqual({ since: day(4), by: 'row' });
    }
  });

  it('that shows an offer again which was off sale makes the detail due, and is no change', () => {
    const { known, stat } = learnObservation(planner, seen(1, 2), row(3, { isReturned: true }));
    expect(known).toMatchObject({ stale: { since: day(3), by: 'row' }, changedAt: null });
    expect(stat?.isChanged).toBe(false);
  });

  it('with another date of modification is believed as long as such dates were right', () => {
    const moved = row(3, { modifiedAt: day(2) });
    expect(learnObservation(planner, seen(1, 1), moved).known.stale).toEqual({
      since: day(3),
      by: 'modify_date',
    });
    const wary = { ...planner, isDateTrusted: false };
    expect(learnObservation(wary, seen(1, 1), moved).known.stale).toBeNull();
  });

  it('refutes an absence', () => {
    const absent = seen(1, 1, { stale: { since: day(2), by: 'absence' } });
    expect(learnObservation(planner, absent, row(3)).known.stale).toBeNull();
  });

  it('that a newer detail has overtaken changes nothing', () => {
    const { known, stat } = learnObservation(planner, seen(1, 5), row(3, { isPriceChanged: true }));
    expect(known).toEqual(seen(3, 5));
    expect(stat).toBeNull();
  });
});

describe('a detail', () => {
  it('that is the first shows nothing of changes', () => {
    const { known, stat } = learnObservation(planner, seen(1, null), detail(2, true));
    expect(known).toEqual(seen(1, 2));
    expect(stat).toBeNull();
  });

  it('counts for what rows could not show since the one before', () => {
    // Ten days since the detail, two since the row: 0.7 * 2 + 0.3 * 10.
    const { known, stat } = learnObservation(planner, seen(9, 1), detail(11));
    expect(known.learned.days).toBeCloseTo(4.4, 9);
    // 1 - (1 + 4.4 / 10) ** -0.2
    expect(stat).toEqual({
      ...{ source: 'detail', hint: 'none', isChanged: false },
      odds: expect.closeTo(0.070_3, 4) as number,
    });
  });

  it('shows what share of changes rows show', () => {
    // 0.2 in 10 + 0.7 * 2 days: 0.2 * ln(1 + 3 / 11.4) = 0.04673 hidden ones in ten days, which count by 0.9768; 7 days are visible.
    const unchanged = learnObservation(planner, seen(9, 1), detail(11));
    expect(unchanged.visible).toBeCloseTo((0.976_8 * 7 * 0.2) / 14.4, 4);
    expect(unchanged.hidden).toBe(0);
    const unseen = learnObservation(planner, seen(9, 1), detail(11, true, false));
    expect(unseen.visible).toBeCloseTo(0.6425, 3);
    expect(unseen.hidden).toBeCloseTo((0.976_8 * 3 * (0.2 / 11.4)) / 0.045_66, 2);
    // What shows may hide others.
    const shown = learnObservation(planner, seen(9, 1), detail(11, true, true));
    expect(shown.visible + shown.hidden).toBe(0);
  });

  it('that a row prompted shows whether the hint was right, and of the rate nothing new', () => {
    const prompted = learnObservation(planner, seen(1, 1), row(3, { isPriceChanged: true })).known;
    const { known, stat, visible, hidden } = learnObservation(planner, prompted, detail(4, true));
    expect(known).toMatchObject({ learned: prompted.learned, stale: null });
    expect(stat).toMatchObject({ source: 'detail', hint: 'row', isChanged: true });
    expect(visible + hidden).toBe(0);
    expect(isDue(known)).toBe(false);
  });

  it('that is older than the hint leaves it', () => {
    const prompted = learnObservation(planner, seen(1, 1), row(3, { isPriceChanged: true })).known;
    expect(learnObservation(planner, prompted, detail(2)).known.stale).toEqual(prompted.stale);
    expect(learnObservation(planner, prompted, detail(3)).known.stale).toBeNull();
  });
});

describe('a place on a queue', () => {
  it('is later for an unchanged row, by the share of what it vouches for', () => {
    const { orderAt } = positionOf(planner, seen(11, 1));
    // Half for the row, half for the detail as far as the row vouches for it: 11 - 0.5 * 0.3 * 10.
    expect(orderAt).toEqual(day(9.5));
  });

  it('of an offer that was never fetched is that of a wrong detail', () => {
    expect(positionOf(planner, seen(3, null))).toMatchObject({ orderAt: day(3) });
    expect(isDue(seen(3, null))).toBe(true);
  });
});

it('for any observations in any order, everything stays finite and nothing is learned twice', () => {
  const observation = fc.oneof(
    fc
      .record({
        at: fc.integer({ min: 0, max: 60 }),
        isPriceChanged: fc.boolean(),
        isPriceOfDetail: fc.option(fc.boolean()),
        modifiedAt: fc.option(fc.integer({ min: 0, max: 60 }).map(day)),
        isReturned: fc.boolean(),
      })
      .map(({ at, ...more }) => row(at, more)),
    fc
      .record({ at: fc.integer({ min: 0, max: 60 }), isChanged: fc.boolean() })
      .map(({ at, isChanged }) => detail(at, isChanged)),
  );
  fc.assert(
    fc.property(fc.array(observation, { maxLength: 30 }), (observations) => {
      let known = seen(null, null);
      for (const next of observations) {
        const newest = next.kind === 'row' ? known.rowAt : known.detailAt;
        if (newest !== null && next.at <= newest) continue;
        const { known: after, stat } = learnObservation(planner, known, next);
        for (const value of [after.learned.changes, after.learned.days]) {
          expect(Number.isFinite(value) && value >= 0).toBe(true);
        }
        if (stat) expect(stat.odds >= 0 && stat.odds <= 1).toBe(true);
        const { bucket, orderAt } = positionOf(planner, after);
        expect(Number.isInteger(bucket) && Number.isFinite(orderAt.getTime())).toBe(true);
        expect(orderAt.getTime()).toBeLessThanOrEqual(Math.max(...[after.rowAt, after.detailAt].map(Number)));
        known = after;
      }
    }),
  );
});
