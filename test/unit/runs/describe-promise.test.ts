import { expect, it } from 'vitest';
import type { BrokenPromise } from '../../../src/refresh/promised-ages.ts';
import { describePromise } from '../../../src/runs/describe-promise.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

const tooFar: BrokenPromise = {
  ...{ feed: 'watch', offers: 1200, cause: 'runs', maxAgeMs: 6 * hourMs, runEveryMs: 8 * hourMs },
  ...{ heldMs: 8 * hourMs + 6 * minuteMs, neededPerDay: 5000, callsPerDay: 475 },
};
const tooFew: BrokenPromise = { ...tooFar, cause: 'calls', neededPerDay: 959.2, callsPerDay: 459 };

it.each<[string, BrokenPromise, string, string]>([
  [
    'runs are too far apart',
    tooFar,
    'max_age 6h of feed watch cannot be held: its runs are up to 8h apart',
    // Five minutes are for what is due first, and one is to spare.
    '8h6m can be held (max_age: 486m); or schedule runs at most 5h54m apart',
  ],
  [
    'runs are too far apart for an age of minutes',
    { ...tooFar, maxAgeMs: 45 * minuteMs, runEveryMs: 54 * minuteMs, heldMs: hourMs },
    'max_age 45m of feed watch cannot be held: its runs are up to 54m apart',
    '1h can be held (max_age: 1h); or schedule runs at most 39m apart',
  ],
  [
    'runs are some seconds less than whole hours apart',
    { ...tooFar, runEveryMs: 8 * hourMs - 15_000, heldMs: Infinity },
    'max_age 6h of feed watch cannot be held: its runs are up to 8h apart',
    'Schedule runs at most 5h54m apart',
  ],
  [
    'runs are too far apart, and calls are missing for any age',
    { ...tooFar, heldMs: Infinity },
    'max_age 6h of feed watch cannot be held: its runs are up to 8h apart',
    'Schedule runs at most 5h54m apart',
  ],
  [
    'calls are missing',
    tooFew,
    'max_age 6h of feed watch cannot be held: all promised ages need 960 detail calls a day, and runs have 459',
    // 959.2 are 95 % of 1,009.7.
    'With 1,200 offers at these calls, 8h6m can be held (max_age: 486m); or ask for 1,010 calls a day',
  ],
  [
    'calls are missing for any age',
    { ...tooFew, heldMs: Infinity, callsPerDay: 0 },
    'max_age 6h of feed watch cannot be held: all promised ages need 960 detail calls a day, and runs have 0',
    'Free the API, or ask for 1,010 calls a day',
  ],
  [
    'one call is missing',
    { ...tooFew, offers: 1, neededPerDay: 0.9, callsPerDay: 0 },
    'max_age 6h of feed watch cannot be held: all promised ages need 1 detail call a day, and runs have 0',
    'With 1 offer at these calls, 8h6m can be held (max_age: 486m); or ask for 1 call a day',
  ],
])('%s: the sentences say what is wrong, and what would hold', (_, broken, problem, remedy) => {
  expect(describePromise(broken)).toEqual({ problem, remedy });
});
