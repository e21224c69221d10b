import { describe, expect, it } from 'vitest';
import { sightOffer } from '../../../../src/refresh/planner/sight-offer.ts';
import { day, detail, planner, row, seen } from '../../../support/offer-observations.ts';

describe('what an observation says of the shop of its offer', () => {
  it('is whether a price changed since the offer was seen before, and how likely that was', () => {
    expect(sightOffer(planner, seen(1, null), row(11, { isPriceChanged: true }))).toEqual({
      ...{ lastAt: day(1), at: day(11), isPriceChanged: true },
      // 1 - (10 / 17) ^ 0.2
      odds: expect.closeTo(0.1007, 4) as number,
    });
    expect(sightOffer(planner, seen(1, 6), row(11))).toMatchObject({ lastAt: day(6), isPriceChanged: false });
    expect(sightOffer(planner, seen(6, 1), detail(11, true, true))).toMatchObject({
      ...{ lastAt: day(6), isPriceChanged: true },
    });
    expect(sightOffer(planner, seen(1, 1), detail(11, true, false))?.isPriceChanged).toBe(false);
  });

  it('is no date of modification, and no price that the detail before had shown already', () => {
    expect(sightOffer(planner, seen(1, 1), row(3, { modifiedAt: day(2) }))?.isPriceChanged).toBe(false);
    const shown = row(3, { isPriceChanged: true, isPriceOfDetail: true });
    expect(sightOffer(planner, seen(1, 2), shown)).toMatchObject({ lastAt: day(2), isPriceChanged: false });
  });

  it('is nothing of the first one, of a late one, and of a detail that a row had prompted', () => {
    expect(sightOffer(planner, seen(null, 1), row(3))).toBeNull();
    expect(sightOffer(planner, seen(1, null), detail(3, true, true))).toBeNull();
    expect(sightOffer(planner, seen(1, 5), row(3, { isPriceChanged: true }))).toBeNull();
    expect(sightOffer(planner, seen(5, 1), detail(3, true, true))).toBeNull();
    expect(sightOffer(planner, seen(3, 1), detail(3, true, true))).toBeNull();
    const prompted = seen(3, 1, { stale: { since: day(3), by: 'row' } });
    expect(sightOffer(planner, prompted, detail(4, true, true))).toBeNull();
    const dated = seen(3, 1, { stale: { since: day(3), by: 'modify_date' } });
    expect(sightOffer(planner, dated, detail(4, true, true))).not.toBeNull();
  });
});
