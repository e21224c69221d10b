import { describe, expect, it } from 'vitest';
import { steadyStateDetails } from '../../../../src/refresh/forecast/steady-state-details.ts';
import type { Knowledge, OfferGroup } from '../../../../src/refresh/forecast/knowledge.ts';
import { feed, knowledge, offer } from './known-world.ts';

const group: OfferGroup = { feeds: ['a'], offers: 100, sample: [offer], isAssumed: false };
const noRows = new Map<string, number>();
const atMost = (room: number) => () => room;
const steady = (
  part: Partial<Knowledge>,
  room = atMost(Infinity),
  rows: ReadonlyMap<string, number> = noRows,
) => steadyStateDetails({ ...knowledge, ...part }, rows, room);

describe('details of offers that no search lists', () => {
  it('are fetched as often as they may become old, in whole runs', () => {
    const freshness = { ...knowledge.freshness, detail: 1.5 };
    const { steady: own, wanted } = steady({ freshness });
    expect(wanted).toBe(50);
    expect(own).toMatchObject([
      { feeds: ['a'], offers: 100, callsPerDay: 50, cycle: { everyDays: 2, promptsPerDay: 0 } },
    ]);
    expect(own[0]?.ageDays).toBeCloseTo(1, 9);
    // 5 ln 1.2: the mean of 1 / (1 + t / 10) over two days.
    expect(own[0]?.fresh).toBeCloseTo(0.911_6, 3);
  });

  it('share the calls that there are', () => {
    const [own] = steady({}, atMost(10)).steady;
    expect(own?.cycle.everyDays).toBeCloseTo(10, 6);
    expect(own?.callsPerDay).toBeCloseTo(10, 6);
  });

  it('are never fetched again without calls', () => {
    expect(steady({}, atMost(0)).steady).toEqual([
      {
        ...{ feeds: ['a'], offers: 100, cycle: { everyDays: Infinity, promptsPerDay: 0 } },
        ...{ callsPerDay: 0, ageDays: Infinity, fresh: 0 },
      },
    ]);
  });

  it('that matter least get three tenths of the calls, past the floor age', () => {
    const sample = [20, 0.05].map((popularity) => ({ ...offer, popularity }));
    const { steady: own } = steady({ offers: [{ ...group, sample }] }, atMost(10));
    expect(own.map(({ offers }) => offers)).toEqual([50, 50]);
    // 100 offers, three calls a day: the light ones take 1.5 of ten.
    expect(own[1]?.cycle.everyDays).toBeCloseTo(100 / 3, 6);
    expect(own[0]?.cycle.everyDays).toBeCloseTo(50 / 8.5, 3);
  });
});

describe('offers of several feeds', () => {
  const daysOf = (part: Partial<Knowledge>) =>
    steady(part, atMost(10)).steady.map(({ cycle }) => cycle.everyDays);
  const weigh = (...weights: readonly number[]) =>
    weights.map((weight, index) => ({ ...feed, name: 'ab'[index] ?? '', weight }));
  const heavy = { ...offer, popularity: 4 };

  it('matter as to the feed that weighs most', () => {
    const both = { ...group, feeds: ['b', 'a'] };
    const [one, other] = daysOf({ feeds: weigh(1, 4), offers: [both, { ...group, sample: [heavy] }] });
    expect(one).toBeCloseTo(other ?? 0, 9);
    const [light, heavier] = daysOf({ feeds: weigh(1, 4), offers: [group, both] });
    expect(light).toBeGreaterThan(1.2 * (heavier ?? 0));
  });

  it('do not matter for a feed that is not there any more', () => {
    const half = { ...offer, popularity: 0.5 };
    const [ended, other] = daysOf({
      feeds: [...weigh(0.5), { ...feed, name: 'c', weight: 1 }],
      offers: [
        { ...group, feeds: ['a', 'ended'] },
        { ...group, feeds: ['c'], sample: [half] },
      ],
    });
    expect(ended).toBeCloseTo(other ?? 0, 9);
  });

  it('have the rows of the feed whose searches are passed most often', () => {
    const rows = new Map([
      ['a', 9],
      ['b', 3],
    ]);
    const offers = [{ ...group, feeds: ['a', 'b', 'c'] }];
    const { steady: own } = steady({ visibleShare: 0.7, offers }, atMost(Infinity), rows);
    // (1 - 1 / (1 + 0.7 * 3 / 10)) / 3
    expect(own[0]?.cycle.promptsPerDay).toBeCloseTo(0.057_851, 6);
    // 3 days count after (3 - 0.85 * 2) / 0.15.
    expect(own[0]?.cycle.everyDays).toBe(9);
  });

  it('are not even fetched for rows that changed where calls are worth more than that', () => {
    const rows = new Map([['a', 3]]);
    const cycles = (room: number) =>
      steady({ visibleShare: 0.7 }, atMost(room), rows).steady.map(({ cycle }) => cycle.promptsPerDay > 0);
    expect(cycles(10)).toEqual([true]);
    expect(cycles(0.001)).toEqual([false]);
  });
});
