import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Pool, PoolClient } from 'pg';
import { figures, type Figure, type FigureStat } from '../../../src/model/figures.ts';
import { readPlanner } from '../../../src/refresh/queue/read-planner.ts';
import { createRefreshQueue } from '../../../src/refresh/queue/refresh-queue.ts';
import { firstShares, rates, toChangeRate } from '../../../src/refresh/planner/rate-grid.ts';
import { readFigures, saveFigureShares, saveFigureStats } from '../../../src/refresh/update/figure-rows.ts';
import type { OfferFreshness } from '../../../src/refresh/update/offer-freshness.ts';
import {
  beginStatsUpdate,
  deleteOldStats,
  saveStatsUpdate,
  updateRefreshStats,
} from '../../../src/refresh/update/refresh-stats.ts';
import { learn } from '../../../src/refresh/learn.ts';
import { noon, openStillLedger, type Row, type StillLedger } from '../../support/still-ledger.ts';
import { day, detailStat } from '../../support/refresh-rows.ts';

/* What is known of all offers together. */

let still: StillLedger;
beforeAll(async () => {
  still = await openStillLedger();
});
afterAll(() => still.close());

const rowsOf = async (pool: Pool, text: string) =>
  (await pool.query<unknown[]>({ text, rowMode: 'array' })).rows;
const setPlanner = (pool: Pool, set: string) => pool.query(`UPDATE sync.planner SET ${set}`);

describe('what is known of all offers', () => {
  it('is read with the share of changes that rows show, and the last details', async () => {
    const known = await still.within([], async (pool) => {
      await setPlanner(
        pool,
        'visible_changes = 3, hidden_changes = 9, recent_found = 4, recent_empty = 2, floor_days = 7',
      );
      return readPlanner(pool);
    });
    expect(known).toMatchObject({
      visibleShare: 0.25,
      shown: { visible: 3, hidden: 9 },
      recent: { found: 4, empty: 2 },
      floorDays: 7,
      isDateTrusted: true,
      dateShare: 0.25,
    });
  });

  it.each<[string, readonly Row[], number]>([
    // (1 + 6) / (4 + 6 + 18).
    [
      'by the details that found a change',
      [detailStat(0, 9, 6), detailStat(-89, 30, 18, { hint: 'row' })],
      0.25,
    ],
    ['by those of dates alone', [detailStat(0, 16, 16)], 0.85],
    [
      'not by other hints, nor by rows',
      [detailStat(0, 4, 4, { hint: 'absence' }), detailStat(0, 4, 4, { source: 'search' })],
      0.25,
    ],
    ['as none where dates are not believed', [detailStat(0, 30, 3)], 0],
    ['not by those of 90 days ago', [detailStat(-90, 20, 20)], 0.25],
  ])('is which share of the shown changes shows by its date alone, %s', async (_, rows, dateShare) => {
    expect((await still.within(rows, readPlanner)).dateShare).toBeCloseTo(dateShare, 9);
  });

  it.each<[string, readonly Row[], boolean]>([
    ['while nine or fewer were seen', [detailStat(0, 9, 0)], true],
    ['not when ten were all wrong', [detailStat(0, 10, 0)], false],
    ['while three of ten were right, less two standard errors', [detailStat(0, 30, 4)], true],
    ['not when fewer were', [detailStat(0, 30, 3)], false],
    ['as far as chance may have it of more', [detailStat(0, 59, 14)], true],
    ['not when fewer were on several days', [detailStat(0, 15, 2), detailStat(-1, 15, 1)], false],
    ['where all that were wrong are 90 days old', [detailStat(-90, 11, 0)], true],
    ['not where they are younger', [detailStat(-89, 11, 0)], false],
    ['whatever other hints were worth', [detailStat(0, 11, 0, { hint: 'row' })], true],
    ['whatever rows found', [detailStat(0, 11, 0, { source: 'search' })], true],
  ])('is that dates of modification are believed %s', async (_, rows, isDateTrusted) => {
    expect(await still.within(rows, readPlanner)).toMatchObject({ isDateTrusted });
  });

  it.each([
    [5, 5, true, false],
    [5, 5.1, false, false],
    [4.9, 0, false, true],
    [5, 0, true, true],
  ])(
    'is that with %d empty details and %d others they are suspect: %s',
    async (empty, found, isDetailSuspect, isFirst) => {
      const suspicion = await still.within([], async (pool) => {
        await setPlanner(pool, `recent_found = ${found}, recent_empty = ${empty}`);
        return createRefreshQueue({ pool }).suspicion();
      });
      expect(suspicion).toEqual({ isListingSuspect: false, isDetailSuspect, isFirst });
    },
  );
});

