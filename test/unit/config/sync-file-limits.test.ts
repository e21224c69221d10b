import { expect, it } from 'vitest';
import { parseSyncFile } from '../../../src/config/parse-sync-file.ts';
import { problemsOf } from '../../support/sync-file-problems.ts';

const withFeed = (feed: string) => `account: personal\nfeeds: [{ name: x, ${feed} }]`;
const minimal = `${withFeed('keywords: [a]')}\n`;

it.each([
  ['prices from an amount to the same', 'keywords: [a], price_min_cny: 5, price_max_cny: 5'],
  ['a highest price below one yuan', 'keywords: [a], price_max_cny: 0.5'],
  ['as many offers as it may have', 'offers: [1, 2], max_offers: 2'],
  ['a boost of one day', "keywords: [a], boosts: [{ from: '2026-11-11', until: '2026-11-11', factor: 2 }]"],
  ['the last page of a search', 'keywords: [a], max_pages: 40'],
  ['a keyword of 100 characters', `keywords: [${'k'.repeat(100)}]`],
  ['a picture with a path of 500 characters', `images: [${'p'.repeat(500)}]`],
  ['a watch list with a path of 500 characters', `offers_file: ${'p'.repeat(500)}`],
  ['the weight 100', 'keywords: [a], weight: 100'],
  ['the whole tree', 'categories: [0]'],
  ['an age of 366 days', 'offers: [1], max_age: 366d'],
  ['an age beside a watch list', 'offers_file: list.csv, max_age: 6h'],
  ['searches with a bound beside an age', 'keywords: [a], sellers: [s], max_offers: 1, max_age: 6h'],
])('a feed may have %s', (_, feed) => {
  expect(problemsOf(withFeed(feed))).toEqual([]);
});

it.each([
  ['keywords: [a], price_min_cny: 0.5, price_max_cny: 0.4', 'price_max_cny must not be below price_min_cny'],
  ['offers: [1, 2, 3], max_offers: 2', 'max_offers must not be below the number of offers'],
  [
    "keywords: [a], boosts: [{ from: '2026-11-12', until: '2026-11-11', factor: 2 }]",
    'boosts[0].until must not be before from',
  ],
  [`keywords: [${'k'.repeat(101)}]`, 'keywords[0] must have 1 to 100 characters'],
  [`images: [${'p'.repeat(501)}]`, 'images[0] must have 1 to 500 characters'],
  [`offers_file: ${'p'.repeat(501)}`, 'offers_file must have 1 to 500 characters'],
  ['keywords: [a], weight: 100.5', 'weight must be at most 100'],
  ['keywords: [a], weight: 0', 'weight must be above 0'],
  ['categories: [-1]', 'categories[0] must be a category id'],
  ['keywords: [a], max_offers: 1000000001', 'max_offers must be at most 1000000000'],
  ['keywords: [a], max_offers: 0', 'max_offers must be a number of offers'],
  ['offers: [1], max_age: 367d', 'max_age must be a duration from 30m to 366d'],
  ['offers: [1], sellers: [s], max_age: 6h', 'max_age needs max_offers'],
  ["images: ['ftp://cbu01.alicdn.com/1.jpg']", 'images[0] 1688 searches by urls of alicdn.com only'],
  ["images: ['https://']", 'images[0] 1688 searches by urls of alicdn.com only'],
])('a feed of %s is refused', (feed, problem) => {
  expect(problemsOf(withFeed(feed))).toEqual([expect.stringContaining(`feeds[0].${problem}`)]);
});

