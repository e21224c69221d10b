import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Pool } from 'pg';
import { applySql, runSql } from '../../../src/db/sql-file.ts';
import { readSql } from '../../../src/refresh/read-sql.ts';
import { createForecastStore } from '../../../src/refresh/queue/forecast-store.ts';
import { createRefreshQueue } from '../../../src/refresh/queue/refresh-queue.ts';
import { joinFeeds } from '../../../src/refresh/update/join-feeds.ts';
import { lockOffers } from '../../../src/refresh/update/freshness-rows.ts';
import { at, openStillLedger, type Row, type StillLedger } from '../../support/still-ledger.ts';
import { provenance } from '../../support/answers.ts';
import { feedSets, numberFrom1000, offer, searchWindow } from '../../support/refresh-rows.ts';
import { feedOf } from '../../support/feeds.ts';
import type { PoolClient } from 'pg';

/* Which offers belong to which feeds. */

let still: StillLedger;
beforeAll(async () => {
  still = await openStillLedger();
  await still.read([], numberFrom1000);
});
afterAll(() => still.close());

const listed = (windowId: number, offerId: number, seconds: number): Row => [
  'sync.window_offer',
  { window_id: windowId, offer_id: offerId, first_seen_at: at(seconds), last_seen_at: at(900) },
];
const feedRow = (feed: string, values: Row[1] = {}): Row => [
  'sync.feed',
  { feed, watched: [], offers: 0, assigned_at: at(-60), ...values },
];
const erased: readonly Row[] = [
  ['sync.erased_seller', { seller_hash: '\\x01', requested_at: at(0) }],
  ['sync.erased_offer', { offer_id: 66, seller_hash: '\\x01', erased_at: at(0) }],
];

async function readFeedsOf(pool: Pool) {
  const { rows } = await pool.query<{ offer_id: string; feeds: string[] | null }>(
    'SELECT r.offer_id, s.feeds FROM sync.refresh r LEFT JOIN sync.feed_set s USING (feed_set) ORDER BY r.offer_id',
  );
  return rows.map(({ offer_id: id, feeds }) => [Number(id), (feeds ?? []).join()]);
}

describe('a feed that is assigned its offers', () => {
  const rows = [
    ...feedSets,
    searchWindow(1),
    searchWindow(2, { parent_window_id: 1, price_min_cny: 1 }),
    searchWindow(3, { retired_at: at(0) }),
    searchWindow(4, { feed: 'b' }),
    // A part that was replaced by its own parts: what it listed still counts.
    searchWindow(5, { parent_window_id: 1, price_min_cny: 2, retired_at: at(0) }),
    searchWindow(6, { parent_window_id: 3, price_min_cny: 3 }),
    ...[1, 2, 3, 4, 5, 6, 7, 8].map((id) => offer(id, { feed_set: 0 })),
    listed(1, 1, 40),
    listed(1, 2, 20),
    listed(2, 1, 10),
    listed(2, 3, 30),
    listed(3, 4, 0),
    listed(4, 5, 0),
    listed(5, 6, 50),
    listed(6, 7, 0),
  ];
  const assign = (bound: number | null, watched: readonly string[] = [], more: readonly Row[] = []) =>
    still.within([...rows, ...more], async (pool) => {
      await applySql(pool, readSql('assign-feed'), ['a', bound, watched]);
      const { rows: feeds } = await pool.query<Record<string, unknown>>(
        `SELECT max_offers, watched, offers, assigned_at FROM sync.feed WHERE feed = 'a'`,
      );
      const own = (await readFeedsOf(pool)).filter(([, names]) => String(names).includes('a'));
      return { ids: own.map(([id]) => id), feed: feeds[0] };
    });

  it('has all that its searches list, with their parts', async () => {
    const { ids, feed } = await assign(null);
    expect(ids).toEqual([1, 2, 3, 6]);
    expect(feed).toEqual({ max_offers: null, watched: [], offers: 4, assigned_at: new Date(at(0)) });
  });

  it('has those that it saw first, within its bound', async () => {
    expect((await assign(1)).ids).toEqual([1]);
    expect((await assign(3)).ids).toEqual([1, 2, 3]);
  });

  it('has its watch list before all others', async () => {
    const { ids, feed } = await assign(3, ['8', '3']);
    expect(ids).toEqual([1, 3, 8]);
    expect(feed).toMatchObject({ max_offers: 3, watched: ['8', '3'], offers: 3 });
  });

  it('gives up what is none of it any more, and other feeds keep what they have', async () => {
    const more = [offer(20), offer(21, { feed_set: 3 }), offer(22, { feed_set: 2 }), listed(1, 22, 60)];
    const found = await still.within(
      [...rows, ...more, feedRow('a', { offers: 9, max_offers: 1 })],
      async (pool) => {
        await applySql(pool, readSql('assign-feed'), ['a', null, []]);
        const { rows: feeds } = await pool.query(`SELECT max_offers, offers FROM sync.feed WHERE feed = 'a'`);
        return { of: (await readFeedsOf(pool)).slice(-3), feeds };
      },
    );
    expect(found).toEqual({
      of: [
        [20, ''],
        [21, 'b'],
        [22, 'a,b'],
      ],
      feeds: [{ max_offers: null, offers: 5 }],
    });
  });

  it('makes offers of a watch list that are not known due at once, but for those of erased sellers', async () => {
    const found = await still.within([...erased, offer(1)], async (pool) => {
      await applySql(pool, readSql('insert-watched-offers'), [['1', '2', '66'], -7]);
      const { rows: made } = await pool.query(
        'SELECT offer_id, bucket, order_at, first_seen_at FROM sync.refresh ORDER BY offer_id',
      );
      return made as unknown[];
    });
    expect(found).toMatchObject([
      { offer_id: '1', bucket: 5 },
      { offer_id: '2', bucket: -7, order_at: new Date(at(0)), first_seen_at: new Date(at(0)) },
    ]);
  });
});

