import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Pool } from 'pg';
import { chooseFetches } from '../../../src/refresh/choose-fetches.ts';
import type { DueWindow } from '../../../src/refresh/queue/due-windows.ts';
import { createRefreshQueue } from '../../../src/refresh/queue/refresh-queue.ts';
import type { Feed } from '../../../src/model/sync-config.ts';
import { parseSyncFile } from '../../../src/config/parse-sync-file.ts';
import { at, noon, openStillLedger, type Row, type StillLedger } from '../../support/still-ledger.ts';
import { day, feedSets, hour, offer } from '../../support/refresh-rows.ts';
import { feedOf } from '../../support/feeds.ts';

/* What is fetched next: details and pages, by what each is worth. */

let still: StillLedger;
beforeAll(async () => {
  still = await openStillLedger();
});
afterAll(() => still.close());

const worth = { pages: 1, soonValue: 0.5, lateValue: 4, newOffers: 0, exposureDays: 1e6 };
/** A search whose page is worth a day of freshness for each day of its age. */
const known = (windowId: string, ageDays: number, part: Partial<DueWindow> = {}): DueWindow => ({
  ...{ windowId, page: 1, kind: 'search', feed: 'a', isFree: true, pagesLeft: 1, ageDays, worth, ...part },
});
const unknown = (windowId: string, part: Partial<DueWindow> = {}) =>
  known(windowId, 0, { ageDays: null, worth: null, ...part });

/** An offer whose detail is so many days old, in a bucket of its own. */
const aged = (offerId: number, days: number, values: Row[1] = {}): Row =>
  offer(offerId, {
    ...{
      bucket: offerId,
      order_at: at(-days * day),
      summary_at: at(-days * day),
      detail_at: at(-days * day),
    },
    ...values,
  });
const wrong = (offerId: number, values: Row[1] = {}) => aged(offerId, 1, { bucket: -offerId, ...values });

interface Wish {
  readonly windows?: readonly DueWindow[];
  readonly calls?: number;
  readonly pagesFirst?: number;
  readonly mayDetail?: boolean;
  readonly promised?: boolean;
  readonly feeds?: readonly Feed[];
  /** The sync file's, which may be more. */
  readonly all?: readonly Feed[];
  readonly planner?: string;
}

const a = feedOf('a');
const promisedSets = [
  { feedSet: 1, maxAgeMs: 9 * day * 1000, dueAgeMs: 5 * day * 1000, everyMs: day * 1000 },
];

async function chooseFrom(pool: Pool, wish: Wish) {
  const { windows = [], calls = 9, pagesFirst = 0, mayDetail = true, feeds = [a], all = feeds } = wish;
  await pool.query(`UPDATE sync.planner SET ${wish.planner ?? 'mean_popularity = 1, floor_days = NULL'}`);
  const sync = {
    ...parseSyncFile('account: business\nfeeds: [{ name: z, keywords: [x] }]\n', 'test'),
    feeds: all,
  };
  const { promised, picks } = await chooseFetches(
    { refreshQueue: createRefreshQueue({ pool }), sync },
    {
      ...{ feeds, now: new Date(noon), calls, windows, pagesFirst, mayDetail, detailAgeMs: hour * 1000 },
      promisedSets: wish.promised ? promisedSets : [],
    },
  );
  const names = picks.map((pick) =>
    pick.kind === 'detail' ? pick.offer.candidate.offerId : (pick.windowId ?? '?'),
  );
  return { promised, names, values: picks.map(({ value }) => value) };
}

const choose = (rows: readonly Row[], wish: Wish = {}) =>
  still.within([...feedSets, ...rows], (pool) => chooseFrom(pool, wish));
const namesOf = async (rows: readonly Row[], wish: Wish = {}) => (await choose(rows, wish)).names;

