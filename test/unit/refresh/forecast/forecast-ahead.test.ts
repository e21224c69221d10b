import { describe, expect, it } from 'vitest';
import { forecastAhead, rangeOfAhead } from '../../../../src/refresh/forecast/forecast-ahead.ts';
import { forecast, type DetailsForecast } from '../../../../src/refresh/forecast/forecast.ts';
import type { CallLimit, Knowledge } from '../../../../src/refresh/forecast/knowledge.ts';
import { runAhead } from '../../../../src/refresh/forecast/run-ahead.ts';
import { feed, knowledge, limitOf, offer } from './known-world.ts';

/** A thousand offers whose details are always due, and 20 pages a day. */
const growing: Knowledge = {
  ...knowledge,
  offers: [{ feeds: ['a'], offers: 1000, sample: [offer], isAssumed: false }],
  freshness: { ...knowledge.freshness, detail: 0.1 },
};
/** No new offers are taken in. */
const full: Knowledge = { ...growing, feeds: [{ ...feed, maxOffers: 1000 }] };
const ahead = (known: Knowledge, days = 10) => forecastAhead(known, forecast(known), days);
const callsOf = (known: Knowledge) => ahead(known)?.callsPerDay ?? NaN;

const shared = (perDay: number): CallLimit => ({
  ...{ operations: ['search.keyword', 'offer.detail'], perDay, left: perDay },
});

describe('details over the next days', () => {
  it('are run ahead with the passes of the long run and the calls of the limits', () => {
    const known = { ...full, limits: [limitOf('offer.detail', 12), limitOf('offer.detail', 15)] };
    const terms = { days: 7, rowEveryDays: new Map([['a', 2]]), callsPerDay: 12 };
    expect(ahead(known, 7)).toEqual(runAhead(known, terms));
  });

  it('get of a limit that pages share what those leave', () => {
    // 20 pages a day, where there are calls for them.
    const { apis } = forecast({ ...full, limits: [shared(30)] });
    const pages = apis.find(({ operation }) => operation === 'search.keyword')?.perDay ?? NaN;
    expect(callsOf({ ...full, limits: [shared(30)] })).toBeCloseTo(30 - pages, 0);
    expect(
      callsOf({ ...full, limits: [limitOf('search.keyword', 5), limitOf('offer.detail', 12)] }),
    ).toBeCloseTo(12, 1);
    expect(callsOf({ ...full, limits: [shared(0)] })).toBe(0);
  });

  it('come after those of new offers, which take part of the calls', () => {
    const known = { ...growing, limits: [limitOf('offer.detail', 130)] };
    const longRun = forecast(known);
    // Four searches bring 50 a day each, half of them known: 100 new ones. 30 calls are left, and 0.3 of all at least.
    expect(longRun.feeds[0]?.newPerDay).toBeCloseTo(100, 6);
    const result = forecastAhead(known, longRun, 10);
    const terms = { days: 10, rowEveryDays: new Map([['a', 2]]), callsPerDay: 0.3 * 130 };
    expect(result?.ages).toEqual(runAhead(known, terms).ages);
    // Those of 0.3, and new offers as far as there are calls.
    expect(result?.callsPerDay).toBe(130);
  });

  it('are not foretold where no offer is known', () => {
    const assumed = { feeds: ['a'], offers: 100, sample: [offer], isAssumed: true };
    expect(ahead({ ...full, offers: [assumed] })).toBeNull();
    expect(ahead({ ...full, offers: [] })).toBeNull();
    expect(ahead({ ...full, offers: [assumed, { ...assumed, isAssumed: false }] })).not.toBeNull();
  });
});

describe('how far details over the next days can be trusted', () => {
  const learned = (visible: number, hidden: number): Knowledge => ({
    ...full,
    freshness: { ...full.freshness, detail: 6 },
    visibleShare: visible / (visible + hidden),
    shown: { visible, hidden },
  });
  function rangeOf(known: Knowledge) {
    const longRun = forecast(known);
    const middle = forecastAhead(known, longRun, 10);
    if (middle === null) throw new Error('no offer is known');
    return { middle, range: rangeOfAhead(middle, known, longRun, 10) };
  }
  const figures: readonly ((forecast: DetailsForecast) => number)[] = [
    ({ ages }) => ages.meanDays,
    ({ ages }) => ages.medianDays,
    ({ ages }) => ages.p90Days,
    ({ callsPerDay }) => callsPerDay,
    ({ fresh }) => fresh,
  ];

  it('follows from how well the share is known of changes that rows show', () => {
    const widths = [18, 180, 18_000].map((visible) => {
      const { middle, range } = rangeOf(learned(visible, visible / 9));
      for (const figure of figures) {
        expect(range && figure(range.least)).toBeLessThanOrEqual(figure(middle));
        expect(range && figure(range.most)).toBeGreaterThanOrEqual(figure(middle));
      }
      return range ? range.most.callsPerDay - range.least.callsPerDay : NaN;
    });
    expect(widths[0]).toBeGreaterThan(2 * (widths[1] ?? NaN));
    expect(widths[1]).toBeGreaterThan(2 * (widths[2] ?? NaN));
  });

  it('is not known where no share is learned', () => {
    expect(rangeOf(full).range).toBeNull();
  });
});
