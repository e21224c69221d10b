import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ensurePartitions } from '../../../../src/db/partitions.ts';
import { createTrackerStore, type TrackerStore } from '../../../../src/health/trackers/tracker-store.ts';
import type { Tracker } from '../../../../src/model/tracker.ts';
import { minute } from '../../../support/answers.ts';
import { createTestDatabase, type TestDatabase } from '../../../support/database.ts';

/** The offer of these tests, and one whose rows say something else at the same times. */
const [id, other] = ['7', '8'];

let db: TestDatabase;
let store: TrackerStore;

beforeAll(async () => {
  db = await createTestDatabase();
  store = createTrackerStore(db.pool);
  await ensurePartitions(db.pool, minute(0));
});
afterAll(() => db.drop());
beforeEach(async () => {
  await run(
    `TRUNCATE sync.tracker, sync.tracked_change, catalog.observation, catalog.price, catalog.price_history, catalog.offer_change,
              catalog.offer RESTART IDENTITY CASCADE`,
  );
  await run(
    "INSERT INTO catalog.offer (offer_id, state, changed_at, call_id) VALUES (7, 'listed', now(), 1), (8, 'listed', now(), 1)",
  );
});

const run = (sql: string, params: readonly unknown[] = []) => db.pool.query(sql, [...params]);

interface Observation {
  readonly offer?: string;
  readonly source?: 'detail' | 'search';
  readonly isFound?: boolean;
  readonly isLate?: boolean;
  readonly stock?: number | null;
  /** Default: when it was observed. */
  readonly loadedAt?: Date | 'now';
}

const observe = (minutes: number, given: Observation = {}) => {
  const { offer = id, source = 'detail', isFound = true, isLate = false, stock = null } = given;
  const { loadedAt = minute(minutes) } = given;
  return run(
    `INSERT INTO catalog.observation (offer_id, observed_at, source, call_id, is_found, is_late, stock, loaded_at)
     VALUES ($1, $2, $3, 1, $4, $5, $6, coalesce($7, clock_timestamp()))`,
    [offer, minute(minutes), source, isFound, isLate, stock, loadedAt === 'now' ? null : loadedAt],
  );
};

/** A price, as `10@1 9@3`: 10 from minute 1 on, 9 from minute 3 on. */
async function price(
  text: string,
  given: { offer?: string; sku?: number; from?: number; kind?: string } = {},
) {
  const { offer = id, sku = 0, from = 1, kind = 'list' } = given;
  const steps = text.split(' ').map((step) => step.split('@'));
  for (const [index, [amount, at]] of steps.entries()) {
    const next = steps[index + 1]?.[1];
    if (next === undefined)
      await run(
        `INSERT INTO catalog.price (offer_id, sku_id, kind, min_quantity, amount_cny, valid_from, call_id)
         VALUES ($1, $2, $3, $4, $5, $6, 1)`,
        [offer, sku, kind, from, amount, minute(Number(at))],
      );
    else
      await run(
        `INSERT INTO catalog.price_history (offer_id, sku_id, kind, min_quantity, amount_cny, valid_from, valid_to, call_id,
                                            closed_by_call_id)
         VALUES ($1, $2, $3, $4, $5, $6, $7, 1, 1)`,
        [offer, sku, kind, from, amount, minute(Number(at)), minute(Number(next))],
      );
  }
}

/** Changes of a field, as `2 listed gone`: the minute, the old value and the new one (`-`: none). */
async function change(field: string, changes: readonly string[], offer = id) {
  for (const [at, old, now] of changes.map((line) => line.split(' ')))
    await run(
      'INSERT INTO catalog.offer_change (offer_id, field, old, new, observed_at, call_id) VALUES ($1, $2, $3, $4, $5, 1)',
      [offer, field, ...[old, now].map((value) => (value === '-' ? null : value)), minute(Number(at))],
    );
}

/** Rows that say nothing about the offer: of another one, of searches, that came too late, of other prices and fields. */
async function addOthers() {
  const minutes = Array.from({ length: 10 }, (_, index) => index + 1);
  const moving = minutes.map((at) => `${at % 2 === 0 ? '1' : '1000'}@${String(at)}`).join(' ');
  for (const at of minutes) {
    await observe(at, { offer: other, isFound: at % 3 > 0, stock: at % 2 });
    await observe(at + 0.5, { source: 'search', isFound: at % 2 > 0, stock: at % 2 });
    await observe(at + 0.25, { isLate: true, isFound: at % 2 > 0, stock: at % 2 });
  }
  await price(moving, { offer: other });
  await price(moving, { kind: 'search' });
  const states = minutes.map((at) => `${String(at)} listed ${at % 2 === 0 ? 'gone' : 'listed'}`);
  await change('state', states, other);
  await change('subject', states);
  await change('unit', states, other);
}