describe('details', () => {
  it('come by what they are worth: by their age, by popularity, and those that are wrong', async () => {
    const rows = [aged(1, 3), aged(2, 9), aged(3, 3, { popularity: 9 }), wrong(4), aged(5, 0.01)];
    expect(await namesOf(rows)).toEqual(['4', '3', '2', '1']);
    expect(await namesOf(rows, { calls: 2 })).toEqual(['4', '3']);
    expect(await namesOf(rows, { mayDetail: false })).toEqual([]);
  });

  it('are more than the first few of a bucket', async () => {
    const rows = Array.from({ length: 25 }, (_, index) => aged(index + 1, 40 - index, { bucket: 7 }));
    expect(await namesOf(rows, { calls: 24 })).toEqual(
      Array.from({ length: 24 }, (_, index) => String(index + 1)),
    );
  });

  it('are as old as their detail, though their row is younger, and never younger than it', async () => {
    const rows = [
      aged(1, 2, { summary_at: at(-day), detail_at: at(-4 * day) }),
      aged(2, 2, { summary_at: at(-day), detail_at: at(-9 * day) }),
      aged(3, 2, { bucket: -3, detail_at: null, summary_at: at(-9 * day) }),
    ];
    expect(await namesOf(rows)).toEqual(['3', '2', '1']);
  });

  it('weigh as the feed that weighs most, today, next to all offers', async () => {
    const b = feedOf('b', { weight: 9 });
    const boosted = feedOf('b', { boosts: [{ fromDay: '2026-11-25', untilDay: '2026-11-25', factor: 9 }] });
    const rows = [
      aged(1, 3),
      aged(2, 3, { feed_set: 3 }),
      aged(4, 2, { feed_set: 2 }),
      aged(3, 3, { popularity: 2 }),
    ];
    for (const feed of [b, boosted])
      expect(await namesOf(rows, { feeds: [a, feed] })).toEqual(['2', '4', '3', '1']);
    // Of feeds that a run leaves out, the weight counts all the same; of those that the file has no more, none.
    expect(await namesOf(rows, { feeds: [a], all: [a, b] })).toEqual(['2', '3', '1']);
    expect(await namesOf(rows, { feeds: [a], all: [a] })).toEqual(['3', '1', '2']);
    const single = [aged(1, 3), aged(2, 2)];
    const plain = await choose(single);
    const popular = await choose(single, { planner: 'mean_popularity = 4' });
    expect(plain.values[0]).toBeCloseTo(4 * (popular.values[0] ?? 0), 9);
  });

  it('in buckets of the same number are apart where their feeds are', async () => {
    const rows = [1, 2, 3, 4, 5, 6].map((id) => aged(id, 10 - id, { bucket: 7, feed_set: id > 3 ? 3 : 1 }));
    expect(await namesOf(rows, { feeds: [a, feedOf('b')] })).toEqual(['1', '2', '3', '4', '5', '6']);
  });

  it('past the floor age come first, in three of ten calls', async () => {
    const rows = [
      ...[1, 2, 3, 4].map((id) => aged(id, 60 + id, { popularity: 0.01 })),
      ...[11, 12].map((id) => wrong(id)),
    ];
    const planner = 'mean_popularity = 1, floor_days = 50';
    expect(await namesOf(rows, { planner, calls: 10 })).toEqual(['4', '3', '2', '12', '11', '1']);
    expect(await namesOf(rows, { planner: 'mean_popularity = 1, floor_days = 99', calls: 10 })).toEqual([
      ...['12', '11', '4', '3', '2', '1'],
    ]);
  });
});

describe('promised details', () => {
  const rows = [aged(1, 4), aged(2, 5), aged(3, 6), wrong(4, { detail_at: at(-7 * day) })];

  it('come before all others, and are chosen once', async () => {
    expect(await choose(rows, { promised: true })).toMatchObject({ promised: ['4', '3', '2'], names: ['1'] });
    expect(await choose(rows, { promised: true, calls: 2 })).toMatchObject({
      promised: ['4', '3'],
      names: [],
    });
    expect(await choose(rows, { promised: true, calls: 4 })).toMatchObject({ names: ['1'] });
  });

  it('are not asked for where details are not, or none is promised', async () => {
    expect(await choose(rows, { promised: true, mayDetail: false })).toMatchObject({
      promised: [],
      names: [],
    });
    expect((await choose(rows)).promised).toEqual([]);
  });
});

