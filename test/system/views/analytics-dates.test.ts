import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseSyncFile } from '../../../src/config/parse-sync-file.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { openTestStack, type TestStack } from '../../support/stack.ts';
import {
  insertChange,
  insertIntervals,
  insertObservedOffers,
  insertOffers,
  openPast,
} from '../../support/analytics-world.ts';

type Row = Record<string, unknown>;

describe('by hand,', () => {
  let db: TestDatabase;
  beforeAll(async () => {
    db = await createTestDatabase();
    await openPast(db);
    await insertOffers(db, [{ offerId: '1' }, { offerId: '2', state: 'delisted' }, { offerId: '3' }]);
  });
  afterAll(() => db.drop());

  /** Days ago, of times a second after midnight. */
  const days = (column: string) =>
    `(SELECT day FROM analytics.clock) - (${column} AT TIME ZONE 'Asia/Shanghai')::date AS ${column}`;
  const ask = async (sql: string) => (await db.pool.query<Row>(sql)).rows;
  const insertSearch = (offerId: string, day: number) =>
    db.pool.query(
      `INSERT INTO catalog.observation (offer_id, observed_at, source, call_id, is_found, is_late, loaded_at)
       VALUES ($1, ((SELECT day FROM analytics.clock) - $2::int)::timestamp AT TIME ZONE 'Asia/Shanghai' + interval '1 second',
               'search', nextval('usage.call_id_seq'), true, false, now())`,
      [offerId, day],
    );

  it('a price changed between the detail before and the one that showed it, whatever a search saw', async () => {
    await insertIntervals(db, [
      { offerId: '1', cny: '10', from: 40, to: 6 },
      { offerId: '1', cny: '12', from: 6, to: 2 },
      { offerId: '1', cny: '9', from: 2 },
    ]);
    await insertObservedOffers(db, '1', [40, 20, 6, 4, 2]);
    await insertSearch('1', 8);
    const changes = await ask(
      `SELECT before_cny, ${days('not_before')}, ${days('seen_at')}, extract(day FROM uncertainty)::int AS uncertain_days
       FROM analytics.fct_price_change WHERE offer_id = 1 ORDER BY changed_at`,
    );
    expect(changes).toEqual([
      { before_cny: '10.0000', not_before: 20, seen_at: 6, uncertain_days: 14 },
      { before_cny: '12.0000', not_before: 4, seen_at: 2, uncertain_days: 2 },
    ]);
    const intervals = await ask(
      `SELECT amount_cny, ${days('not_before')}, ${days('seen_at')} FROM analytics.fct_price_history
       WHERE offer_id = 1 ORDER BY valid_from`,
    );
    expect(intervals).toEqual([
      { amount_cny: '10.0000', not_before: null, seen_at: 40 },
      { amount_cny: '12.0000', not_before: 20, seen_at: 6 },
      { amount_cny: '9.0000', not_before: 4, seen_at: 2 },
    ]);
  });

  it('a mover whose price the week before did not show may have moved before', async () => {
    await insertIntervals(db, [
      { offerId: '3', cny: '10', from: 40, to: 2 },
      { offerId: '3', cny: '8', from: 2 },
    ]);
    await insertObservedOffers(db, '3', [40, 5, 2]);
    expect(
      await ask(
        `SELECT offer_id, ${days('not_before')}, may_be_older FROM analytics.price_movers ORDER BY offer_id`,
      ),
    ).toEqual([
      { offer_id: '1', not_before: 20, may_be_older: true },
      { offer_id: '3', not_before: 5, may_be_older: false },
    ]);
  });

  it('the first detail of an offer that a search listed is no departure', async () => {
    // The call of every change here is 1, and so is that of the details that show them.
    const showChange = async (offerId: string, day: number, change: { old: string | null; new: string }) => {
      await insertChange(db, { offerId, field: 'state', ...change, at: day });
      await db.pool.query(
        `UPDATE catalog.observation SET call_id = 1
         WHERE offer_id = $1 AND source = 'detail'
           AND observed_at = (SELECT max(observed_at) FROM catalog.offer_change WHERE offer_id = $1)`,
        [offerId],
      );
    };
    await insertSearch('2', 30);
    await insertSearch('2', 12);
    await insertObservedOffers(db, '2', [10, 7, 3]);
    await insertChange(db, { offerId: '2', field: 'state', old: null, new: 'listed', at: 30 });
    await showChange('2', 10, { old: 'listed', new: 'delisted' });
    await showChange('2', 7, { old: 'delisted', new: 'listed' });
    await showChange('2', 3, { old: 'listed', new: 'delisted' });
    expect(
      await ask(
        `SELECT new_value, is_first, ${days('not_before')}, ${days('seen_at')} FROM analytics.fct_offer_change
         WHERE offer_id = 2 ORDER BY observed_at`,
      ),
    ).toEqual([
      { new_value: 'listed', is_first: true, not_before: null, seen_at: 30 },
      { new_value: 'delisted', is_first: true, not_before: null, seen_at: 10 },
      { new_value: 'listed', is_first: false, not_before: 10, seen_at: 7 },
      { new_value: 'delisted', is_first: false, not_before: 7, seen_at: 3 },
    ]);
  });

  it('each version of an offer has what changed at its beginning, and all else as it was then', async () => {
    await insertOffers(db, [{ offerId: '4', subject: 'c', minOrder: 5 }]);
    for (const [at, field, old, now] of [
      [30, 'state', null, 'listed'],
      [20, 'subject', 'a', 'b'],
      [20, 'min_order_quantity', '2', null],
      [12, 'tags', '{x}', '{y}'],
      [10, 'subject', 'b', 'c'],
      [5, 'min_order_quantity', null, '5'],
    ] as const) {
      await db.pool.query(
        `INSERT INTO catalog.offer_change (offer_id, field, old, new, observed_at, call_id)
         SELECT 4, $1, $2, $3, (day - $4::int)::timestamp AT TIME ZONE 'Asia/Shanghai' + interval '1 second', 1 FROM analytics.clock`,
        [field, old, now, at],
      );
    }
    expect(
      await ask(
        `SELECT ${days('valid_from')}, ${days('valid_to')}, is_current, changed_fields, state, subject, min_order_quantity
         FROM analytics.dim_offer_history WHERE offer_id = 4 ORDER BY dim_offer_history.valid_from`,
      ),
    ).toEqual(
      [
        [30, 20, ['state'], 'a', 2],
        [20, 12, ['min_order_quantity', 'subject'], 'b', null],
        [12, 10, ['tags'], 'b', null],
        [10, 5, ['subject'], 'c', null],
        [5, null, ['min_order_quantity'], 'c', 5],
      ].map(([from, to, changed, subject, minOrder]) => ({
        ...{
          valid_from: from,
          valid_to: to,
          is_current: to === null,
          changed_fields: changed,
          state: 'listed',
        },
        ...{ subject, min_order_quantity: minOrder },
      })),
    );
  });

  it('a field that had no value before the change was looked at before it all the same', async () => {
    await insertOffers(db, [{ offerId: '6' }]);
    await insertObservedOffers(db, '6', [9, 4]);
    await insertChange(db, { offerId: '6', field: 'unit', old: null, new: '件', at: 4 });
    expect(
      await ask(`SELECT is_first, ${days('not_before')} FROM analytics.fct_offer_change WHERE offer_id = 6`),
    ).toEqual([{ is_first: false, not_before: 9 }]);
  });

  it('an offer that a pass no longer lists left after whatever saw it last', async () => {
    await insertSearch('3', 1);
    await insertChange(db, { offerId: '3', field: 'state', old: 'listed', new: 'missing', at: 0 });
    expect(
      await ask(`SELECT is_first, ${days('not_before')} FROM analytics.fct_offer_change WHERE offer_id = 3`),
    ).toEqual([{ is_first: false, not_before: 1 }]);
  });

  it('a price of a day on which the offer was delisted is no low', async () => {
    await insertIntervals(db, [
      { offerId: '2', cny: '5', from: 10, to: 7 },
      { offerId: '2', cny: '7', from: 7, to: 3 },
      { offerId: '2', cny: '4', from: 3 },
    ]);
    expect(
      await ask(`SELECT price_cny, reason FROM analytics.lowest_price(2, 20, min_coverage => 0)`),
    ).toEqual([{ price_cny: '7.0000', reason: null }]);
    expect(
      await ask(`SELECT price_cny, reason FROM analytics.lowest_price(2, 5, min_coverage => 0)`),
    ).toEqual([{ price_cny: null, reason: 'no_price' }]);
  });
});

