import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createCorrection } from '../../../src/load/load-context.ts';
import type { LoadableOffer } from '../../../src/model/catalog.ts';
import { believeEmptyDetails, empty, found, price, provenance, seller, sku } from '../../support/answers.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { openLoadWorld, type LoadWorld } from '../../support/load-world.ts';

/* Details of two offers of one seller, loaded in the order of their calls, and of two others that are told the same, loaded in
   any other order: the catalog has the same of both. Many such pairs are loaded side by side. */

let db: TestDatabase;
let world: LoadWorld;
beforeAll(async () => {
  db = await createTestDatabase();
  world = await openLoadWorld(db.pool);
});
afterAll(() => db.drop());

interface Plan {
  readonly offer: number;
  readonly time: number;
  readonly isEmpty: boolean;
  /** Null: it can't be read. */
  readonly status: string | null;
  readonly amount: string;
  readonly skus: readonly string[];
  readonly stock: number;
  readonly cargo: string;
  readonly hasUnreadSkus: boolean;
  readonly score: string;
  readonly name: string | null;
}

const plan: fc.Arbitrary<Plan> = fc.record({
  offer: fc.constantFrom(0, 0, 0, 1),
  // Few times, so that some answers share one: then the call decides.
  time: fc.integer({ min: 0, max: 7 }),
  isEmpty: fc.constantFrom(false, false, false, false, true),
  status: fc.constantFrom('published', 'published', 'deleted', null),
  amount: fc.constantFrom('1', '2'),
  skus: fc.subarray(['11', '12']),
  stock: fc.integer({ min: 0, max: 2 }),
  cargo: fc.constantFrom('a', 'b'),
  hasUnreadSkus: fc.constantFrom(false, false, false, true),
  score: fc.constantFrom('4', '5'),
  name: fc.constantFrom('One', 'Two', null),
});

const story = fc.array(plan, { minLength: 3, maxLength: 9 }).chain((plans) => {
  const places = plans.map((_, index) => index);
  return fc.record({
    plans: fc.constant(plans),
    order: fc.shuffledSubarray(places, { minLength: places.length }),
    batch: fc.constantFrom(1, 1, 2, 3),
  });
});

const tables = {
  sku: `SELECT offer_id AS owner, * FROM catalog.sku ORDER BY offer_id, sku_id`,
  'history of SKUs': `SELECT offer_id AS owner, * FROM catalog.sku_history ORDER BY offer_id, sku_id, valid_from, call_id`,
  'history of stocks': `SELECT offer_id AS owner, * FROM catalog.stock_history ORDER BY offer_id, sku_id, valid_from, call_id`,
  price: `SELECT offer_id AS owner, * FROM catalog.price ORDER BY offer_id`,
  'history of prices': `SELECT offer_id AS owner, * FROM catalog.price_history ORDER BY offer_id, valid_from`,
  'history of sellers': `SELECT seller_id AS owner, * FROM catalog.seller_history ORDER BY seller_id, valid_from, call_id`,
  seller: `SELECT seller_id AS owner, company_name, composite_service_score FROM catalog.seller ORDER BY seller_id`,
  'descriptions of sellers': `SELECT seller_id AS owner, * FROM sync.seller_observation ORDER BY seller_id`,
  offer: `SELECT offer_id AS owner, offer_id, state FROM catalog.offer ORDER BY offer_id`,
  'history of states': `SELECT offer_id AS owner, offer_id, old, new, observed_at, call_id FROM catalog.offer_change WHERE field = 'state'
                        ORDER BY offer_id, observed_at, call_id`,
  freshness: `SELECT offer_id AS owner, offer_id, detail_at, detail_call_id, found_at, found_call_id, empty_detail_streak
              FROM sync.refresh ORDER BY offer_id`,
  observation: `SELECT offer_id AS owner, offer_id, observed_at, call_id, is_found, is_late, read_sku_ids
                FROM catalog.observation ORDER BY offer_id, observed_at, call_id`,
};

/** A list of answers, as one of the two has loaded it. */
interface Copy {
  readonly offerIds: readonly [string, string];
  readonly sellerId: string;
  /** In the order of the calls. */
  readonly answers: readonly LoadableOffer[];
  /** Places of the answers in the order of loading, and how many are loaded at once. */
  readonly order: readonly number[];
  readonly batch: number;
}

function createCopy(number: number, plans: readonly Plan[], order: readonly number[], batch: number): Copy {
  const offerIds = [`${number}1`, `${number}2`] as const;
  const sellerId = `s-${number}`;
  const answers = plans.map((one, place) => {
    const offerId = offerIds[one.offer === 0 ? 0 : 1];
    const from = provenance(one.time, String(number * 100 + place));
    if (one.isEmpty) return empty(offerId, from);
    return found(offerId, from, {
      offer: { sourceStatus: one.status },
      isStatusUnread: one.status === null,
      skus: one.skus.map((id) => sku(id, { stock: one.stock + Number(id), cargoNumber: one.cargo })),
      prices: [price(one.amount)],
      seller: seller(sellerId, { companyName: one.name, compositeServiceScore: one.score }),
      hasUnreadSkus: one.hasUnreadSkus,
    });
  });
  return { offerIds, sellerId, answers, order, batch };
}