it.each([
  ['freshness: { detail: 1m }', null],
  ['freshness: { detail: 59s }', 'freshness.detail must be a duration from 1m to 366d'],
  ['freshness: { detail: 366d }', null],
  ['freshness: { detail: 367d }', 'freshness.detail must be a duration from 1m to 366d'],
  ['retention: { raw: 31d }', null],
  ['retention: { raw: 30d }', 'retention.raw must be a duration from 31d to 3660d'],
  ['retention: { raw: 3660d }', null],
  ['retention: { raw: 3661d }', 'retention.raw must be a duration from 31d to 3660d'],
  ['quotas: { per_second: 1000 }', null],
  ['quotas: { per_second: 1001 }', 'quotas.per_second must be at most 1000'],
  ['trackers: [{ name: a, feed: x, price_up_percent: 1000 }]', null],
  [
    'trackers: [{ name: a, feed: x, price_up_percent: 1001 }]',
    'trackers[0].price_up_percent must be at most 1000',
  ],
  ['trackers: [{ name: a, offers: [1], price_below_cny: 1 }]', null],
  ['trackers: [{ name: a, feed: x, events: [delisted] }]', null],
  [
    'trackers: [{ name: a, offers: [1], events: [delisted, delisted] }]',
    'trackers[0].events[1] repeats entry 1',
  ],
  ['quotas: { groups: [{ name: g, operations: [offer.detail], monthly: 5 }] }', null],
  ['schedules: [{ name: n, cron: "0 3 * * *", feeds: [x, x] }]', 'schedules[0].feeds[1] repeats entry 1'],
  ['boosts: 1', 'boosts is not a known key'],
  ['freshness: 5', 'freshness must be ages: category, search, detail'],
  ['schedules: [daily]', 'schedules[0] must be a schedule: name, cron, feeds ...'],
  ['quotas: { groups: [5] }', 'quotas.groups[0] must be a group: name, operations, daily, monthly'],
  ['schedules: [{ name: n, cron: "0,H 3 * * *" }]', 'schedules[0].cron must not use H'],
  [
    'schedules: [{ name: n, cron: "*/90 * * * *" }]',
    'schedules[0].cron must not step by 90 minutes: they begin anew after 60',
  ],
  [
    'schedules: [{ name: n, cron: "0 5,1-9/36 * * *" }]',
    'schedules[0].cron must not step by 36 hours: they begin anew after 24',
  ],
  ['schedules: [{ name: n, cron: "*/60 */24 */31 */12 */7" }]', null],
  ['trackers: [{ name: n, feed: x, price_down_percent: 100 }]', null],
  [
    'trackers: [{ name: n, feed: x, price_down_percent: 101 }]',
    'trackers[0].price_down_percent must be at most 100',
  ],
  [
    'schedules: [{ name: n, cron: "0 3 * * *", budget_calls: 0 }]',
    'schedules[0].budget_calls must be a number',
  ],
])('%s: %s', (line, problem) => {
  expect(problemsOf(minimal + line)).toEqual(problem === null ? [] : [expect.stringContaining(problem)]);
});

it('one bad value hides no other problem', () => {
  const trackers = 'trackers: [{ name: 5, offers: [1, 1], events: [sold] }]';
  expect(problemsOf(`account: personal\nfeeds: [{ name: B, keywords: [5, a, a] }]\n${trackers}`)).toEqual([
    expect.stringContaining('feeds[0].name must be 1 to 40'),
    expect.stringContaining('feeds[0].keywords[0] must be text'),
    expect.stringContaining('feeds[0].keywords[2] repeats entry 2 of the list'),
    expect.stringContaining('trackers[0].name must be the name of a tracker'),
    expect.stringContaining('trackers[0].offers[1] repeats entry 1 of the list'),
    expect.stringContaining('trackers[0].events[0] must be one of'),
  ]);
});

it('exactly fifty problems are all said, of fifty-one the last is counted', () => {
  const bad = (count: number) => problemsOf(`account: personal\nfeeds:\n${'- 1\n'.repeat(count)}`);
  expect(bad(50)).toHaveLength(50);
  expect(bad(50).at(-1)).toMatch(/^f\.yaml:52:/);
  expect(bad(51).at(-1)).toBe('and 1 more');
});

it('of fifty-one problems, those that come first in the file are said', () => {
  const problems = problemsOf(`acount: personal\naccount: personal\nfeeds:\n${'- 1\n'.repeat(50)}`);
  expect(problems[0]).toBe('f.yaml:1:1 acount is not a known key: did you mean account?');
  expect(problems).toHaveLength(51);
  expect(problems.at(-1)).toBe('and 1 more');
});

it('of the keys that are not known and not said, each is counted', () => {
  const unknown = (count: number) => Array.from({ length: count }, (_, n) => `odd${String(n)}: 1\n`).join('');
  const file = (count: number) => `account: personal\nfeeds:\n${'- 1\n'.repeat(60)}${unknown(count)}`;
  expect(problemsOf(file(0)).at(-1)).toBe('and 10 more');
  expect(problemsOf(file(3)).at(-1)).toBe('and 13 more');
});

it('a file of a million characters is read, and no longer one', () => {
  const filled = (length: number) => `${minimal}#${'x'.repeat(length - minimal.length - 1)}`;
  expect(parseSyncFile(filled(1_000_000), 'f.yaml').feeds).toHaveLength(1);
  expect(problemsOf(filled(1_000_001))).toEqual(['f.yaml:1:1 is longer than 1000000 characters']);
});
