import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createQuotaStore } from '../../../src/ledger/quota-store.ts';
import { createRunStore } from '../../../src/runs/run-store.ts';
import { readTimeRange } from '../../../src/web/pages/usage-time-range.ts';
import { insertCalls, pastCall } from '../views/usage-calls.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { openWebWorld, type WebWorld } from '../../support/web-world.ts';

/** The first minutes of a day in Shanghai, which is still the day before in UTC. */
const now = new Date('2026-11-26T00:20:00+08:00');

describe('a period', () => {
  const read = (query: Readonly<Record<string, string>>) => readTimeRange((name) => query[name], now);

  test.each([
    [{}, '2026-11-25', '2026-11-26', 25],
    [{ by: 'nonsense', from: 'x', to: '2026-02-30' }, '2026-11-25', '2026-11-26', 25],
    [{ by: 'day' }, '2026-10-27', '2026-11-26', 31],
    [{ by: 'day', from: '2026-11-01', to: '2026-11-03' }, '2026-11-01', '2026-11-03', 3],
    [{ by: 'day', from: '2026-11-03', to: '2026-11-01' }, '2026-11-01', '2026-11-03', 3],
    [{ by: 'hour', to: '2027-01-01' }, '2026-11-25', '2026-11-26', 25],
    [{ by: 'month', from: '2025-12-31', to: '2026-02-01' }, '2025-12-01', '2026-02-01', 3],
  ])('of %j', (query, firstDay, lastDay, buckets) => {
    const timeRange = read(query);
    expect(timeRange).toMatchObject({ firstDay, lastDay, isCut: false });
    expect(timeRange.buckets).toHaveLength(buckets);
  });

  test('that is longer than can be shown begins later, and says so', () => {
    const timeRange = read({ by: 'hour', from: '2020-01-01', to: '2026-11-20' });
    expect(timeRange).toMatchObject({ firstDay: '2026-11-14', lastDay: '2026-11-20', isCut: true });
    expect(timeRange.buckets).toHaveLength(7 * 24);
  });
});

describe('the page', () => {
  let database: TestDatabase;
  let world: WebWorld;
  beforeAll(async () => {
    database = await createTestDatabase();
    await createRunStore(database).claimSource('sandbox');
    await createQuotaStore(database).setLedgerOffset(now.getTime() - Date.now());
    await insertCalls(database.pool, [
      pastCall('2026-09-30T23:59:00+08:00', { lane: 'manual' }),
      pastCall('2026-10-01T00:00:00+08:00', { lane: 'refresh' }),
      pastCall('2026-10-31T12:00:00+08:00', { lane: 'discovery', outcome: 'gateway_error' }),
      pastCall('2026-11-25T12:00:00+08:00', { lane: 'discovery' }),
      pastCall('2026-11-25T12:10:00+08:00', { lane: 'discovery', state: 'unknown', outcome: null }),
      pastCall('2026-11-25T12:20:00+08:00', { lane: 'refresh', state: 'refunded', outcome: 'not_sent' }),
    ]);
    world = await openWebWorld({ database });
  });
  afterAll(async () => {
    await world.close();
    await database.drop();
  });

  /** By lane: calls, fine, failed, unknown. */
  const lanes = async (query: string) => {
    const [, section = ''] = (await world.get(`/usage?${query}`)).split('<section id="lanes">');
    const [own = ''] = section.split('</section>');
    return [...own.matchAll(/<tr>\s*<td class=""[^>]*>\s*(\w+)\s*<\/td>([\s\S]*?)<\/tr>/g)].map(
      ([, lane, rest = '']) => [
        lane,
        ...[...rest.matchAll(/number"[^>]*>\s*(\d+)\s*</g)].map(([, figure]) => Number(figure)),
      ],
    );
  };

  test('shows the calls of any period by lane', async () => {
    expect(await lanes('')).toEqual([['discovery', 2, 1, 0, 1]]);
    expect(await lanes('by=day&from=2026-10-01&to=2026-10-31')).toEqual([
      ['discovery', 1, 0, 1, 0],
      ['refresh', 1, 1, 0, 0],
    ]);
    expect(await lanes('by=month')).toEqual([
      ['discovery', 3, 1, 1, 1],
      ['manual', 1, 1, 0, 0],
      ['refresh', 1, 1, 0, 0],
    ]);
    expect(await lanes('by=day&from=2026-08-01&to=2026-08-02')).toEqual([]);
  });

  test('has a bar for each month, by API and by outcome', async () => {
    const page = await world.get('/usage?by=month&from=2026-09-01');
    expect(page).toContain('Calls by month, 2026-09-01 to 2026-11-26');
    for (const title of [
      '2026-09: 1 product.search.queryProductDetail',
      '2026-10: 2 product.search.queryProductDetail',
      '2026-10: 1 fine, 1 failed',
      '2026-11: 1 fine, 1 unknown',
    ])
      expect(page).toContain(`<title>${title}</title>`);
  });
});
