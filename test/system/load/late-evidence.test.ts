import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CatalogRequest } from '../../../src/model/operation.ts';
import { createRawStore } from '../../../src/raw/raw-store.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { addWindow, believeEmptyDetails, minute } from '../../support/answers.ts';
import { dumpCatalog, runReprocess, unchanged } from '../../support/reprocess-world.ts';
import {
  detailOf,
  openStoredAnswers,
  plainOffer,
  searchFor,
  searchPayload,
  type DetailPayload,
  type StoredAnswers,
} from '../../support/stored-answers.ts';

/* Answers that a sync loads after newer ones of their offers, as when one of two workers is slow. */

let db: TestDatabase;
let at: StoredAnswers;
let lastOffer = 100;
const newOffer = () => String(++lastOffer);

beforeAll(async () => {
  db = await createTestDatabase();
  at = openStoredAnswers(db.pool);
});
afterAll(() => db.drop());

async function select(sql: string, ...values: unknown[]): Promise<Record<string, unknown>[]> {
  return (await db.pool.query<Record<string, unknown>>(sql, values)).rows;
}

const minuteOf = (time: Date) => (time.getTime() - minute(0).getTime()) / 60_000;

/** `'list 1: 10 1-5'`: kind, quantity, amount, from and until which minute. */
async function intervals(offerId: string): Promise<string[]> {
  const rows = await select(
    `SELECT kind, min_quantity, trim_scale(amount_cny)::text AS amount, valid_from, valid_to
     FROM (SELECT offer_id, kind, min_quantity, amount_cny, valid_from, valid_to FROM catalog.price_history
           UNION ALL
           SELECT offer_id, kind, min_quantity, amount_cny, valid_from, NULL FROM catalog.price) every
     WHERE offer_id = $1 ORDER BY kind, min_quantity, valid_from`,
    offerId,
  );
  return rows.map((row) => {
    const from = minuteOf(row['valid_from'] as Date);
    const to = row['valid_to'] === null ? '' : minuteOf(row['valid_to'] as Date);
    return `${String(row['kind'])} ${String(row['min_quantity'])}: ${String(row['amount'])} ${from}-${to}`;
  });
}

const lateOnes = async (offerId: string) =>
  (
    await select(
      'SELECT observed_at FROM catalog.observation WHERE offer_id = $1 AND is_late ORDER BY observed_at',
      offerId,
    )
  ).map((row) => minuteOf(row['observed_at'] as Date));

/** Loads detail answers in the order of the list; null: an empty one. */
async function load(
  offerId: string,
  ...answers: readonly (readonly [minutes: number, prices: Record<number, string> | null])[]
): Promise<void> {
  for (const [minutes, prices] of answers)
    await at.answer(minutes, detailOf(offerId), prices === null ? null : plainOffer(offerId, prices));
}

describe('a detail answer that is loaded after a newer one', () => {
  it('splits the interval that it contradicts, and leaves the current state alone', async () => {
    const id = newOffer();
    await load(id, [1, { 1: '10' }], [5, { 1: '11' }]);
    const current = await select('SELECT * FROM catalog.offer WHERE offer_id = $1', id);
    await load(id, [3, { 1: '99' }]);
    expect(await intervals(id)).toEqual(['list 1: 10 1-3', 'list 1: 99 3-5', 'list 1: 11 5-']);
    expect(await select('SELECT * FROM catalog.offer WHERE offer_id = $1', id)).toEqual(current);
    expect(await lateOnes(id)).toEqual([]);
  });

  it('splits an interval in two, by a price that was not there meanwhile', async () => {
    const id = newOffer();
    await load(id, [1, { 1: '10', 10: '9' }], [5, { 1: '10', 10: '9' }], [3, { 1: '10' }]);
    expect(await intervals(id)).toEqual(['list 1: 10 1-', 'list 10: 9 1-3', 'list 10: 9 5-']);
  });

  it('begins an interval earlier when it is the first to show the price', async () => {
    const id = newOffer();
    await load(id, [5, { 1: '10' }], [3, { 1: '10' }]);
    expect(await intervals(id)).toEqual(['list 1: 10 3-']);
  });

  it('holds on through newer answers of which the price can not be read', async () => {
    const id = newOffer();
    await load(id, [1, { 1: '10' }], [5, { 1: '?' }], [7, { 1: '10' }], [3, { 1: '99' }]);
    expect(await intervals(id)).toEqual(['list 1: 10 1-3', 'list 1: 99 3-7', 'list 1: 10 7-']);
  });

  it('shows an offer between two empty answers, which end nothing then', async () => {
    const id = newOffer();
    await load(id, [1, { 1: '10' }], [2, null], [5, null]);
    expect(await intervals(id)).toEqual(['list 1: 10 1-5']);
    await load(id, [3, { 1: '10' }]);
    expect(await intervals(id)).toEqual(['list 1: 10 1-']);
    expect(await select('SELECT state FROM catalog.offer WHERE offer_id = $1', id)).toEqual([
      { state: 'missing' },
    ]);
  });

  it('ends prices for a while as the second empty one in a row', async () => {
    const id = newOffer();
    await load(id, [1, { 1: '10' }], [2, null], [5, { 1: '10' }], [3, null]);
    expect(await intervals(id)).toEqual(['list 1: 10 1-3', 'list 1: 10 5-']);
  });

  it('rewrites nothing where the history shows just what it says', async () => {
    const id = newOffer();
    await load(id, [1, { 1: '10' }], [5, { 1: '10' }]);
    const prices = () =>
      select('SELECT xmin::text, ctid::text, * FROM catalog.price WHERE offer_id = $1', id);
    const before = await prices();
    await load(id, [3, { 1: '10' }]);
    expect(await prices()).toEqual(before);
    expect(await lateOnes(id)).toEqual([]);
  });

  it('is marked as late, and shown as observed by nothing, when a newer one is not kept', async () => {
    const id = newOffer();
    await load(id, [1, { 1: '10' }], [5, { 1: '11' }], [7, { 1: '12' }]);
    await db.pool.query('DELETE FROM raw.payload WHERE observed_at = $1', [minute(5)]);
    const before = await intervals(id);
    await load(id, [3, { 1: '99' }]);
    expect(await intervals(id)).toEqual(before);
    expect(await lateOnes(id)).toEqual([3]);
    await load(id, [6, { 1: '98' }]);
    expect(await intervals(id)).toEqual([
      'list 1: 10 1-5',
      'list 1: 11 5-6',
      'list 1: 98 6-7',
      'list 1: 12 7-',
    ]);
    expect(await lateOnes(id)).toEqual([3]);
  });
});

