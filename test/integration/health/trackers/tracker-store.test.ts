import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createTrackerStore, type TrackerStore } from '../../../../src/health/trackers/tracker-store.ts';
import type { ListedChange, Tracker } from '../../../../src/model/tracker.ts';
import { believeEmptyDetails, minute } from '../../../support/answers.ts';
import { createTestDatabase, type TestDatabase } from '../../../support/database.ts';
import {
  detailOf,
  openStoredAnswers,
  plainOffer,
  type DetailPayload,
  type StoredAnswers,
} from '../../../support/stored-answers.ts';

let db: TestDatabase;
let at: StoredAnswers;
let store: TrackerStore;
let lastOffer = 100;
let id: string;

beforeAll(async () => {
  db = await createTestDatabase();
  at = openStoredAnswers(db.pool);
  store = createTrackerStore(db.pool);
});
afterAll(() => db.drop());
beforeEach(async () => {
  id = String(++lastOffer);
  await db.pool.query('TRUNCATE sync.tracker, sync.tracked_change');
});

const tracker = (changes: Partial<Tracker> = {}): Tracker => ({
  ...{ name: 'all', feed: null, offers: [id], priceDownPercent: null, priceUpPercent: null },
  ...{ priceBelowCny: null, events: [] },
  ...changes,
});
const everything = () =>
  tracker({
    ...{ priceDownPercent: 5, priceUpPercent: 5 },
    events: ['out_of_stock', 'back_in_stock', 'delisted', 'relisted'],
  });

/** Prices by quantity, the stock and the status of an offer. */
const offer = (
  prices: Record<number, string>,
  stock = 5,
  status = 'published',
  unit = '个',
): DetailPayload => {
  const priceRangeList = Object.entries(prices).map(([startQuantity, price]) => ({ startQuantity, price }));
  const productSaleInfo = { quoteType: 0, amountOnSale: stock, priceRangeList, unitInfo: { unit } };
  return plainOffer(id, prices, { status, productSaleInfo });
};

const answer = (minutes: number, payload: DetailPayload) => at.answer(minutes, detailOf(id), payload);
const note = (...trackers: readonly Tracker[]) => store.note(trackers, { isSent: true });
const list = () => store.list({ tracker: null, limit: 100 });

const minuteOf = (time: Date) => (time.getTime() - minute(0).getTime()) / 60_000;
/** `price_down 10 9 1-2`: the condition, the values, and between which minutes. */
const line = ({ condition, old, new: now, notBefore, seenAt }: ListedChange) =>
  `${condition} ${old} ${now} ${minuteOf(notBefore)}-${minuteOf(seenAt)}`;
const lines = async () => (await list()).map(line).toReversed();

describe('what a tracker notices', () => {
  it('no first observation', async () => {
    const below = { ...everything(), priceBelowCny: '99' };
    await store.register([below]);
    await answer(1, offer({ 1: '10' }, 0, 'member expired'));
    await note(below);
    expect(await lines()).toEqual([]);
  });

  it('no change that was loaded before it was registered', async () => {
    await answer(1, offer({ 1: '10' }, 0, 'member expired'));
    await answer(2, offer({ 1: '5' }));
    await store.register([everything()]);
    await note(everything());
    expect(await lines()).toEqual([]);
  });

  it('a list price that falls or rises by its per cent, and none that moves by less', async () => {
    const both = tracker({ priceDownPercent: 5, priceUpPercent: 10 });
    await store.register([both]);
    await answer(1, offer({ 1: '10' }));
    await answer(2, offer({ 1: '9.5001' }));
    await answer(3, offer({ 1: '10' }));
    await answer(4, offer({ 1: '9.5' }));
    await answer(5, offer({ 1: '10.4499' }));
    await answer(6, offer({ 1: '11.49489' }));
    await note(both);
    expect(await lines()).toEqual(['price_down 10 9.5 3-4', 'price_up 10.4499 11.4949 5-6']);
    await note(both);
    expect(await list()).toHaveLength(2);
  });

  it('of several prices the one that moved most, with its quantity', async () => {
    await store.register([everything()]);
    await answer(1, offer({ 1: '10', 50: '9', 500: '8' }));
    await answer(2, offer({ 1: '9.5', 50: '6', 500: '7.9' }));
    await note(everything());
    expect(await list()).toMatchObject([
      {
        condition: 'price_down',
        old: '9',
        new: '6',
        skuId: '0',
        minQuantity: 50,
        tracker: 'all',
        offerId: id,
      },
    ]);
  });

  it('the lowest list price when it falls below an amount, and not while it stays there', async () => {
    const below = tracker({ priceBelowCny: '8', priceDownPercent: 50 });
    await store.register([below]);
    await answer(1, offer({ 1: '10', 50: '8' }));
    await answer(2, offer({ 1: '10', 50: '7.99' }));
    await answer(3, offer({ 1: '7', 50: '6' }));
    await answer(4, offer({ 1: '10', 50: '8' }));
    await answer(5, offer({ 1: '7.5', 50: '3' }));
    await note(below);
    expect(await lines()).toEqual(['price_below 8 7.99 1-2', 'price_below 8 3 4-5']);
  });

  it('no price of another unit, of which one costs another amount', async () => {
    await store.register([everything()]);
    await answer(1, offer({ 1: '10' }));
    await answer(2, offer({ 1: '100' }, 5, 'published', '箱'));
    await answer(3, offer({ 1: '50' }, 5, 'published', '箱'));
    await note(everything());
    expect(await lines()).toEqual(['price_down 100 50 2-3']);
  });

  it('stock that ends and comes back', async () => {
    await store.register([everything()]);
    for (const [i, stock] of [5, 3, 0, 0, 4].entries()) await answer(i + 1, offer({ 1: '10' }, stock));
    await note(everything());
    expect(await lines()).toEqual(['out_of_stock 3 0 2-3', 'back_in_stock 0 4 4-5']);
  });

  it('an offer that goes off sale or is gone, and one that is on sale again', async () => {
    await believeEmptyDetails(db.pool);
    await store.register([everything()]);
    await answer(1, offer({ 1: '10' }));
    await answer(2, offer({ 1: '10' }, 5, 'member expired'));
    await answer(3, offer({ 1: '10' }, 5, 'member expired'));
    await answer(4, offer({ 1: '10' }));
    await answer(5, null);
    await answer(6, null);
    await answer(7, null);
    await answer(8, offer({ 1: '10' }));
    await answer(9, null);
    await answer(10, offer({ 1: '10' }));
    await note(everything());
    expect(await lines()).toEqual([
      'delisted listed delisted 1-2',
      'relisted delisted listed 3-4',
      'delisted listed gone 4-6',
      'relisted gone listed 7-8',
    ]);
  });

  it('what it is set to notice, of the offers it is set to notice', async () => {
    const stock = tracker({ name: 'stock', events: ['out_of_stock'] });
    const others = { ...everything(), name: 'others', offers: ['1'] };
    const bags = tracker({ name: 'bags', feed: 'bags', offers: [], priceDownPercent: 1 });
    const cups = tracker({ name: 'cups', feed: 'cups', offers: [], priceDownPercent: 1 });
    const all = [stock, others, bags, cups];
    await store.register(all);
    await answer(1, offer({ 1: '10' }));
    await db.pool.query(
      `WITH set AS (INSERT INTO sync.feed_set (feeds) VALUES (ARRAY['bags', $2]) RETURNING feed_set)
       UPDATE sync.refresh SET feed_set = set.feed_set FROM set WHERE offer_id = $1`,
      [id, `feed-${id}`],
    );
    await answer(2, offer({ 1: '9' }, 0, 'member expired'));
    await note(...all);
    const found = (await list()).map(({ tracker: name, condition }) => `${name} ${condition}`);
    expect(found.toSorted()).toEqual(['bags price_down', 'stock out_of_stock']);
    expect(await store.list({ tracker: 'bags', limit: 9 })).toMatchObject([{ condition: 'price_down' }]);
    expect(await store.list({ tracker: null, limit: 1 })).toHaveLength(1);
  });
});