/** Loads the next answers of each, until all are loaded. */
async function loadAll(copies: readonly Copy[]): Promise<void> {
  for (let round = 0, isMore = true; isMore; round += 1) {
    const due = copies.flatMap(({ answers, order, batch }) =>
      order.slice(round * batch, (round + 1) * batch).flatMap((place) => answers[place] ?? []),
    );
    isMore = due.length > 0;
    if (isMore) await world.load(...due);
  }
}

/** What the catalog has of each, with offers, sellers and calls named by their places. */
async function readCopies(copies: readonly Copy[]): Promise<Record<string, object[]>[]> {
  const all = copies.map((): Record<string, object[]> => ({}));
  const ownerOf = new Map(
    copies.flatMap(({ offerIds, sellerId }, index) => [...offerIds, sellerId].map((id) => [id, index])),
  );
  for (const [name, sql] of Object.entries(tables)) {
    const { rows } = await db.pool.query<Record<string, unknown>>(sql);
    for (const { owner, ...row } of rows) {
      const index = ownerOf.get(String(owner)) ?? -1;
      const copy = copies[index];
      if (!copy) continue;
      const named = Object.entries(row).map(([key, value]) => {
        if (key === 'offer_id') return [key, copy.offerIds.indexOf(String(value))];
        if (key === 'seller_id') return [key, 'the seller'];
        if (!key.endsWith('call_id')) return [key, value];
        return [key, copy.answers.findIndex(({ provenance: { callId } }) => callId === value)];
      });
      ((all[index] ??= {})[name] ??= []).push(Object.fromEntries(named) as object);
    }
  }
  return all;
}

/** Intervals of prices that name another next one than begins where they end. */
const wrongNext = `
  SELECT h.*, n.amount_cny AS is_next
  FROM catalog.price_history h
  LEFT JOIN (
    SELECT offer_id, sku_id, kind, min_quantity, valid_from, amount_cny FROM catalog.price
    UNION ALL
    SELECT offer_id, sku_id, kind, min_quantity, valid_from, amount_cny FROM catalog.price_history
  ) n ON (n.offer_id, n.sku_id, n.kind, n.min_quantity, n.valid_from) = (h.offer_id, h.sku_id, h.kind, h.min_quantity, h.valid_to)
  WHERE h.next_amount_cny IS DISTINCT FROM n.amount_cny`;

const byTime = (plans: readonly Plan[]): number[] =>
  plans.map((_, index) => index).toSorted((a, b) => (plans[a]?.time ?? 0) - (plans[b]?.time ?? 0) || a - b);

it('SKUs, stocks, prices, sellers and states are the same after any order of loading, and read again, none changes', async () => {
  await believeEmptyDetails(db.pool);
  const stories = fc.sample(story, 40);
  const inOrder = stories.map(({ plans }, at) => createCopy(1000 + at, plans, byTime(plans), 1));
  const shuffled = stories.map(({ plans, order, batch }, at) => createCopy(2000 + at, plans, order, batch));
  await loadAll(inOrder);
  await loadAll(shuffled);
  const [expected, actual] = [await readCopies(inOrder), await readCopies(shuffled)];
  for (const [at, one] of stories.entries()) expect([one, actual[at]]).toEqual([one, expected[at]]);
  expect((await db.pool.query(wrongNext)).rows).toEqual([]);
  // Of a price that was replaced in its own instant no interval tells: such offers are merged again, to the same end.
  const replayed = expect.any(Object) as object;
  expect(await world.replay()).toEqual({ ...createCorrection(), replayed });
  expect(await readCopies(shuffled)).toEqual(expected);
});

it.each([
  ['in the order of the calls', '31', [0, 1, 2, 3]],
  ['with the end after what followed', '41', [0, 3, 1, 2]],
])(
  'an ended price names what holds after an instant in which it ended and was back, %s',
  async (_, id, order) => {
    const answers = [['2'], [], ['1'], ['2']].map((amounts, call) =>
      found(id, provenance(call === 0 ? 0 : 5, `${id}${call}`), {
        prices: amounts.map((amount) => price(amount)),
      }),
    );
    for (const place of order) await world.load(...answers.slice(place, place + 1));
    const { rows } = await db.pool.query(
      'SELECT amount_cny, next_amount_cny, closed_by_call_id FROM catalog.price_history WHERE offer_id = $1',
      [id],
    );
    expect(rows).toEqual([{ amount_cny: '2.0000', next_amount_cny: '2.0000', closed_by_call_id: `${id}1` }]);
  },
);