describe('pages', () => {
  it('of known searches come first while they are few, before details that they may spare', async () => {
    const windows = [known('w1', 1, { pagesLeft: 2 }), unknown('w2', { pagesLeft: 9 }), known('w3', 2)];
    const rows = [aged(1, 9, { popularity: 400 }), wrong(2)];
    // Known to be wrong, or past the floor age: nothing spares them.
    const first = await namesOf(rows, { windows, pagesFirst: 3, calls: 12 });
    expect(first.slice(0, 3)).toEqual(['w1', 'w3', '?']);
    expect(first).toContain('2');
    expect(first).not.toContain('1');
    const floor = { planner: 'mean_popularity = 1, floor_days = 8', calls: 12 };
    expect(await namesOf(rows, { windows, pagesFirst: 3, ...floor })).toContain('1');
    const later = await namesOf(rows, { windows, pagesFirst: 2, calls: 12 });
    expect(later.indexOf('1')).toBeLessThan(later.indexOf('w3'));
    expect(later).toContain('1');
  });

  it('of known searches that are many come by what they are worth', async () => {
    const windows = [known('w1', 1), known('w3', 3), known('w2', 2)];
    const { names, values } = await choose([], { windows });
    expect(names).toEqual(['w3', 'w2', 'w1']);
    expect(values).toEqual([3, 2, 1].map((value) => expect.closeTo(value, 3) as number));
    expect(await namesOf([], { windows, calls: 2 })).toEqual(['w3', 'w2']);
  });

  it('that are worth more keep details waiting that are worth less, but for wrong ones', async () => {
    const rows = [aged(1, 2), wrong(2, { popularity: 0.05 }), aged(3, 2, { popularity: 50 })];
    const page = known('w', 1);
    const names = await namesOf(rows, { windows: [page] });
    expect(names).toEqual(['3', 'w', '2']);
    expect(await namesOf(rows, { windows: [{ ...page, ageDays: 0.001 }] })).toContain('1');
    // New offers spare no details of others.
    expect(await namesOf(rows, { windows: [unknown('w')] })).toContain('1');
    const floor = { planner: 'mean_popularity = 1, floor_days = 1.9', calls: 3 };
    expect(await namesOf([aged(1, 2)], { windows: [page], ...floor })).toEqual(['w', '1']);
    expect(
      await namesOf([aged(1, 2)], {
        windows: [page],
        ...floor,
        planner: 'mean_popularity = 1, floor_days = 2',
      }),
    ).toEqual(['w']);
  });

  it('weigh as their feed does', async () => {
    const windows = [known('w1', 2), known('w2', 1, { feed: 'b' }), known('w3', 1.5, { feed: 'ended' })];
    expect(await namesOf([], { windows, feeds: [a, feedOf('b', { weight: 3 })] })).toEqual([
      'w2',
      'w1',
      'w3',
    ]);
  });

  it('behind the next one of a search keep their place', async () => {
    const windows = [
      known('w1', 2, { pagesLeft: 3 }),
      known('w2', 2),
      known('w3', 1, { isFree: false, pagesLeft: 2 }),
    ];
    expect(await namesOf([], { windows })).toEqual(['w1', 'w2', '?', '?', '?', '?']);
    expect(await namesOf([], { windows, calls: 3 })).toEqual(['w1', 'w2', '?']);
    expect(
      await namesOf([], { windows: [known('w1', 2, { pagesLeft: 40 })], calls: 3, pagesFirst: 40 }),
    ).toEqual([...['w1', '?', '?']]);
  });

  it('of searches that nobody has passed get half of the calls at most', async () => {
    const windows = [unknown('n1'), unknown('n2'), unknown('n3'), known('w', 0.001)];
    const rows = [aged(1, 2), aged(2, 1)];
    expect(await namesOf(rows, { windows, calls: 4 })).toEqual(['n1', 'n2', '1', '2']);
    expect(await namesOf([], { windows: windows.slice(0, 3), calls: 1 })).toEqual(['n1']);
  });
});