describe('in a world of which a part is observed each day,', () => {
  const dayMs = 86_400_000;
  let stack: TestStack;
  beforeAll(async () => {
    stack = await openTestStack({
      backend: 'postgres',
      sandbox: { offers: 240, categories: 10 },
      sync: parseSyncFile(
        '{ account: business, quotas: { per_second: 1000 }, freshness: { detail: 1h }, feeds: [{ name: all, categories: ["0"] }] }',
        'test',
      ),
    });
    await stack.query(`UPDATE sync.database_identity SET source = 'sandbox'`);
    await stack.run();
    for (let day = 0; day < 8; day += 1) {
      await stack.advance(dayMs);
      await stack.run({ budgetCalls: 40 });
    }
    await stack.advance(dayMs);
    await stack.run();
  }, 240_000);
  afterAll(() => stack.close());

  interface TrueDay {
    /** On sale, or shown by a search, which may be behind. */
    readonly offers: ReadonlyMap<
      string,
      { readonly subject: string; readonly isOnSale: boolean; readonly isShown: boolean }
    >;
    readonly prices: ReadonlyMap<string, string>;
  }

  const seen = new Map<number, Promise<TrueDay>>();

  async function readAt(at: Date): Promise<TrueDay> {
    const url = `${stack.sandbox.controlUrl}/truth?categories=0&all=true&at=${at.toISOString()}`;
    const truth = (await (await fetch(url)).json()) as {
      offers: { id: string; subject: string; state: string; isListed: boolean }[];
      prices: { offerId: string; skuId: string; kind: string; minQuantity: number; amount: string }[];
    };
    return {
      offers: new Map(
        truth.offers.map(({ id, subject, state, isListed }) => [
          id,
          { subject, isOnSale: state === 'listed', isShown: isListed },
        ]),
      ),
      prices: new Map(
        truth.prices.map((p) => [[p.offerId, p.skuId, p.kind, p.minQuantity].join('/'), p.amount]),
      ),
    };
  }

  /** What was true at a time, asked once. */
  function truthAt(at: Date): Promise<TrueDay> {
    const known = seen.get(at.getTime()) ?? readAt(at);
    seen.set(at.getTime(), known);
    return known;
  }

  interface Change {
    readonly key: string;
    readonly before: string;
    readonly after: string | null;
    readonly not_before: Date;
    readonly seen_at: Date;
    readonly uncertainty_ms: number;
  }

  /** Enough to be sure of, and few enough to ask the sandbox for each. */
  const sample = 25;

  it('each list price was the old one at not_before, and the new one at seen_at', async () => {
    const changes = await stack.query<Change>(
      `SELECT concat_ws('/', offer_id, sku_id, kind, min_quantity) AS key, trim_scale(before_cny)::text AS before,
              trim_scale(after_cny)::text AS after, not_before, seen_at, (extract(epoch FROM uncertainty) * 1000)::float8 AS uncertainty_ms
       FROM analytics.fct_price_change JOIN analytics.dim_offer USING (offer_id)
       WHERE kind = 'list' AND state <> 'gone' ORDER BY uncertainty DESC, hashint8(offer_id), sku_id, min_quantity LIMIT ${String(sample)}`,
    );
    expect(changes).toHaveLength(sample);
    for (const {
      key,
      before,
      after,
      not_before: notBefore,
      seen_at: seenAt,
      uncertainty_ms: ms,
    } of changes) {
      expect((await truthAt(notBefore)).prices.get(key), key).toBe(before);
      expect((await truthAt(seenAt)).prices.get(key) ?? null, key).toBe(after);
      expect(ms).toBe(seenAt.getTime() - notBefore.getTime());
    }
    // Those that are known the least: this world is observed in part.
    const lengths = changes.map((change) => change.uncertainty_ms / dayMs);
    expect(Math.max(...lengths)).toBeGreaterThan(1.5);
  });

  it('each offer that went off sale was on sale at not_before, and is not at seen_at', async () => {
    const changes = await stack.query<Change & { by_detail: boolean }>(
      `SELECT offer_id::text AS key, not_before, seen_at, EXISTS (
                SELECT FROM analytics.fct_observation o
                WHERE o.offer_id = c.offer_id AND o.observed_at = c.seen_at AND o.source = 'detail') AS by_detail
       FROM analytics.fct_offer_change c
       WHERE field = 'state' AND old_value = 'listed' AND NOT is_first ORDER BY change_id LIMIT ${String(sample)}`,
    );
    expect(changes.length).toBeGreaterThan(0);
    for (const { key, not_before: notBefore, seen_at: seenAt, by_detail: isByDetail } of changes) {
      const [before, after] = [
        (await truthAt(notBefore)).offers.get(key),
        (await truthAt(seenAt)).offers.get(key),
      ];
      expect(isByDetail ? before?.isOnSale : before?.isShown, key).toBe(true);
      expect(isByDetail ? after?.isOnSale : after?.isShown, key).not.toBe(true);
    }
  });

  it('each version of an offer had its title when it began, and when it was last seen before the next', async () => {
    const versions = await stack.query<{ key: string; subject: string; from: Date; until: Date }>(
      `SELECT h.offer_id::text AS key, subject, h.valid_from AS from, max(o.observed_at) AS until
       FROM analytics.dim_offer_history h
       JOIN analytics.fct_observation o
         ON o.offer_id = h.offer_id AND o.source = 'detail' AND o.is_found
        AND o.observed_at >= h.valid_from AND (h.is_current OR o.observed_at < h.valid_to)
       WHERE h.state = 'listed' AND h.offer_id IN (
         SELECT offer_id FROM analytics.fct_offer_change WHERE field = 'subject' AND NOT is_first)
       GROUP BY h.offer_id, subject, h.valid_from
       ORDER BY h.offer_id, h.valid_from LIMIT ${String(sample)}`,
    );
    expect(versions.length).toBeGreaterThan(5);
    for (const { key, subject, from, until } of versions) {
      expect((await truthAt(from)).offers.get(key)?.subject, key).toBe(subject);
      expect((await truthAt(until)).offers.get(key)?.subject, key).toBe(subject);
    }
  });

  it('a mover that may not be older had its old price a week ago, or none', async () => {
    const [clock] = await stack.query<{ week_ago: Date }>(
      `SELECT now - interval '7 days' AS week_ago FROM analytics.clock`,
    );
    const movers = await stack.query<{ key: string; before: string; may_be_older: boolean }>(
      `SELECT concat_ws('/', offer_id, sku_id, kind, min_quantity) AS key, trim_scale(before_cny)::text AS before, may_be_older
       FROM analytics.price_movers WHERE kind = 'list'`,
    );
    const then = await truthAt(clock?.week_ago ?? new Date(0));
    const sure = movers.filter((mover) => !mover.may_be_older);
    expect(sure.length).toBeGreaterThan(5);
    expect(movers.length).toBeGreaterThan(sure.length);
    for (const { key, before } of sure) expect([before, undefined], key).toContain(then.prices.get(key));
  });
});
