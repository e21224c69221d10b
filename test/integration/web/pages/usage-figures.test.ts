import { afterAll, beforeAll, expect, test } from 'vitest';
import { createUsagePages } from '../../../../src/web/reads/usage-pages.ts';
import { api, appKey, otherApi } from '../../../support/open-ledger.ts';
import { openPagesWorld, type PagesWorld } from '../../../support/pages-world.ts';
import { readCells } from '../../../support/read-cells.ts';
import { insertCalls, pastCall } from '../../views/usage-calls.ts';

/* The tables of the page of usage, against calls on both sides of every edge. */

let world: PagesWorld;
beforeAll(async () => {
  world = await openPagesWorld('2026-11-26T12:00:00+08:00');
  await world.execute(
    `INSERT INTO sync.search_window (window_id, feed, keyword, language) OVERRIDING SYSTEM VALUE VALUES (9, 'bags', 'x', 'en')`,
  );
  const other = { api: otherApi, operation: 'category.children' };
  const refunded = { state: 'refunded', outcome: 'not_sent', latencyMs: null } as const;
  const failed = { outcome: 'gateway_error', gatewayCode: 'gw.APIACLDecline', httpStatus: 400 } as const;
  await insertCalls(world.ledger.db.pool, [
    pastCall('2026-05-31T23:59:59+08:00'),
    pastCall('2026-06-01T00:00:00+08:00'),
    pastCall('2026-11-19T23:59:59+08:00', { refreshStats: [100, 0, 100, 100], question: 'a' }),
    pastCall('2026-11-20T00:00:00+08:00', { refreshStats: [1, 0, 2, 3], question: 'b' }),
    pastCall('2026-11-26T09:00:00+08:00', { ...other, ...refunded, question: 'j' }),
    pastCall('2026-11-26T09:30:00+08:00', { ...refunded, question: 'k', lane: 'discovery' }),
    pastCall('2026-11-26T10:00:00+08:00', { refreshStats: [10, 0, 20, 30], question: 'c', latencyMs: 300 }),
    pastCall('2026-11-26T10:10:00+08:00', { refreshStats: [0, 0, 0, 0], question: 'd', latencyMs: 100 }),
    pastCall('2026-11-26T10:20:00+08:00', { ...failed, question: 'e', lane: 'manual', latencyMs: null }),
    pastCall('2026-11-26T10:30:00+08:00', {
      state: 'unknown',
      outcome: null,
      question: 'f',
      latencyMs: null,
    }),
    pastCall('2026-11-26T10:40:00+08:00', {
      state: 'refunded',
      outcome: 'not_sent',
      question: 'g',
      latencyMs: null,
    }),
    pastCall('2026-11-26T11:00:00+08:00', {
      ...other,
      question: 'h',
      windowId: '9',
      refreshStats: [7, 0, 8, 9],
    }),
    pastCall('2026-11-26T11:10:00+08:00', {
      ...other,
      state: 'refunded',
      outcome: 'not_sent',
      question: 'i',
      latencyMs: null,
    }),
  ]);
});
afterAll(() => world.close());

const cells = async (path: string, caption: string) =>
  readCells(await world.get(path), caption).map((row) => Object.values(row));

test('months are the last six, the newest and busiest first, with what others used', async () => {
  await world.ledger.quota.setLimit({ appKey, api, period: 'month', callLimit: 10 });
  expect((await cells('/usage', 'Approved and used by month')).map((row) => row.slice(0, 7))).toEqual([
    ['2026-11', 'product.search.queryProductDetail', '10', '6', '0', '4', '60 %'],
    ['2026-11', 'alibaba.category.get', '–', '1', '0', '–', ''],
    ['2026-06', 'product.search.queryProductDetail', '–', '1', '0', '–', ''],
  ]);
  expect(await world.get('/usage')).toContain('class="meter good"');
  const months = await createUsagePages(world.ledger.db.pool).listMonths(7);
  expect(months.at(-1)).toMatchObject({ month: '2026-05', used: 1 });
});

test('a month that is nearly used up is told by its colour', async () => {
  await world.ledger.quota.setLimit({ appKey, api, period: 'month', callLimit: 6 });
  expect(await world.get('/usage')).toContain('class="meter bad"');
});

test('what calls brought in seven days is added up by operation and feed', async () => {
  const rows = await cells('/usage', 'What the calls of 7 days brought');
  expect(rows).toEqual([
    ['offer.detail', '–', '5', '11', '22', '33', '3 (60 %)', '1', '0', '1', '1'],
    ['category.children', 'bags', '1', '7', '8', '9', '0 (0 %)', '0', '0', '0', '0'],
  ]);
});

test('lanes are added up over the whole time, by lane and then by how much they were called', async () => {
  const caption = 'Calls by lane, 2026-11-25 to 2026-11-26';
  expect(await cells('/usage', caption)).toEqual([
    ['manual', 'product.search.queryProductDetail', '1', '0', '1', '0'],
    ['refresh', 'product.search.queryProductDetail', '3', '2', '0', '1'],
    ['refresh', 'alibaba.category.get', '1', '1', '0', '0'],
  ]);
});

test('hours have their calls by outcome, those that were given back, and their mean time', async () => {
  // The chart above has the same name.
  const [, rest = ''] = (await world.get('/usage')).split('The same as a table');
  const rows = readCells(rest, 'Calls by hour, 2026-11-25 to 2026-11-26').map((row) => Object.values(row));
  expect(rows).toEqual([
    ['2026-11-26 11:00', 'alibaba.category.get', '1', '1', '0', '0', '1', '100 ms'],
    ['2026-11-26 10:00', 'product.search.queryProductDetail', '4', '2', '1', '1', '1', '200 ms'],
    ['2026-11-26 09:00', 'alibaba.category.get', '0', '0', '0', '0', '1', '–'],
    ['2026-11-26 09:00', 'product.search.queryProductDetail', '0', '0', '0', '0', '1', '–'],
  ]);
});

test('a limit has what is used and left of it, until when, and where it comes from', async () => {
  const { quota } = world.ledger;
  await quota.setLimit({ appKey, api: otherApi, period: 'day', callLimit: 1000 });
  await world.ledger.grant('a', { api: otherApi });
  const rows = async () =>
    (await cells('/usage', 'Limits in effect')).filter(([, window]) => window !== 'second');
  const of = (all: string[][], name: string) => all.find(([, window]) => window === name);
  const [month, day] = [of(await rows(), 'month'), of(await rows(), 'day')];
  expect(month?.slice(2, 4)).toEqual(['6', '6']);
  expect(day).toEqual([
    ...['alibaba.category.get', 'day', '1,000', '2', '1', '998', '2026-11-27 00:00', 'file or command'],
  ]);
  await world.execute(`UPDATE usage.quota_limit SET source = 'preset' WHERE period_kind = 'day'`);
  await world.execute(`UPDATE usage.quota_limit SET source = 'observed' WHERE period_kind = 'month'`);
  expect((await rows()).map((row) => row.at(-1)).toSorted()).toEqual(['assumed', 'observed']);
  await quota.holdApi({ api: '*', code: 'HELD_BY_HAND', forMs: 3_600_000 });
  await quota.holdApi({ api: otherApi, code: 'GATEWAY_NO_GRANT', forMs: 3_600_000 });
  const held = (await rows()).map(([name, , , , , left]) => [name, left?.replace(/until.*/, '')]);
  expect(held).toEqual(
    expect.arrayContaining([
      ['product.search.queryProductDetail', 'held by HELD_BY_HAND '],
      ['alibaba.category.get', 'held by GATEWAY_NO_GRANT '],
    ]),
  );
});