describe('what it misses nothing of', () => {
  it('a load that another one overtakes', async () => {
    await store.register([everything()]);
    await answer(1, offer({ 1: '10' }));
    const client = await db.pool.connect();
    try {
      await client.query('BEGIN');
      await client.query(
        `INSERT INTO catalog.observation
           (offer_id, observed_at, source, call_id, is_found, is_late, stock, loaded_at)
         VALUES ($1, $2, 'detail', 1, true, false, 0, clock_timestamp())`,
        [id, minute(2)],
      );
      await note(everything());
      await client.query('COMMIT');
    } finally {
      client.release();
    }
    expect(await lines()).toEqual([]);
    await note(everything());
    expect(await lines()).toEqual(['out_of_stock 5 0 1-2']);
  });

  it('a tracker that is defined otherwise goes on where it was', async () => {
    await store.register([everything()]);
    await answer(1, offer({ 1: '10' }));
    await answer(2, offer({ 1: '9' }));
    const other = { ...everything(), priceDownPercent: 1 };
    await store.register([other]);
    await note(other);
    expect(await lines()).toEqual(['price_down 10 9 1-2']);
  });

  it('one that is defined as before goes on where it was, not where it was left', async () => {
    const [fine, coarse] = [tracker({ priceDownPercent: 5 }), tracker({ priceDownPercent: 50 })];
    await store.register([fine]);
    await answer(1, offer({ 1: '10' }));
    await note(fine);
    await db.pool.query("UPDATE sync.tracker SET checked_at = checked_at - interval '2 hours'");
    await store.register([coarse]);
    await answer(2, offer({ 1: '9' }));
    await note(coarse);
    await answer(3, offer({ 1: '8' }));
    await store.register([fine]);
    await note(fine);
    expect(await lines()).toEqual(['price_down 9 8 2-3']);
  });

  it('two processes whose files differ read each for itself, and note a change once', async () => {
    const other = { ...everything(), priceDownPercent: 1 };
    await store.register([everything(), other]);
    await answer(1, offer({ 1: '10' }));
    await answer(2, offer({ 1: '9' }));
    await note(everything());
    await note(other);
    expect(await lines()).toEqual(['price_down 10 9 1-2']);
  });
});

describe('an answer that is loaded after newer ones', () => {
  it('is no second change where it only dates one that was noted', async () => {
    await store.register([everything()]);
    await answer(1, offer({ 1: '10' }));
    await answer(5, offer({ 1: '9' }));
    await note(everything());
    await answer(3, offer({ 1: '9' }));
    await note(everything());
    expect(await lines()).toEqual(['price_down 10 9 1-5']);
  });

  it('shows two changes where a price came back before anybody saw it', async () => {
    await store.register([everything()]);
    await answer(1, offer({ 1: '10' }));
    await answer(5, offer({ 1: '10' }));
    await note(everything());
    expect(await lines()).toEqual([]);
    await answer(3, offer({ 1: '7' }));
    await note(everything());
    expect(await lines()).toEqual(['price_down 10 7 1-3', 'price_up 7 10 3-5']);
  });
});