describe('a feed is assigned its offers again', () => {
  const feed = feedOf('a', { maxOffers: 5, offers: ['1', '2'] });
  const known = feedRow('a', { max_offers: 5, watched: [1, 2] });

  it.each<[string, readonly Row[], boolean]>([
    ['when it is new', [], true],
    ['not when it is as it was', [known], false],
    ['when it has another bound', [feedRow('a', { max_offers: 6, watched: [1, 2] })], true],
    ['when it had none', [feedRow('a', { watched: [1, 2] })], true],
    ['when it has another watch list', [feedRow('a', { max_offers: 5, watched: [1] })], true],
    ['when a search of it ended since', [known, searchWindow(1, { retired_at: at(-60) })], true],
    ['not when one ended before', [known, searchWindow(1, { retired_at: at(-61) })], false],
    ['not when a search goes on', [known, searchWindow(1)], false],
    ['not when one of another feed ended', [known, searchWindow(1, { feed: 'b', retired_at: at(0) })], false],
    [
      'not when a part of one ended',
      [known, searchWindow(1), searchWindow(2, { parent_window_id: 1, price_min_cny: 1, retired_at: at(0) })],
      false,
    ],
  ])('%s', async (_, rows, isDue) => {
    const given = JSON.stringify([{ name: 'a', maxOffers: feed.maxOffers, offers: feed.offers }]);
    const found = await still.within(rows, (pool) => runSql(pool, readSql('list-unassigned-feeds'), [given]));
    expect(found).toEqual(isDue ? [{ feed: 'a' }] : []);
  });
});

it('the ages that are promised are those of the sync file, and none for a feed that it has no more', async () => {
  const rows = ['a', 'b', 'c', 'd'].map((name) => feedRow(name, name === 'a' ? {} : { max_age: '02:00:00' }));
  const ages = await still.within(rows, async (pool) => {
    const feeds = [
      feedOf('a', { maxAgeMs: 90_000 }),
      feedOf('b'),
      feedOf('c', { maxAgeMs: 7_200_000 }),
      feedOf('new'),
    ];
    await createRefreshQueue({ pool }).notePromisedAges(feeds);
    const { rows: found } = await pool.query<{ s: number }>(
      'SELECT extract(epoch FROM max_age)::int AS s FROM sync.feed ORDER BY feed',
    );
    return found.map(({ s }) => s);
  });
  expect(ages).toEqual([90, null, 7200, null]);
});

describe('offers of a watch list that its feed does not have yet', () => {
  const ages = { searchMs: 0, detailMs: 0, categoryMs: 0 };
  const count = (rows: readonly Row[], offers: readonly string[]) =>
    still.within([...feedSets, ...erased, ...rows], async (pool) => {
      const feeds = [feedOf('a', { offers }), feedOf('b')];
      return (await createForecastStore({ pool }).read(feeds, ages)).unheld;
    });

  it.each<[string, Row, boolean]>([
    ['are those that nobody knows', offer(2), true],
    ['are those of no feed', offer(1, { feed_set: 0 }), true],
    ['are those of another feed', offer(1, { feed_set: 2 }), true],
    ['are none that it has', offer(1), false],
    ['are none that it has with another', offer(1, { feed_set: 3 }), false],
    ['are none that are gone', offer(1, { feed_set: 0, bucket: null, order_at: null }), false],
  ])('%s', async (_, row, isCounted) => {
    expect(await count([row], ['1'])).toEqual(isCounted ? [{ feed: 'a', offers: 1 }] : []);
  });

  it.each<[string, number | null, number | null, number]>([
    ['all that its bound, which was raised, leaves room for', 1, 3, 2],
    ['all that its searches list, where it has no bound any more', 1, null, 3],
    ['none, where the bound is as it was', 1, 1, 0],
    ['none, where the bound was lowered', 3, 1, 0],
    ['none, where it had no bound', null, 3, 0],
  ])('are of those that were listed %s', async (_, before, maxOffers, offers) => {
    const rows = [
      ...[searchWindow(1), feedRow('a', { max_offers: before }), offer(1)],
      ...[2, 3, 4, 5].map((id) =>
        offer(id, { feed_set: 0, ...(id === 5 ? { bucket: null, order_at: null } : {}) }),
      ),
      ...[1, 2, 3, 4, 5].map((id) => listed(1, id, id)),
    ];
    const unheld = await still.within([...feedSets, ...rows], async (pool) => {
      const feeds = [feedOf('a', { maxOffers }), feedOf('b')];
      return (await createForecastStore({ pool }).read(feeds, ages)).unheld;
    });
    expect(unheld).toEqual(offers === 0 ? [] : [{ feed: 'a', offers }]);
  });

  it('are none of erased sellers', async () => {
    expect(await count([], ['66', '67', '68'])).toEqual([{ feed: 'a', offers: 2 }]);
  });
});

