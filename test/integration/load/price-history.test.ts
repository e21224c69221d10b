import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createLogger } from '../../../src/core/log.ts';
import { readSql } from '../../../src/health/read-sql.ts';
import { createCatalogStore, type CatalogStore } from '../../../src/load/catalog-store.ts';
import { auditPrices } from '../../../src/health/doctor/price-audit.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import {
  believeEmptyDetails,
  empty,
  found,
  learnNothing,
  minute,
  price,
  provenance,
} from '../../support/answers.ts';

let db: TestDatabase;
let store: CatalogStore;
let lastOffer = 0;

beforeAll(async () => {
  db = await createTestDatabase();
  const log = createLogger({ level: 'silent', pretty: false });
  store = createCatalogStore({ pool: db.pool, learn: learnNothing, log, read: () => null });
});
afterAll(() => db.drop());

/** What an offer costs at a time, by quantity; null: the answer was empty. */
type Prices = Readonly<Record<number, number>> | null;

interface Interval {
  readonly quantity: number;
  readonly amount: number;
  readonly from: number;
  readonly to: number | null;
}

/** The truth, naively: each quantity by itself, look by look. */
function expectedIntervals(observations: readonly Prices[]): Interval[] {
  const shown = observations.map((prices, time) => {
    // One empty answer proves nothing: what was seen before it goes on.
    const lastFound = observations
      .slice(0, time + 1)
      .findLast((one, at) => one !== null || observations[at - 1] === null);
    return prices ?? lastFound ?? {};
  });
  return [1, 10].flatMap((quantity) => {
    const intervals: Interval[] = [];
    shown.forEach((prices, time) => {
      const amount = prices[quantity];
      const open = intervals.at(-1);
      if (open?.to === null && open.amount === amount) return;
      if (open?.to === null) intervals.splice(-1, 1, { ...open, to: time });
      if (amount !== undefined) intervals.push({ quantity, amount, from: time, to: null });
    });
    return intervals;
  });
}

async function readIntervals(offerId: string): Promise<Interval[]> {
  const { rows } = await db.pool.query<{ quantity: number; amount: string; from: Date; to: Date | null }>(
    `SELECT min_quantity AS quantity, amount_cny AS amount, valid_from AS from, valid_to AS to
     FROM (SELECT offer_id, min_quantity, amount_cny, valid_from, valid_to FROM catalog.price_history
           UNION ALL SELECT offer_id, min_quantity, amount_cny, valid_from, NULL FROM catalog.price) every
     WHERE offer_id = $1 ORDER BY min_quantity, valid_from`,
    [offerId],
  );
  const minuteOf = (at: Date) => (at.getTime() - minute(0).getTime()) / 60_000;
  return rows.map((row) => ({
    quantity: row.quantity,
    amount: Number(row.amount),
    from: minuteOf(row.from),
    to: row.to === null ? null : minuteOf(row.to),
  }));
}

const onePrice = fc.option(fc.integer({ min: 1, max: 2 }), { freq: 3, nil: undefined });
const prices: fc.Arbitrary<Prices> = fc.option(
  fc.record({ one: onePrice, ten: onePrice }).map(({ one, ten }) => ({
    ...(one === undefined ? {} : { 1: one }),
    ...(ten === undefined ? {} : { 10: ten }),
  })),
  { freq: 4 },
);

function toAnswer(offerId: string, shown: Prices, time: number) {
  if (shown === null) return empty(offerId, provenance(time));
  const points = Object.entries(shown).map(([quantity, amount]) =>
    price(String(amount), { minQuantity: Number(quantity) }),
  );
  return found(offerId, provenance(time), { prices: points });
}

it('has exactly the intervals of the truth after answers in increasing time', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(prices, { minLength: 1, maxLength: 12 }),
      fc.integer({ min: 1, max: 5 }),
      async (observations, batch) => {
        const offerId = String(++lastOffer);
        await believeEmptyDetails(db.pool);
        for (let at = 0; at < observations.length; at += batch) {
          const some = observations.slice(at, at + batch);
          await store.load(some.map((shown, index) => toAnswer(offerId, shown, at + index)));
        }
        expect(await readIntervals(offerId)).toEqual(expectedIntervals(observations));
      },
    ),
    { numRuns: 60 },
  );
});

async function audit() {
  const { rows } = await db.pool.query<{ ids: string[] }>(
    'SELECT array_agg(offer_id) AS ids FROM catalog.offer',
  );
  const found = await db.pool.query<{ validFrom: Date }>(readSql('audit-price-overlaps'), [rows[0]?.ids]);
  return found.rows;
}

it('has no overlap and no interval without length after answers in any order', async () => {
  const timed = fc.array(fc.record({ shown: prices, time: fc.integer({ min: 0, max: 8 }) }), {
    maxLength: 12,
  });
  await fc.assert(
    fc.asyncProperty(timed, async (observations) => {
      const offerId = String(++lastOffer);
      for (const [call, { shown, time }] of observations.entries()) {
        const answer = toAnswer(offerId, shown, time);
        await store.load([{ ...answer, provenance: provenance(time, String(call + 1)) }]);
      }
    }),
    { numRuns: 30 },
  );
  expect(await audit()).toEqual([]);
  const { rows } = await db.pool.query('SELECT FROM catalog.price_history WHERE valid_to <= valid_from');
  expect(rows).toEqual([]);
});

it('finds planted overlaps: of closed intervals, and of a closed with the current one', async () => {
  const offerId = String(++lastOffer);
  await store.load([toAnswer(offerId, { 1: 5 }, 10)]);
  const plant = (from: number, to: number) =>
    db.pool.query(
      `INSERT INTO catalog.price_history (offer_id, kind, min_quantity, valid_from, valid_to, amount_cny, call_id, closed_by_call_id)
       VALUES ($1, 'list', 1, $2, $3, 1, 1, 1)`,
      [offerId, minute(from), minute(to)],
    );
  await plant(1, 3);
  await plant(2, 4);
  await plant(9, 11);
  expect((await audit()).map((row) => row.validFrom)).toEqual([minute(1), minute(9)]);
});

it('says of a sample of offers whether their intervals overlap, and which do', async () => {
  const { offers, overlapping } = await auditPrices(db.pool);
  expect(offers).toBeGreaterThan(60);
  expect(overlapping).toEqual([String(lastOffer)]);
});
