import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Pool, PoolClient } from 'pg';
import { figures, type Figure, type FigureStat } from '../../../src/model/figures.ts';
import { createLogger } from '../../../src/core/log.ts';
import { fitPlanner } from '../../../src/refresh/fit-planner.ts';
import { readPlanner } from '../../../src/refresh/queue/read-planner.ts';
import { createRefreshQueue } from '../../../src/refresh/queue/refresh-queue.ts';
import { readFigures, saveFigurePriors, saveFigureStats } from '../../../src/refresh/update/figure-rows.ts';
import {
  beginStatsUpdate,
  deleteOldStats,
  saveStatsUpdate,
} from '../../../src/refresh/update/refresh-stats.ts';
import { learn } from '../../../src/refresh/learn.ts';
import { fitPrior } from '../../../src/refresh/planner/fit-prior.ts';
import { at, noon, openStillLedger, type Row, type StillLedger } from '../../support/still-ledger.ts';
import { day, hour, offer } from '../../support/refresh-rows.ts';

/* What is known of all offers together. */

let still: StillLedger;
beforeAll(async () => {
  still = await openStillLedger();
});
afterAll(() => still.close());

const log = createLogger({ level: 'silent', pretty: false });
/** Noon is on the 25th of November in Shanghai. */
const dayOf = (days: number) => new Date(Date.parse(noon) + days * day * 1000).toISOString().slice(0, 10);
const stat = (days: number, observations: number, changed: number, values: Row[1] = {}): Row => [
  'sync.observation_stat',
  {
    ...{
      date_day: dayOf(days),
      source: 'detail',
      hint: 'modify_date',
      decile: 1,
      observations,
      expected: 0,
      changed,
    },
    ...values,
  },
];
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
      recent: { found: 4, empty: 2 },
      floorDays: 7,
      isDateTrusted: true,
    });
  });

  it.each<[string, readonly Row[], boolean]>([
    ['while fewer than ten were seen', [stat(0, 9, 0)], true],
    ['while three of ten were right', [stat(0, 10, 3)], true],
    ['not when fewer were', [stat(0, 10, 2)], false],
    ['not when fewer were on several days', [stat(0, 5, 1), stat(-1, 5, 1)], false],
    ['where all that were wrong are 90 days old', [stat(-90, 10, 0)], true],
    ['not where they are younger', [stat(-89, 10, 0)], false],
    ['whatever other hints were worth', [stat(0, 10, 0, { hint: 'row' })], true],
    ['whatever rows found', [stat(0, 10, 0, { source: 'search' })], true],
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
    const before = [stat(0, 5, 2, { hint: 'none', expected: 0.5 })];
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
    ['of empty ones alone', { details: { found: 0, empty: 1 } }, [7, 3, 38, 20]],
    ['nothing', {}, [7, 3, 40, 20]],
  ])('is added to what is known %s', async (_, part, expected) => {
    expect((await save([], part)).planner).toEqual(expected);
  });

  it('is forgotten once its day is over for long, so many rows at a time', async () => {
    const rows = [stat(-2, 1, 0), stat(-1, 1, 0), stat(-1, 1, 0, { hint: 'row' }), stat(0, 1, 0)];
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
    ...{ figure, hint, isChanged, hiddenChanges: hidden[0] ?? 0, hiddenExpected: hidden[1] ?? 0 },
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
      ['offer', 11, 25, 33, 42, 52, 61, 73, 82],
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

  it('is a prior and the share that rows hide, of which half is forgotten in 90 days', async () => {
    const found = await still.within([], async (pool) => {
      const client = pool as unknown as PoolClient;
      await pool.query(
        'UPDATE sync.figure SET hidden_changes = 4.5, hidden_expected = 10, row_details = 8, absence_changes = 8',
      );
      const before = await readFigures(client);
      const priors = new Map(
        figures.map((figure, index) => [figure, { changes: index + 1, days: 10 * index + 5 }]),
      );
      for (let times = 0; times < 90; times += 1) await saveFigurePriors(pool, priors);
      return { before, after: await readFigures(client), counts: await read(pool) };
    });
    expect(found.before.price.hiddenShare).toBeCloseTo(6 / 20, 6);
    // 1.5 and 2.25 of 10 and 5.
    expect(found.after.price.hiddenShare).toBeCloseTo(3.75 / 15, 4);
    expect(found.after.offer.prior).toEqual({ changes: 1, days: 5 });
    expect(found.after.out_of_stock.prior).toEqual({ changes: 4, days: 35 });
    expect(
      found.counts[0]?.map((value) => (typeof value === 'number' ? Math.round(value * 100) / 100 : value)),
    ).toEqual([...['offer', 2.25, 5, 4, 0, 0, 0, 0, 4]]);
  });
});