describe('offers that searches list', () => {
  const join = (rows: readonly Row[], wishes: Readonly<Record<string, readonly string[]>>) =>
    still.within([...feedSets, ...rows], async (pool) => {
      const client = pool as unknown as PoolClient;
      const ids = [...new Set(Object.values(wishes).flat())].filter((id) => id !== '99');
      const sightings = ids.map((offerId) => ({ offerId, provenance: provenance(0) }));
      const freshness = await lockOffers(client, sightings);
      await joinFeeds(client, new Map(Object.entries(wishes)), freshness);
      const { rows: sets } = await pool.query<{ feed_set: number; feeds: string[] }>(
        'SELECT * FROM sync.feed_set',
      );
      const { rows: feeds } = await pool.query<{ feed: string; offers: number }>(
        'SELECT feed, offers FROM sync.feed ORDER BY feed',
      );
      const of = (feedSet: number) => sets.find((row) => row.feed_set === feedSet)?.feeds.join() ?? '';
      return {
        offers: Object.fromEntries([...freshness].map(([id, { feedSet }]) => [id, of(feedSet)])),
        feeds: Object.fromEntries(feeds.map(({ feed, offers }) => [feed, offers])),
      };
    });

  it('join the feeds of these, beside those that they have', async () => {
    const rows = [
      feedRow('a', { offers: 3 }),
      feedRow('b'),
      feedRow('c', { offers: 7 }),
      offer(1),
      offer(2, { feed_set: 2 }),
    ];
    expect(await join(rows, { c: ['1', '3'], a: ['1', '2', '99'], b: ['1'] })).toEqual({
      offers: { 1: 'a,b,c', 2: 'a,b', 3: 'c' },
      feeds: { a: 4, b: 1, c: 9 },
    });
  });

  it('join a feed with a bound in their order, as far as it has room', async () => {
    const rows = [
      feedRow('a', { offers: 3, max_offers: 5 }),
      feedRow('b', { offers: 9, max_offers: 5 }),
      offer(4),
    ];
    expect(await join(rows, { a: ['3', '4', '1', '2'], b: ['1'] })).toEqual({
      offers: { 1: 'a', 2: '', 3: 'a', 4: 'a' },
      feeds: { a: 5, b: 9 },
    });
  });

  it('join a feed that nobody has assigned yet', async () => {
    expect(await join([], { z: ['1'] })).toEqual({ offers: { 1: 'z' }, feeds: {} });
    expect(await join([], {})).toEqual({ offers: {}, feeds: {} });
  });

  it('are made once they are seen, with the first time, but for those of erased sellers', async () => {
    const sight = (offerId: string, minutes: number) => ({ offerId, provenance: provenance(minutes) });
    const found = await still.within([...erased, offer(5)], async (pool) => {
      const client = pool as unknown as PoolClient;
      const locked = await lockOffers(client, [
        sight('7', 5),
        sight('7', 3),
        sight('7', 4),
        sight('66', 0),
        sight('5', 2),
      ]);
      const { rows } = await pool.query('SELECT offer_id, first_seen_at FROM sync.refresh ORDER BY offer_id');
      expect(await lockOffers(client, [])).toEqual(new Map());
      return {
        rows: rows as unknown[],
        locked: [...locked].map(([id, { firstSeenAt }]) => [id, firstSeenAt]),
      };
    });
    expect(found).toEqual({
      rows: [
        { offer_id: '5', first_seen_at: new Date(at(-9 * 86_400)) },
        { offer_id: '7', first_seen_at: provenance(3).observedAt },
      ],
      locked: [
        ['5', provenance(2).observedAt],
        ['7', provenance(3).observedAt],
      ],
    });
  });
});