const tracker = (parts: Partial<Tracker> = {}): Tracker => ({
  ...{ name: 'all', feed: null, offers: [id], priceDownPercent: 5, priceUpPercent: 5, priceBelowCny: null },
  events: ['out_of_stock', 'back_in_stock', 'delisted', 'relisted'],
  ...parts,
});

/** Registers trackers that have read to a minute. */
async function register(trackers: readonly Tracker[], readTo = 0) {
  await store.register(trackers);
  await run('UPDATE sync.tracker SET read_to = $1 WHERE tracker = ANY ($2)', [
    minute(readTo),
    trackers.map(({ name }) => name),
  ]);
}

const minuteOf = (time: Date) => (time.getTime() - minute(0).getTime()) / 60_000;

/** What is noted by now, the oldest first, as `price_down 10 9 1-2`. */
async function note(...trackers: readonly Tracker[]) {
  await store.note(trackers, { isSent: true });
  const found = await store.list({ tracker: null, limit: 99 });
  return found
    .map(
      ({ condition, old, new: now, notBefore, seenAt }) =>
        `${condition} ${old} ${now} ${String(minuteOf(notBefore))}-${String(minuteOf(seenAt))}`,
    )
    .toReversed();
}

async function observeAll(from: number, to: number, given: Observation = {}) {
  for (let at = from; at <= to; at += 1) await observe(at, given);
}

describe('beside rows that say nothing about an offer', () => {
  beforeEach(async () => {
    await register([tracker()]);
    await addOthers();
  });

  it('each move of its price is noticed, from the price just before to the one just after', async () => {
    await observeAll(1, 10);
    await price('10@1 9@3 4@5 12@7 11@9');
    expect(await note(tracker())).toEqual([
      ...['price_down 10 9 2-3', 'price_down 9 4 4-5', 'price_up 4 12 6-7', 'price_down 12 11 8-9'],
    ]);
  });

  it('its stock is noticed, where it is known', async () => {
    for (const [index, stock] of [5, null, 0, 0, null, 3, 2, null, 0].entries())
      await observe(index + 1, { stock });
    expect(await note(tracker())).toEqual([
      'out_of_stock 5 0 1-3',
      'back_in_stock 0 3 4-6',
      'out_of_stock 2 0 7-9',
    ]);
  });

  it('its states are noticed, between details that show them', async () => {
    await observeAll(1, 5);
    for (const at of [6, 7]) await observe(at, { isFound: false });
    await observeAll(8, 9);
    await change('state', [
      '1 - listed',
      '2 listed delisted',
      '4 delisted listed',
      '6 listed missing',
      '7 missing gone',
      '8 gone listed',
      '9 listed missing',
    ]);
    expect(await note(tracker())).toEqual([
      ...['delisted listed delisted 1-2', 'relisted delisted listed 3-4'],
      ...['delisted listed gone 5-7', 'relisted gone listed 7-8'],
    ]);
  });

  it('a fall below an amount is that of its lowest price', async () => {
    const below = tracker({
      name: 'below',
      priceBelowCny: '8',
      priceDownPercent: null,
      priceUpPercent: null,
    });
    const low = { ...below, name: 'low', priceBelowCny: '7' };
    await register([below, low]);
    await observeAll(1, 4);
    await price('10@1 8@3');
    await price('9@1 7@3', { from: 50 });
    expect(await note(below, low)).toEqual(['price_below 9 7 2-3']);
  });

  it('a price of another unit is none, but the first unit that is known changes nothing', async () => {
    await observeAll(1, 7);
    await price('10@1 9@2 8@4 7@6');
    await change('unit', ['2 - 个', '3.5 个 箱', '6 箱 个']);
    expect(await note(tracker())).toEqual(['price_down 10 9 1-2', 'price_down 9 8 3-4']);
  });

  it('a unit that is left out for a time is no other one, but the next one may be', async () => {
    await observeAll(1, 5);
    await price('10@1 9@2 8@3 7@4 70@5');
    await change('unit', ['2 个 -', '3 - 个', '4 个 -', '5 - 箱']);
    expect(await note(tracker())).toEqual([
      'price_down 10 9 1-2',
      'price_down 9 8 2-3',
      'price_down 8 7 3-4',
    ]);
  });
});

describe('what is no change of an offer', () => {
  it('is a price from nothing, or one that ended where nothing was found', async () => {
    await register([tracker()]);
    await observeAll(1, 3);
    await price('0@1 5@2');
    await observe(4, { isFound: false });
    await price('9@1 5@4', { from: 50 });
    expect(await note(tracker())).toEqual([]);
  });

  it('is a state that no detail shows yet', async () => {
    await register([tracker()]);
    await observe(1);
    await observe(2, { isFound: false });
    await change('state', ['1 - listed', '1.5 listed delisted']);
    expect(await note(tracker())).toEqual([]);
    await observe(3, { loadedAt: 'now' });
    await observe(4, { isFound: false, loadedAt: 'now' });
    await change('state', ['3.5 delisted listed']);
    expect(await note(tracker())).toEqual(['delisted listed delisted 1-3']);
    await observe(5, { loadedAt: 'now' });
    expect(await note(tracker())).toEqual(['delisted listed delisted 1-3', 'relisted delisted listed 4-5']);
  });

  it('is an offer that was gone and came back in one moment', async () => {
    await register([tracker()]);
    await observeAll(1, 3);
    await change('state', ['1 - listed', '2 listed gone', '2 gone listed']);
    expect(await note(tracker())).toEqual([]);
    await observe(5, { loadedAt: 'now' });
    await change('state', ['4 listed gone', '5 gone listed']);
    expect(await note(tracker())).toEqual(['relisted gone listed 3-5']);
  });

  it('is one that was missing', async () => {
    await register([tracker()]);
    await observeAll(1, 3);
    await change('state', ['1 - missing', '2 missing listed', '3 listed missing']);
    expect(await note(tracker())).toEqual([]);
  });
});