describe('what a load showed', () => {
  const observed = (odds: number, isChanged: boolean, more = {}) => ({
    at: new Date('2026-11-24T16:00:00Z'),
    stat: { source: 'detail', hint: 'none', odds, isChanged, ...more } as const,
  });
  const save = (rows: readonly Row[], part: object) =>
    still.within(rows, async (pool) => {
      const client = pool as unknown as PoolClient;
      await setPlanner(pool, 'visible_changes = 7, hidden_changes = 3, recent_found = 40, recent_empty = 20');
      const update = { ...(await beginStatsUpdate(client, learn)), ...part };
      await saveStatsUpdate(client, update);
      const columns = `to_char(date_day, 'MM-DD'), source, hint, decile::int, observations, round(expected::numeric, 4)::float8, changed`;
      const stats = await rowsOf(
        pool,
        `SELECT ${columns} FROM sync.observation_stat ORDER BY source, hint, decile, 1`,
      );
      const [planner] = await rowsOf(
        pool,
        'SELECT visible_changes, hidden_changes, recent_found, recent_empty FROM sync.planner',
      );
      return { stats, planner: planner?.map((value) => Math.round(Number(value) * 1000) / 1000) };
    });

  it('is added to what was predicted, by the day of Shanghai and tenths of odds', async () => {
    const stats = [
      ...[observed(0, false), observed(0.1, true), observed(0.11, false), observed(1, true)],
      ...[observed(0.05, false, { hint: 'row' }), observed(0.05, false, { source: 'search' })],
      { ...observed(0.05, true), at: new Date('2026-11-24T15:59:59Z') },
    ];
    const before = [detailStat(0, 5, 2, { hint: 'none', expected: 0.5 })];
    expect((await save(before, { stats })).stats).toEqual([
      ['11-24', 'detail', 'none', 1, 1, 0.05, 1],
      ['11-25', 'detail', 'none', 1, 7, 0.6, 3],
      ['11-25', 'detail', 'none', 2, 1, 0.11, 0],
      ['11-25', 'detail', 'none', 10, 1, 1, 1],
      ['11-25', 'detail', 'row', 1, 1, 0.05, 0],
      ['11-25', 'search', 'none', 1, 1, 0.05, 0],
    ]);
  });

  it.each<[string, object, readonly number[]]>([
    ['of visible changes', { visible: 2 }, [9, 3, 40, 20]],
    ['of hidden changes', { hidden: 2 }, [7, 5, 40, 20]],
    // 0.95 ** 3 of what was before.
    ['of details', { details: { found: 2, empty: 1 } }, [7, 3, 36.295, 18.148]],
    ['of both kinds of changes', { visible: 2, hidden: 2 }, [9, 5, 40, 20]],
    ['of a change and a detail', { visible: 1, details: { found: 1, empty: 0 } }, [8, 3, 39, 19]],
    ['of empty ones alone', { details: { found: 0, empty: 1 } }, [7, 3, 38, 20]],
    ['nothing', {}, [7, 3, 40, 20]],
  ])('is added to what is known %s', async (_, part, expected) => {
    expect((await save([], part)).planner).toEqual(expected);
  });

  it('is not written where it is nothing', async () => {
    const [before, after] = await still.within([], async (pool) => {
      const client = pool as unknown as PoolClient;
      const version = () => rowsOf(pool, 'SELECT ctid FROM sync.planner');
      const first = await version();
      await saveStatsUpdate(client, await beginStatsUpdate(client, learn));
      return [first, await version()];
    });
    expect(after).toEqual(before);
  });

  it('is collected of each observation: how well it was predicted, and what it says of rows and figures', async () => {
    const update = await still.within([], (pool) => beginStatsUpdate(pool as unknown as PoolClient, learn));
    const day0 = Date.parse(noon);
    const key = (days: number) => ({ at: new Date(day0 + days * day * 1000), callId: '1' });
    const before: OfferFreshness = {
      ...{ firstSeenAt: new Date(0), summary: key(0), detail: key(0), found: key(0), emptyDetailStreak: 0 },
      ...{ absent: null, feedSet: 1, leasedFor: null },
      refreshStats: {
        ...{ popularity: 1, learned: { changes: 0, days: 0 }, changedAt: null, stale: null },
        figures: {
          learned: { offer: null, price: null, in_stock: null, out_of_stock: null, gone: null },
          ...{ vouchedAt: null, countedHint: null, isInStock: null },
        },
      },
    };
    const detail = { kind: 'detail', at: key(5).at, isChanged: true, isVisible: true } as const;
    const changed = updateRefreshStats(update, before, detail);
    expect(changed).toMatchObject({
      changedAt: detail.at,
      figures: { vouchedAt: detail.at, isInStock: null },
    });
    expect(update.stats).toMatchObject([{ at: detail.at, stat: { source: 'detail', isChanged: true } }]);
    expect(update.figureStats.map(({ figure: name }) => name)).toEqual(['offer', 'price']);
    // A change that shows may hide others.
    expect([update.visible, update.hidden]).toEqual([0, 0]);
    const row = {
      kind: 'row',
      at: key(5).at,
      monthSold: 99,
      isPriceOfDetail: null,
      modifiedAt: null,
      isReturned: false,
    } as const;
    const quiet = updateRefreshStats(update, before, { ...row, isPriceChanged: false });
    expect(quiet).toMatchObject({ popularity: 10, stale: null, figures: { vouchedAt: row.at } });
    const hint = updateRefreshStats(update, before, { ...row, isPriceChanged: true });
    expect(hint).toMatchObject({ stale: { since: row.at, by: 'row' }, figures: { vouchedAt: null } });
    expect(
      updateRefreshStats(update, { ...before, summary: null }, { ...row, isPriceChanged: true }).stale,
    ).toBeNull();
    expect(update.stats).toHaveLength(3);
    expect(update.figureStats).toHaveLength(2);
    updateRefreshStats(update, before, { ...detail, isVisible: false });
    expect([update.visible > 0, update.hidden > 0]).toEqual([true, true]);
  });

  it('is forgotten once its day is over for long, so many rows at a time', async () => {
    const rows = [
      detailStat(-2, 1, 0),
      detailStat(-1, 1, 0),
      detailStat(-1, 1, 0, { hint: 'row' }),
      detailStat(0, 1, 0),
    ];
    const forget = (before: string, limit: number) =>
      still.within(rows, async (pool) => [
        await deleteOldStats(pool, new Date(before), limit),
        ...(
          await rowsOf(pool, `SELECT to_char(date_day, 'MM-DD') FROM sync.observation_stat ORDER BY 1`)
        ).flat(),
      ]);
    // The 24th ends in Shanghai at four in the afternoon.
    expect(await forget('2026-11-24T16:00:00Z', 9)).toEqual([3, '11-25']);
    expect(await forget('2026-11-24T15:59:59Z', 9)).toEqual([1, '11-24', '11-24', '11-25']);
    expect(await forget('2026-11-24T16:00:00Z', 2)).toHaveLength(3);
  });
});

