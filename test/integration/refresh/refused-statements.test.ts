import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Pool, PoolClient } from 'pg';
import type { LoadableCategory } from '../../../src/model/catalog.ts';
import type { Learn } from '../../../src/model/learning.ts';
import { learn } from '../../../src/refresh/learn.ts';
import { createLeaseStore, freeLeases } from '../../../src/refresh/queue/lease-store.ts';
import { createRefreshQueue } from '../../../src/refresh/queue/refresh-queue.ts';
import { saveFigureShares, saveFigureStats } from '../../../src/refresh/update/figure-rows.ts';
import { forgetShop } from '../../../src/refresh/update/forget-offers.ts';
import { lockOffers, writeFreshness } from '../../../src/refresh/update/freshness-rows.ts';
import { joinFeeds } from '../../../src/refresh/update/join-feeds.ts';
import { recordVisits } from '../../../src/refresh/update/record-visits.ts';
import { beginStatsUpdate, saveStatsUpdate } from '../../../src/refresh/update/refresh-stats.ts';
import { advanceWindows, noteYields } from '../../../src/refresh/update/search-windows.ts';
import { valueWindows } from '../../../src/refresh/update/value-windows.ts';
import {
  listInWindow,
  lockWindows,
  writeWindow,
  type SearchWindow,
} from '../../../src/refresh/update/window-rows.ts';
import { minute, provenance, searchPage, searchRow } from '../../support/answers.ts';
import { at, openStillLedger, type StillLedger } from '../../support/still-ledger.ts';
import { searchWindow } from '../../support/refresh-rows.ts';
import { feedOf } from '../../support/feeds.ts';

/* A statement that Postgres refuses ends what asked for it. */

let still: StillLedger;
beforeAll(async () => {
  still = await openStillLedger();
});
afterAll(() => still.close());

const page = { ...searchPage('1', provenance(0), [searchRow('7')], { totalRecords: 9 }), isNew: true };
const badCall = { ...page, provenance: { ...provenance(0), callId: 'x' } };
const none = { added: new Set<string>(), changed: new Set<string>() };

async function windowOf(client: PoolClient): Promise<SearchWindow> {
  return (await lockWindows(client, [page])).get('1') ?? expect.unreachable();
}
const locked = async (client: PoolClient, change: Partial<SearchWindow> = {}) =>
  new Map([['1', { ...(await windowOf(client)), ...change }]]);
const splitting = (split: Learn['split']): Learn => ({ ...learn, split });
const stats = async (client: PoolClient, part: object) =>
  saveStatsUpdate(client, { ...(await beginStatsUpdate(client, learn)), ...part });
const badOffer = { offerId: 'x', provenance: provenance(0) };

it.each<[string, (client: PoolClient, pool: Pool) => Promise<unknown>]>([
  ['the list of a window', (client) => listInWindow(client, { windowId: '1', feed: 'a' }, ['x'], minute(0))],
  ['the state of a window', async (client) => writeWindow(client, await windowOf(client), 'x')],
  [
    'a visit',
    (client) => recordVisits(client, [{ categoryId: 'x', provenance: provenance(0) } as LoadableCategory]),
  ],
  ['the searches of a seller', (client) => forgetShop(client, '\0')],
  ['the leases of a run', (client) => freeLeases(client, 'x')],
  ['what details showed', (client) => saveFigureStats(client, [{ hiddenChanges: 'x' } as never])],
  [
    'the shares of offers by rate',
    (_, pool) => saveFigureShares(pool, [{ figure: 'offer', shares: [1e99], byOfferRate: null }]),
  ],
  [
    'what was predicted',
    (client) => stats(client, { stats: [{ at: minute(0), stat: { source: 'x', hint: 'none', odds: 1 } }] }),
  ],
  ['what details of a load showed', (client) => stats(client, { figureStats: [{ hiddenChanges: 'x' }] })],
  ['the changes of a load', (client) => stats(client, { visible: 1e99 })],
  ['an offer that is seen', (client) => lockOffers(client, [badOffer])],
  [
    'the row of an offer',
    async (client) => {
      const freshness = await lockOffers(client, [{ ...badOffer, offerId: '7' }]);
      const bad = [...freshness].map(([id, known]) => [id, { ...known, feedSet: 1e12 }] as const);
      const statsUpdate = await beginStatsUpdate(client, learn);
      await writeFreshness(client, new Map(bad), { wasAskedFor: true, statsUpdate });
    },
  ],
  [
    'the count of a feed',
    async (client) => {
      await client.query(`INSERT INTO sync.feed (feed, offers, assigned_at) VALUES ('a', 2147483647, now())`);
      const freshness = await lockOffers(client, [{ ...badOffer, offerId: '7' }]);
      await joinFeeds(client, new Map([['a', ['7']]]), freshness);
    },
  ],
  [
    'what a page lists',
    async (client) => {
      const bad = { ...page, record: { totalRecords: 1, rowsInAnswer: 1, rows: [searchRow('x')] } };
      await advanceWindows(client, [bad], await locked(client), { ...learn });
    },
  ],
  [
    'a page that moves a window',
    async (client) => advanceWindows(client, [badCall], await locked(client), learn),
  ],
  [
    'a split',
    async (client) =>
      advanceWindows(
        client,
        [page],
        await locked(client),
        splitting(() => ({ kind: 'split', parts: [{ minCny: 'x', maxCny: null }] })),
      ),
  ],
  [
    'the end of parts',
    async (client) =>
      advanceWindows(
        client,
        [page],
        await locked(client, { parentId: 'x' }),
        splitting(() => ({ kind: 'ignored' })),
      ),
  ],
  [
    'what a page brought',
    async (client) => noteYields(client, [badCall], await locked(client), { counters: none, learn }),
  ],
  [
    'what a page is worth',
    async (client) => {
      const windows = new Map([['404', await windowOf(client)]]);
      const pages = [{ ...page, windowId: '404' }];
      await valueWindows(
        client,
        { pages, windows, freshness: new Map(), isNew: () => true },
        await beginStatsUpdate(client, learn),
      );
    },
  ],
  [
    'a next try',
    (_, pool) => createLeaseStore({ pool }).postpone('detail', ['x'], { code: 'X', mayPass: true }),
  ],
  [
    'the searches of feeds',
    (_, pool) => createLeaseStore({ pool }).ensureWindows([feedOf('a', { keywords: ['k'] })], '\0', false),
  ],
  [
    'the figures of the planner',
    (_, pool) =>
      createRefreshQueue({ pool }).saveFit({
        ...{
          prior: { changes: 1e99, days: 1 },
          figures: [],
          shownKept: 1,
          meanPopularity: 1,
          floorDays: null,
          shops: { repricings: 0, days: 0 },
          siblings: { expected: 0, changed: 0 },
        },
        fittedAt: new Date(at(0)),
      }),
  ],
])('that is about %s', async (_, work) => {
  await still.within([searchWindow(1)], async (pool) => {
    await expect(work(pool as unknown as PoolClient, pool)).rejects.toThrow();
  });
});