describe('what a tracker reads', () => {
  const falling = () => price('10@1 9@3 8@5');

  it('was loaded from the time on to which it has read, each for itself', async () => {
    const [early, late] = [tracker(), tracker({ name: 'late' })];
    await observeAll(1, 5);
    await falling();
    await register([early], 3);
    await register([late], 5);
    await note(late, early);
    const found = await store.list({ tracker: null, limit: 9 });
    expect(found.map(({ tracker: name, old }) => `${name} ${old}`).toSorted()).toEqual([
      'all 10',
      'all 9',
      'late 9',
    ]);
  });

  it('was loaded before now', async () => {
    await register([tracker()], 4.5);
    await observeAll(1, 4);
    await observe(5, { loadedAt: new Date('2099-01-01T00:00:00Z') });
    await falling();
    expect(await note(tracker())).toEqual([]);
    await run('UPDATE catalog.observation SET loaded_at = clock_timestamp() WHERE observed_at = $1', [
      minute(5),
    ]);
    expect(await note(tracker())).toEqual(['price_down 9 8 4-5']);
  });

  it('are details, and not what follows a search', async () => {
    await register([tracker()], 6);
    await observeAll(1, 5);
    await observe(2.5, { source: 'search', loadedAt: minute(7) });
    await falling();
    expect(await note(tracker())).toEqual([]);
  });

  it('are the offers of its list or of its feed', async () => {
    await run(
      `WITH set AS (INSERT INTO sync.feed_set (feeds) VALUES (ARRAY['bags']) RETURNING feed_set)
       INSERT INTO sync.refresh (offer_id, first_seen_at, feed_set) SELECT 8, now(), feed_set FROM set`,
    );
    await observeAll(1, 5);
    await observeAll(1, 5, { offer: other });
    await falling();
    await price('20@1 2@3', { offer: other });
    const both = [
      tracker(),
      tracker({ name: 'bags', feed: 'bags', offers: [] }),
      tracker({ name: 'no', offers: [] }),
    ];
    await register(both);
    const noted = await note(...both);
    expect(noted.toSorted()).toEqual(['price_down 10 9 2-3', 'price_down 20 2 2-3', 'price_down 9 8 4-5']);
    expect((await store.list({ tracker: 'bags', limit: 9 })).map(({ offerId }) => offerId)).toEqual([other]);
  });

  it('is never put back', async () => {
    await register([tracker()], 0);
    await run("UPDATE sync.tracker SET read_to = '2099-01-01 00:00Z'");
    await note(tracker());
    const { rows } = await run('SELECT read_to AS at FROM sync.tracker');
    expect(rows).toEqual([{ at: new Date('2099-01-01T00:00:00Z') }]);
  });
});

describe('a detail that is loaded after newer ones', () => {
  it('is compared with the one before, and the next one with it, and no other', async () => {
    await register([tracker()], 20);
    for (const at of [1, 5, 7]) await observe(at);
    await price('10@1 9@3 10@5 8@7');
    await observe(3, { loadedAt: minute(21) });
    await addOthers();
    expect(await note(tracker())).toEqual(['price_down 10 9 1-3', 'price_up 9 10 3-5']);
  });

  it('is noted beside a later change of the same kind', async () => {
    await register([tracker()]);
    for (const at of [1, 5, 7]) await observe(at);
    await price('10@1 9@7');
    expect(await note(tracker())).toEqual(['price_down 10 9 5-7']);
    await run('TRUNCATE catalog.price, catalog.price_history');
    await price('10@1 8@3 10@5 9@7');
    await observe(3, { loadedAt: 'now' });
    expect(await note(tracker())).toEqual([
      'price_down 10 8 1-3',
      'price_up 8 10 3-5',
      'price_down 10 9 5-7',
    ]);
  });
});

it('a change that one tracker has noted is noted by another one, too', async () => {
  const [first, second] = [tracker(), tracker({ name: 'second' })];
  await register([first, second]);
  await observeAll(1, 3);
  await price('10@1 9@3');
  expect(await note(first)).toHaveLength(1);
  expect(await note(second)).toHaveLength(2);
});