describe('what is known of figures', () => {
  const read = (pool: Pool) =>
    rowsOf(
      pool,
      `SELECT figure, hidden_changes, hidden_expected, row_details, row_changes, date_details, date_changes, absence_details,
              absence_changes FROM sync.figure WHERE figure IN ('offer', 'price') ORDER BY figure`,
    );
  const shown = (
    figure: Figure,
    hint: FigureStat['hint'],
    isChanged: boolean,
    hidden = [0, 0],
  ): FigureStat => ({
    ...{ figure, hint, hintChanges: isChanged && hint !== 'none' ? 0.75 : 0 },
    ...{ hiddenChanges: hidden[0] ?? 0, hiddenExpected: hidden[1] ?? 0 },
  });

  it('is what details showed, by what had hinted at them', async () => {
    const stats = [
      ...[shown('offer', 'none', true, [1, 2]), shown('offer', 'none', false, [0, 3])],
      ...[shown('offer', 'row', true), shown('offer', 'row', true), shown('offer', 'row', false)],
      ...[shown('offer', 'modify_date', true), shown('offer', 'modify_date', false)],
      ...[shown('offer', 'absence', false), shown('offer', 'absence', true), shown('offer', 'absence', true)],
    ];
    const found = await still.within([], async (pool) => {
      const client = pool as unknown as PoolClient;
      await pool.query(
        'UPDATE sync.figure SET hidden_changes = 10, hidden_expected = 20, row_details = 30, row_changes = 40',
      );
      await pool.query(
        'UPDATE sync.figure SET date_details = 50, date_changes = 60, absence_details = 70, absence_changes = 80',
      );
      await saveFigureStats(client, []);
      await saveFigureStats(client, stats);
      return read(pool);
    });
    expect(found).toEqual([
      ['offer', 11, 25, 33, 41.5, 52, 60.75, 73, 81.5],
      ['price', 10, 20, 30, 40, 50, 60, 70, 80],
    ]);
  });

  it.each<[string, FigureStat, readonly number[]]>([
    ['a row', shown('price', 'row', false), [0, 0, 1, 0, 0, 0, 0, 0]],
    ['a date', shown('price', 'modify_date', false), [0, 0, 0, 0, 1, 0, 0, 0]],
    ['an absence', shown('price', 'absence', false), [0, 0, 0, 0, 0, 0, 1, 0]],
    ['what rows hid', shown('price', 'none', true, [2, 0]), [2, 0, 0, 0, 0, 0, 0, 0]],
    ['what they may hide', shown('price', 'none', false, [0, 2]), [0, 2, 0, 0, 0, 0, 0, 0]],
  ])('is counted of %s alone', async (_, one, expected) => {
    const found = await still.within([], async (pool) => {
      await saveFigureStats(pool as unknown as PoolClient, [one]);
      return read(pool);
    });
    expect(found[1]?.slice(1)).toEqual(expected);
  });

  it('is not written where a detail says nothing', async () => {
    const writes = await still.within([], async (pool) => {
      const before = await rowsOf(pool, `SELECT ctid FROM sync.figure WHERE figure = 'offer'`);
      await saveFigureStats(pool as unknown as PoolClient, [shown('offer', 'none', false)]);
      return [before, await rowsOf(pool, `SELECT ctid FROM sync.figure WHERE figure = 'offer'`)];
    });
    expect(writes[0]).toEqual(writes[1]);
  });

  it('begins with the first guess', async () => {
    const priors = await still.within([], (pool) =>
      rowsOf(pool, 'SELECT figure, shares, prior_changes, prior_days FROM sync.figure ORDER BY figure'),
    );
    const expected = figures.toSorted().map((figure) => {
      const { changes, days } = toChangeRate(firstShares[figure]);
      return [
        ...[figure, firstShares[figure]],
        ...[expect.closeTo(changes, 6) as number, expect.closeTo(days, 5) as number],
      ];
    });
    expect(priors).toEqual(expected);
  });

  it('is the shares of offers by rate and that which rows hide, of which half is forgotten in 90 days', async () => {
    const found = await still.within([], async (pool) => {
      const client = pool as unknown as PoolClient;
      await pool.query(
        'UPDATE sync.figure SET hidden_changes = 5.7, hidden_expected = 10, row_details = 8, absence_changes = 8',
      );
      const before = await readFigures(client);
      const shares = figures.map((figure, index) => {
        const own = rates.map((_, at) => (at === index ? 1 : 0));
        return { figure, shares: own, byOfferRate: figure === 'in_stock' ? rates.map(() => own) : null };
      });
      for (let times = 0; times < 90; times += 1) await saveFigureShares(pool, shares);
      return { before, after: await readFigures(client), counts: await read(pool) };
    });
    expect(found.before.price.hiddenShare).toBeCloseTo(6 / 20, 6);
    // 0.3 and 2.85 of 10 and 5.
    expect(found.after.price.hiddenShare).toBeCloseTo(3.15 / 15, 4);
    for (const [index, figure] of figures.entries())
      expect(found.after[figure].shares).toEqual(rates.map((_, at) => (at === index ? 1 : 0)));
    expect(found.after.in_stock.byOfferRate).toEqual(rates.map(() => found.after.in_stock.shares));
    expect(found.after.out_of_stock.byOfferRate).toBeNull();
    // One of two details after no hint of this kind, and one of ten after eight that found nothing.
    expect(found.before.price.hintShares).toEqual({ row: 0.1, modify_date: 0.5, absence: 4.5 });
    expect(
      found.counts[0]?.map((value) => (typeof value === 'number' ? Math.round(value * 100) / 100 : value)),
    ).toEqual([...['offer', 2.85, 5, 4, 0, 0, 0, 0, 4]]);
  });
});