describe('the sample for the planner of a day', () => {
  const learned = (id: number, values: Row[1] = {}) =>
    offer(id, { rate_changes: id, rate_days: 2, popularity: 3, ...values });
  const sample = (rows: readonly Row[], limit: number) =>
    still.within(rows, (pool) => createRefreshQueue({ pool }).sample(limit));

  it('has what observations showed, of offers that were observed', async () => {
    const rows = [learned(1), learned(2), learned(3, { rate_days: 0, popularity: 9 })];
    const found = await sample(rows, 10);
    expect(found.sample.toSorted((a, b) => a.changes - b.changes)).toEqual([
      { changes: 1, days: 2 },
      { changes: 2, days: 2 },
    ]);
    expect(found).toMatchObject({ fittedAt: null, meanPopularity: 5, offers: 3, detailsPerDay: 0 });
    expect(found.prior.days).toBeGreaterThan(0);
    expect((await sample(rows, 1)).sample).toHaveLength(1);
  });

  it('has that of each figure', async () => {
    const rows = [
      learned(1, { offer_changes: 1, offer_days: 2, price_changes: 3, price_days: 4 }),
      learned(2, { in_stock_changes: 5, in_stock_days: 6, out_of_stock_changes: 7, out_of_stock_days: 8 }),
      learned(3, { offer_changes: 9, offer_days: 9 }),
    ];
    const found = (await sample(rows, 10)).figures;
    const samples = figures.map((figure) => found[figure].sample.toSorted((a, b) => a.changes - b.changes));
    expect(samples).toEqual([
      [
        { changes: 1, days: 2 },
        { changes: 9, days: 9 },
      ],
      [{ changes: 3, days: 4 }],
      [{ changes: 5, days: 6 }],
      [{ changes: 7, days: 8 }],
    ]);
    expect((await sample(rows, 1)).figures.offer.sample).toHaveLength(1);
    expect(found.price).toMatchObject({
      changes: expect.any(Number) as number,
      days: expect.any(Number) as number,
    });
  });

  it('has nothing of an empty catalog, and the details of a week', async () => {
    const rows = [
      ...[
        stat(0, 7, 0),
        stat(-6, 14, 0, { hint: 'none' }),
        stat(-7, 70, 0),
        stat(0, 70, 0, { source: 'search' }),
      ],
    ];
    expect(await sample(rows, 10)).toMatchObject({
      sample: [],
      meanPopularity: 1,
      offers: 0,
      detailsPerDay: 3,
    });
  });
});

describe('the planner', () => {
  const now = new Date(noon);
  const observed = (count: number) =>
    Array.from({ length: count }, (_, index) =>
      offer(index + 1, {
        rate_changes: index % 3,
        rate_days: 9,
        price_changes: 1,
        price_days: 9,
        popularity: 2,
      }),
    );
  const fit = (rows: readonly Row[], fittedAt: string | null = null) =>
    still.within(rows, async (pool) => {
      if (fittedAt !== null) await setPlanner(pool, `fitted_at = '${fittedAt}'`);
      const refreshQueue = createRefreshQueue({ pool });
      const before = await refreshQueue.sample(1500);
      await fitPlanner({ refreshQueue, log }, now);
      const { fittedAt: at } = await refreshQueue.sample(1);
      return {
        before,
        at,
        known: await readPlanner(pool),
        figures: await readFigures(pool as unknown as PoolClient),
      };
    });

  it('is fitted to what was observed, with a floor by the details of a day', async () => {
    const { before, at: fittedAt, known, figures: fitted } = await fit([...observed(120), stat(0, 70, 0)]);
    expect(fittedAt).toEqual(now);
    // 120 offers, of which three of ten details a day are for those that are overdue.
    expect(known).toMatchObject({ meanPopularity: 2, floorDays: 40 });
    expect(known.prior.changes).toBeCloseTo(fitPrior(before.sample, before.prior).changes, 4);
    expect(known.prior.changes).not.toBeCloseTo(before.prior.changes, 2);
    const price = before.figures.price;
    expect(fitted.price.prior.changes).toBeCloseTo(fitPrior(price.sample, price).changes, 4);
    expect(fitted.price.prior.changes).not.toBeCloseTo(price.changes, 2);
  });

  it('has no floor without details', async () => {
    expect((await fit(observed(3))).known.floorDays).toBeNull();
  });

  it.each<[string, readonly Row[], number, boolean]>([
    ['20 hours after the last time', observed(1), -20 * hour, true],
    ['not before', observed(1), -20 * hour + 1, false],
    ['not without observations', [], -99 * hour, false],
  ])('is fitted %s', async (_, rows, seconds, isFitted) => {
    const fittedAt = at(seconds);
    expect((await fit(rows, fittedAt)).at).toEqual(isFitted ? now : new Date(fittedAt));
  });
});
