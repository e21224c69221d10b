import { describe, expect, it } from 'vitest';
import {
  countPromisedCalls,
  dueAgeMs,
  findBrokenPromises,
  runLeadMs,
  toPromisedSets,
} from '../../../src/refresh/promised-ages.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

describe('the age from which a detail is due', () => {
  it('leaves room for the time until the next run and for that run to reach it', () => {
    const promised = { maxAgeMs: 6 * hourMs, nextRunMs: hourMs };
    expect(dueAgeMs(promised, 0)).toBe(6 * hourMs - hourMs - runLeadMs);
    expect(dueAgeMs({ ...promised, nextRunMs: 5 * hourMs }, 0)).toBe(hourMs - runLeadMs);
  });

  it('is half of the promised age where runs are too far apart, or nobody knows when they come', () => {
    for (const nextRunMs of [6 * hourMs - runLeadMs, 12 * hourMs, null])
      expect(dueAgeMs({ maxAgeMs: 6 * hourMs, nextRunMs }, 0)).toBe(3 * hourMs);
  });

  it('does not come again in the run that fetched the detail, unless it lasts longer than half of the promised age', () => {
    const promised = { maxAgeMs: 6 * hourMs, nextRunMs: 5.5 * hourMs };
    expect(dueAgeMs(promised, 40 * minuteMs)).toBe(40 * minuteMs);
    expect(dueAgeMs(promised, 20 * hourMs)).toBe(3 * hourMs);
  });
});

it('a set of feeds has the strictest age of its feeds, and is due as the first of them is', () => {
  const promised = [
    { name: 'a', maxAgeMs: 6 * hourMs, nextRunMs: hourMs },
    { name: 'b', maxAgeMs: 4 * hourMs, nextRunMs: 2 * hourMs },
  ];
  const sets = [
    { feedSet: 1, feeds: ['a', 'big'] },
    { feedSet: 2, feeds: ['a', 'b'] },
    { feedSet: 3, feeds: ['big'] },
  ];
  expect(toPromisedSets(sets, promised, 0)).toEqual([
    { feedSet: 1, maxAgeMs: 6 * hourMs, dueAgeMs: 295 * minuteMs, everyMs: 295 * minuteMs },
    // It is due at 1 h 55 min; calls are reckoned with half of its age.
    { feedSet: 2, maxAgeMs: 4 * hourMs, dueAgeMs: 115 * minuteMs, everyMs: 2 * hourMs },
  ]);
});

describe('what the quota holds', () => {
  const watch = { feed: 'watch', offers: 200, maxAgeMs: 6 * hourMs, runEveryMs: hourMs };

  it('is counted by the runs: six hours are held by a detail every five', () => {
    expect(countPromisedCalls([watch])).toBe(200 * 4.8);
    expect(findBrokenPromises([watch], 960)).toEqual([]);
  });

  it('is broken by one call too few, and what could be held is named and holds', () => {
    const [broken] = findBrokenPromises([watch], 959);
    expect(broken).toMatchObject({ cause: 'calls', neededPerDay: 960, callsPerDay: 959 });
    // Every six hours: 800 calls.
    expect(broken?.heldMs).toBe(6 * hourMs + runLeadMs + minuteMs);
    expect(findBrokenPromises([{ ...watch, maxAgeMs: broken?.heldMs ?? 0 }], 959)).toEqual([]);
    expect(findBrokenPromises([{ ...watch, maxAgeMs: (broken?.heldMs ?? 0) - minuteMs }], 959)).toHaveLength(
      1,
    );
  });

  it('without known runs is the calls of a day divided by the offers', () => {
    const [broken] = findBrokenPromises([{ ...watch, runEveryMs: 0 }], 500);
    const least = 9.6 * hourMs + runLeadMs;
    expect([least, least + minuteMs]).toContain(broken?.heldMs);
  });

  it('may be many times too small: what could be held is as many times longer', () => {
    const [broken] = findBrokenPromises([{ ...watch, runEveryMs: 0 }], 50);
    const least = 96 * hourMs + runLeadMs;
    expect([least, least + minuteMs]).toContain(broken?.heldMs);
  });

  it('is broken by runs that are too far apart, whatever the quota', () => {
    const daily = { ...watch, runEveryMs: 12 * hourMs };
    const [broken] = findBrokenPromises([daily], 1_000_000);
    expect(broken).toMatchObject({ cause: 'runs', heldMs: 12 * hourMs + runLeadMs + minuteMs });
    expect(findBrokenPromises([{ ...daily, maxAgeMs: broken?.heldMs ?? 0 }], 1_000_000)).toEqual([]);
  });

  it('is shared by all promises: what could be held of each is held together', () => {
    const both = [watch, { ...watch, feed: 'other', offers: 50, maxAgeMs: 2 * hourMs }];
    const broken = findBrokenPromises(both, 700);
    expect(broken.map(({ feed }) => feed)).toEqual(['watch', 'other']);
    const held = both.map((one, index) => ({ ...one, maxAgeMs: broken[index]?.heldMs ?? 0 }));
    expect(findBrokenPromises(held, 700)).toEqual([]);
  });

  it('is nothing without calls, and everything without offers', () => {
    expect(findBrokenPromises([watch], 0)[0]?.heldMs).toBe(Infinity);
    expect(findBrokenPromises([{ ...watch, offers: 0 }], 0)).toEqual([]);
  });
});
