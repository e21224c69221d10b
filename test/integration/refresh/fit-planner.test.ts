import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PoolClient } from 'pg';
import { figures } from '../../../src/model/figures.ts';
import { createLogger } from '../../../src/core/log.ts';
import { fitPlanner } from '../../../src/refresh/fit-planner.ts';
import { firstShares, fitShares, rates, toChangeRate } from '../../../src/refresh/planner/rate-grid.ts';
import { fitPrior } from '../../../src/refresh/planner/fit-prior.ts';
import { readPlanner } from '../../../src/refresh/queue/read-planner.ts';
import { createRefreshQueue } from '../../../src/refresh/queue/refresh-queue.ts';
import { readFigures } from '../../../src/refresh/update/figure-rows.ts';
import { at, noon, openStillLedger, type Row, type StillLedger } from '../../support/still-ledger.ts';
import { detailStat, hour, offer } from '../../support/refresh-rows.ts';

/* The planner of a day, and what it is fitted to. */

/** In place of the evidence of a figure of which nothing was observed. */
const nothing = rates.map(() => null);

let still: StillLedger;
beforeAll(async () => {
  still = await openStillLedger();
});
afterAll(() => still.close());

const log = createLogger({ level: 'silent', pretty: false });

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
    const many = await still.within(rows, async (pool) => {
      await pool.query(`UPDATE pg_class SET reltuples = 500 WHERE oid = 'sync.refresh'::regclass`);
      return createRefreshQueue({ pool }).sample(1500);
    });
    expect(many).toMatchObject({ offers: 500, sample: { length: 2 } });
  });

  it('has that of each figure', async () => {
    const numbers = (first: number) => rates.map((_, at) => first - at / 16);
    const rows = [
      learned(1, { evidence: [...numbers(-1), ...numbers(-3)] }),
      learned(2, { evidence: [...nothing, ...nothing, ...numbers(-5), ...numbers(-7)] }),
      learned(3, { evidence: [...numbers(-9), ...nothing, ...nothing, ...nothing, ...numbers(-11)] }),
    ];
    const found = (await sample(rows, 10)).figures;
    expect(found.offer[0]?.offerEvidence).toEqual(found.offer[0]?.evidence);
    expect(found.in_stock[0]?.offerEvidence).toBeNull();
    const samples = figures.map((figure) =>
      found[figure]
        .map(({ evidence }) => evidence)
        .toSorted(([a = 0], [b = 0]) => b - a)
        .flat(),
    );
    expect(samples).toEqual([
      [...numbers(-1), ...numbers(-9)],
      numbers(-3),
      numbers(-5),
      numbers(-7),
      numbers(-11),
    ]);
    expect((await sample(rows, 1)).figures.offer).toHaveLength(1);
  });

  it('has nothing of an empty catalog, and the details of a week', async () => {
    const rows = [
      ...[
        detailStat(0, 7, 0),
        detailStat(-6, 14, 0, { hint: 'none' }),
        detailStat(-7, 70, 0),
        detailStat(0, 70, 0, { source: 'search' }),
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
        evidence: [...nothing, ...rates.map((rate) => (index % 3 === 0 ? 0 : -20 * rate))],
        popularity: 2,
      }),
    );
  const fit = (rows: readonly Row[], fittedAt: string | null = null) =>
    still.within(rows, async (pool) => {
      if (fittedAt !== null) await pool.query('UPDATE sync.planner SET fitted_at = $1', [fittedAt]);
      const refreshQueue = createRefreshQueue({ pool });
      const before = await refreshQueue.sample(1500);
      await fitPlanner({ refreshQueue, log }, now);
      const { fittedAt: at } = await refreshQueue.sample(1);
      return {
        before,
        at,
        known: await readPlanner(pool),
        figures: await readFigures(pool as unknown as PoolClient),
        priors: (await pool.query('SELECT figure, changes, days FROM analytics.figure_rates')).rows as {
          readonly figure: string;
        }[],
      };
    });

  it.each([
    ['of many changes keeps as many as 150, in their proportion', [900, 600], [90, 60]],
    ['keeps all of 150 and fewer', [50, 100], [50, 100]],
  ])('%s that rows showed or did not', async (_, before, after) => {
    const shown = await still.within(observed(1), async (pool) => {
      await pool.query('UPDATE sync.planner SET visible_changes = $1, hidden_changes = $2', before);
      const refreshQueue = createRefreshQueue({ pool });
      await fitPlanner({ refreshQueue, log }, now);
      return (await refreshQueue.sample(1)).shown;
    });
    expect(shown.visible).toBeCloseTo(Number(after[0]), 3);
    expect(shown.hidden).toBeCloseTo(Number(after[1]), 3);
  });

  it('is fitted to what was observed, with a floor by the details of a day', async () => {
    const {
      before,
      at: fittedAt,
      known,
      figures: fitted,
      priors,
    } = await fit([...observed(120), detailStat(0, 70, 0)]);
    expect(fittedAt).toEqual(now);
    // 120 offers, of which three of ten details a day are for those that are overdue.
    expect(known).toMatchObject({ meanPopularity: 2, floorDays: 40 });
    expect(known.prior.changes).toBeCloseTo(fitPrior(before.sample, before.prior).changes, 4);
    expect(known.prior.changes).not.toBeCloseTo(before.prior.changes, 2);
    const shares = fitShares(
      before.figures.price.map(({ evidence }) => evidence),
      firstShares.price,
    );
    expect(fitted.price.shares).toEqual(shares.map((share) => expect.closeTo(share, 5) as number));
    expect(fitted.price.shares[0]).not.toBeCloseTo(firstShares.price[0] ?? 0, 2);
    expect(priors.find(({ figure }) => figure === 'price')).toEqual({
      figure: 'price',
      changes: expect.closeTo(toChangeRate(shares).changes, 4) as number,
      days: expect.closeTo(toChangeRate(shares).days, 4) as number,
    });
    expect(fitted.gone.shares).toEqual(firstShares.gone.map((share) => expect.closeTo(share, 6) as number));
  });

  it('has how often stock runs out of offers that change as often', async () => {
    // A third changes daily and is sold out as often; the others are not.
    const daily = rates.map((rate) => 9 * Math.log(-Math.expm1(-rate)));
    const never = rates.map((rate) => -180 * rate);
    const rows = Array.from({ length: 120 }, (_, index) => {
      const known = index % 3 === 0 ? daily : never;
      return offer(index + 1, { rate_days: 9, evidence: [...known, ...nothing, ...known] });
    });
    const { figures: fitted } = await fit(rows);
    const often = (shares: readonly number[] = []) => shares.slice(6).reduce((sum, share) => sum + share, 0);
    const { byOfferRate } = fitted.in_stock;
    expect(often(byOfferRate?.[rates.indexOf(1)])).toBeGreaterThan(3 * often(firstShares.in_stock));
    expect(often(byOfferRate?.[0])).toBeLessThan(often(firstShares.in_stock));
    expect(often(fitted.out_of_stock.byOfferRate?.[0])).toBeCloseTo(often(firstShares.out_of_stock), 5);
    expect([fitted.offer, fitted.price, fitted.gone].map((one) => one.byOfferRate)).toEqual([
      null,
      null,
      null,
    ]);
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
