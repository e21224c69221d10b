import { describe, expect, it } from 'vitest';
import { parseSyncFile } from '../../../src/config/parse-sync-file.ts';
import type { Schedule } from '../../../src/model/sync-config.ts';
import { assessPromises, readBrokenPromises, type PromiseFacts } from '../../../src/runs/assess-promises.ts';

const hourMs = 3_600_000;
/** A Sunday. */
const now = new Date('2026-11-29T12:00:00Z');

const syncOf = (feed: string) => parseSyncFile(`account: personal\nfeeds: [{ name: w, ${feed} }]\n`, 'test');
const cron = (text: string, more: Partial<Schedule> = {}): Schedule => ({
  ...{ name: text, cron: text, timezone: 'UTC', feeds: ['w'], budgetCalls: null, missed: 'skip' },
  ...more,
});
/** Of so many calls a day, runs have all but a twentieth. */
const detailCalls = (calls: number): PromiseFacts['limits'] => [
  { operations: ['offer.detail'], period: 'day', calls, leftToday: null },
];
const assess = (feed: string, facts: Partial<PromiseFacts>) =>
  assessPromises(syncOf(feed), {
    ...{ limits: detailCalls(1000), schedules: [], offers: new Map(), runGaps: new Map(), now },
    ...facts,
  });

describe('the time between two runs of a feed', () => {
  const apart = (schedules: readonly Schedule[], runGaps: PromiseFacts['runGaps'] = new Map()) =>
    assess('offers: [1], max_age: 6h', { schedules, runGaps }).map(({ cause, runEveryMs }) => ({
      cause,
      hours: runEveryMs / hourMs,
    }));

  it.each([
    [['0 */8 * * *'], 8],
    // A week has the gaps of most schedules.
    [['0 0 * * 1'], 7 * 24],
    [['0 1,3,9 * * *'], 16],
    [['0 0 * * *', '0 8 * * *'], 16],
    [['0 8 * * *', '0 0 * * *'], 16],
  ])('is the longest between two slots of its schedules: %j, %i hours', (crons, hours) => {
    expect(apart(crons.map((text) => cron(text)))).toEqual([{ cause: 'runs', hours }]);
  });

  it('is as schedules say, and without one of its own as its runs of late were', () => {
    const gaps = new Map([['w', 9 * hourMs]]);
    expect(apart([cron('0 */8 * * *')], gaps)).toEqual([{ cause: 'runs', hours: 8 }]);
    expect(apart([cron('0 */8 * * *', { feeds: ['other'] })], gaps)).toEqual([{ cause: 'runs', hours: 9 }]);
  });

  it('is unknown without schedules and runs: then only calls can be missing', () => {
    expect(apart([])).toEqual([]);
    expect(assess('offers: [1], max_age: 6h', { limits: detailCalls(4) })).toMatchObject([
      { cause: 'calls', runEveryMs: 0, callsPerDay: 4 },
    ]);
  });
});

describe('a promised age', () => {
  // Every 5 h 55 min, so that none is older than 6 h when the next run has fetched it: 4.06 calls a day and offer.
  const needed = (offers: number) => (offers * 24) / (5 + 55 / 60);
  const lacks = (feed: string, offers: PromiseFacts['offers'] = new Map()) =>
    assess(`${feed}, max_age: 6h`, { offers, limits: detailCalls(4) });

  it.each<[string, string, number | undefined, number]>([
    ['its watch list', 'offers: [1, 2, 3]', undefined, 3],
    ['what it may get, before its first run', 'keywords: [k], max_offers: 7', undefined, 7],
    ['what it has', 'keywords: [k], max_offers: 7', 5, 5],
    ['what a bound leaves it that was lowered', 'keywords: [k], max_offers: 7', 9, 7],
    ['its watch list, where not all of it is known yet', 'offers: [1, 2, 3]', 2, 3],
  ])('is for %s', (_, feed, known, offers) => {
    const found = lacks(feed, known === undefined ? new Map() : new Map([['w', known]]));
    expect(found).toMatchObject([{ feed: 'w', offers, cause: 'calls' }]);
    expect(found[0]?.neededPerDay).toBeCloseTo(needed(offers), 6);
  });

  it('is for the watch list as it is once its file is read, whatever its feed may get', () => {
    const withFile = (offers: readonly string[], maxOffers: number | null) => {
      const sync = syncOf('offers_file: w.csv, max_age: 6h');
      const feeds = sync.feeds.map((feed) => ({ ...feed, offers, maxOffers }));
      const facts = { schedules: [], offers: new Map(), runGaps: new Map(), now, limits: detailCalls(4) };
      return assessPromises({ ...sync, feeds }, facts).map(({ offers: found }) => found);
    };
    expect(withFile(['1', '2', '3'], 2)).toEqual([3]);
    expect(withFile([], null)).toEqual([]);
  });

  it('has the calls of the tightest limit that counts details', () => {
    const callsPerDay = (facts: Partial<PromiseFacts>) =>
      assess('offers: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10], max_age: 6h', facts).map((one) => one.callsPerDay);
    expect(callsPerDay({ limits: detailCalls(40) })).toEqual([38]);
    expect(callsPerDay({ limits: [...detailCalls(40), ...detailCalls(20)] })).toEqual([19]);
    const searches = { operations: ['search.keyword'], period: 'day', calls: 4, leftToday: null } as const;
    expect(callsPerDay({ limits: [searches] })).toEqual([]);
    // Four runs a day of seven calls.
    const budget = [cron('0 */6 * * *', { budgetCalls: 7 })];
    expect(assess('offers: [1,2,3,4,5,6,7,8,9,10], max_age: 8h', { schedules: budget })).toMatchObject([
      { callsPerDay: 28, neededPerDay: 40 },
    ]);
  });
});

describe('what is read for promised ages', () => {
  const deps = (feeds: string, asked: string[]) => ({
    sync: parseSyncFile(`account: personal\nfeeds:\n${feeds}`, 'test'),
    report: { listLimits: async () => (asked.push('limits'), []) },
    quota: { listHolds: async () => [], ledgerNow: async () => now },
    schedules: { list: async () => [] },
    ages: {
      countOffers: async (names: readonly string[]) => (asked.push(`offers of ${names.join()}`), new Map()),
      listRunGaps: async (names: readonly string[]) => (asked.push(`gaps of ${names.join()}`), new Map()),
    },
  });

  it('is of the feeds that promise one', async () => {
    const asked: string[] = [];
    const feeds = '  - { name: a, keywords: [k] }\n  - { name: b, offers: [1], max_age: 6h }\n';
    expect(await readBrokenPromises(deps(feeds, asked))).toEqual([]);
    expect(asked.toSorted()).toEqual(['gaps of b', 'limits', 'offers of b']);
  });

  it('is nothing where no feed does', async () => {
    const asked: string[] = [];
    expect(await readBrokenPromises(deps('  - { name: a, keywords: [k] }\n', asked))).toEqual([]);
    expect(asked).toEqual([]);
  });
});