describe('a search row that is loaded after a newer one', () => {
  it('splits the interval that it contradicts', async () => {
    const id = newOffer();
    const windowId = await addWindow(db.pool, `of ${id}`);
    for (const [minutes, price] of [
      [1, '10'],
      [5, '11'],
      [3, '99'],
    ] as const) {
      const page = searchPayload([{ offerId: id, priceInfo: { price } }]);
      await at.answer(minutes, searchFor('x'), page, windowId);
    }
    expect(await intervals(id)).toEqual(['search 1: 10 1-3', 'search 1: 99 3-5', 'search 1: 11 5-']);
    expect(await lateOnes(id)).toEqual([]);
  });
});

interface Plan {
  readonly kind: 'found' | 'empty' | 'search';
  readonly time: number;
  readonly one: string;
  readonly ten: string | null;
}

const amount = fc.constantFrom('1', '2', '?');
const plan: fc.Arbitrary<Plan> = fc.record({
  kind: fc.constantFrom('found', 'found', 'found', 'empty', 'search'),
  // Few times, so that some answers share one: then the call decides.
  time: fc.integer({ min: 0, max: 8 }),
  one: amount,
  ten: fc.option(amount),
});

const world = fc.array(plan, { minLength: 2, maxLength: 8 }).chain((plans) => {
  const places = plans.map((_, index) => index);
  return fc.record({
    plans: fc.constant(plans),
    order: fc.shuffledSubarray(places, { minLength: places.length }),
    batch: fc.integer({ min: 1, max: 3 }),
  });
});

function toAnswer(offerId: string, { kind, one, ten }: Plan): [CatalogRequest, unknown] {
  const prices = { 1: one, ...(ten === null ? {} : { 10: ten }) };
  if (kind === 'search') return [searchFor('x'), searchPayload([{ offerId, priceInfo: { price: one } }])];
  const payload: DetailPayload = kind === 'empty' ? null : plainOffer(offerId, prices);
  return [detailOf(offerId), payload];
}

/** Stores the answers of an offer in the order of the list, and loads them in another; gives its intervals. */
async function loadInOrder(
  plans: readonly Plan[],
  order: readonly number[],
  batch: number,
): Promise<string[]> {
  const offerId = newOffer();
  const windowId = await addWindow(db.pool, `of ${offerId}`);
  const rawIds: string[] = [];
  for (const one of plans) {
    const [request, payload] = toAnswer(offerId, one);
    rawIds.push(await at.store(one.time, request, payload, one.kind === 'search' ? windowId : undefined));
  }
  const raw = createRawStore({ pool: db.pool });
  for (let from = 0; from < order.length; from += batch) {
    const answers = await Promise.all(
      order.slice(from, from + batch).map((index) => raw.read(rawIds[index] ?? '')),
    );
    const failures = await at.loader.loadStored(answers.flatMap((answer) => answer ?? []));
    expect(failures).toEqual([]);
  }
  expect(await lateOnes(offerId)).toEqual([]);
  return intervals(offerId);
}

const byTime = (plans: readonly Plan[]): number[] =>
  plans.map((_, index) => index).toSorted((a, b) => (plans[a]?.time ?? 0) - (plans[b]?.time ?? 0) || a - b);

it('has the same history of prices after any order of loading, and a reprocess finds nothing to change in it', async () => {
  await db.pool.query('DELETE FROM raw.payload');
  await fc.assert(
    fc.asyncProperty(world, async ({ plans, order, batch }) => {
      await db.pool.query('DELETE FROM raw.payload');
      await believeEmptyDetails(db.pool);
      expect(await loadInOrder(plans, order, batch)).toEqual(await loadInOrder(plans, byTime(plans), 1));
      const before = await dumpCatalog(db.pool);
      expect(await runReprocess(db.pool, true)).toEqual(unchanged(2 * plans.length));
      expect(await dumpCatalog(db.pool)).toEqual(before);
    }),
    { numRuns: 40 },
  );
});
