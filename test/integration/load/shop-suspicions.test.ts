import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { learn } from '../../../src/refresh/learn.ts';
import { leastLogOdds } from '../../../src/refresh/planner/shop-suspicion.ts';
import { empty, found, price, searchPage, searchRow, seller } from '../../support/answers.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { createIds, openLoadWorld, type LoadWorld } from '../../support/load-world.ts';

/* What a load notes of shops whose offers it saw: whether they seem to have repriced. */

const day = 24 * 60;
let db: TestDatabase;
let world: LoadWorld;
const { newId, at } = createIds();
let shops = 0;

beforeAll(async () => {
  db = await createTestDatabase();
  world = await openLoadWorld(db.pool, { learn });
});
afterAll(() => db.drop());

/** A shop of so many offers, all of which were seen on day 0, and what is loaded of it later. */
async function openShop(count = 15) {
  const sellerId = `shop ${String((shops += 1))}`;
  const offers = Array.from({ length: count }, newId);
  const detail = (offerId: string, days: number, amount: string) =>
    found(offerId, at(days * day), { seller: seller(sellerId), prices: [price(amount)] });
  await world.load(...offers.map((offerId) => detail(offerId, 0, '10')));
  const [first = '', second = '', third = ''] = offers;
  return { sellerId, offers, first, second, third, detail };
}

interface Known {
  readonly from_day: number | null;
  readonly seen_day: number | null;
  readonly log_odds: number | null;
  readonly siblings: number;
  readonly repricings: number;
  readonly pages: number;
  readonly siblings_changed: number;
}

async function knownOf(sellerId: string): Promise<Known | undefined> {
  const sinceStart = (column: string) =>
    `extract(epoch FROM ${column} - '2026-03-10T12:00Z')::float8 / 86400`;
  const { rows } = await db.pool.query<Known>(
    `SELECT ${sinceStart('from_at')} AS from_day, ${sinceStart('seen_at')} AS seen_day, log_odds, siblings, repricings, pages,
            siblings_changed
     FROM sync.shop_suspicion WHERE seller_id = $1`,
    [sellerId],
  );
  return rows[0];
}

/** The list of a shop that no feed has. */
async function addList(sellerId: string): Promise<string> {
  const { rows } = await db.pool.query<{ window_id: string }>(
    `INSERT INTO sync.search_window (feed, seller_id, language, max_pages) VALUES ('', $1, 'en', 1) RETURNING window_id`,
    [sellerId],
  );
  return rows[0]?.window_id ?? '';
}

const count = async (sql: string, ...values: unknown[]) =>
  (await db.pool.query<{ n: number }>(`SELECT count(*)::int AS n FROM ${sql}`, values)).rows[0]?.n;

describe('a shop', () => {
  it('of which no price changed has no row', async () => {
    const { sellerId, offers, detail } = await openShop();
    await world.load(...offers.map((offerId) => detail(offerId, 4, '10')));
    expect(await knownOf(sellerId)).toBeUndefined();
  });

  it('of fifteen offers is suspected when three have changed, and not when one has', async () => {
    const { sellerId, first, second, third, detail } = await openShop();
    await world.load(detail(first, 4, '11'));
    const once = await knownOf(sellerId);
    expect(once).toMatchObject({ from_day: 0, seen_day: 4, siblings: 0, repricings: 0 });
    expect(once?.log_odds).toBeLessThan(leastLogOdds);
    await world.load(detail(second, 5, '12'));
    await world.load(detail(third, 5, '9'));
    const thrice = await knownOf(sellerId);
    expect(thrice).toMatchObject({ seen_day: 4, siblings: 2 });
    expect(thrice?.log_odds).toBeGreaterThan(leastLogOdds);
  });

  it('is less suspected with each offer that stayed as it was, also where one load shows all of them', async () => {
    const { sellerId, offers, first, detail } = await openShop();
    const change = detail(first, 4, '11');
    await world.load(change, ...offers.slice(1).map((offerId) => detail(offerId, 4, '10')));
    const known = await knownOf(sellerId);
    expect(known).toMatchObject({ siblings: 14 });
    // Fourteen times, three tenths of what it was.
    expect(known?.log_odds).toBeLessThan(14 * Math.log(0.3) + 1);
  });

  it('of many offers that stayed as they were is forgotten, however little is left of the suspicion', async () => {
    const { sellerId, offers, first, second, detail } = await openShop(160);
    await world.load(detail(first, 4, '11'));
    await world.load(...offers.slice(2).map((offerId) => detail(offerId, 5, '10')));
    // The next change ends the suspicion: what it counts for is a real.
    await world.load(detail(second, 20, '11'));
    expect(await knownOf(sellerId)).toMatchObject({ seen_day: 20, siblings: 0 });
    expect((await knownOf(sellerId))?.repricings).toBeLessThan(1e-8);
  });

  it('whose offer often changes is not suspected for another change of it', async () => {
    const { sellerId, first, detail } = await openShop();
    for (const days of [1, 2, 3, 4, 5, 6, 7, 8]) await world.load(detail(first, days, String(10 + days)));
    const known = await knownOf(sellerId);
    expect(known?.siblings).toBe(0);
    expect(known?.log_odds).toBeLessThan(-3);
  });

  it('is not suspected any more when the offer that changed is seen again, and then nothing is kept of it', async () => {
    const { sellerId, first, detail } = await openShop();
    await world.load(detail(first, 4, '11'));
    await world.load(detail(first, 5, '11'));
    expect(await knownOf(sellerId)).toBeUndefined();
  });

  it('that was suspected ten days ago keeps that it repriced', async () => {
    const { sellerId, offers, first, second, third, detail } = await openShop();
    await world.load(detail(first, 4, '11'), detail(second, 4, '12'), detail(third, 4, '13'));
    await world.load(detail(offers[9] ?? '', 15, '10'));
    const known = await knownOf(sellerId);
    expect(known).toMatchObject({ log_odds: null, siblings: 0 });
    expect(known?.repricings).toBeGreaterThan(0.7);
  });

  it('is not suspected for offers that are gone', async () => {
    const { sellerId, first, second, third } = await openShop();
    for (const days of [4, 5])
      await world.load(...[first, second, third].map((id) => empty(id, at(days * day))));
    expect(await knownOf(sellerId)).toBeUndefined();
  });
});

describe('what was noted', () => {
  it('is not noted again: by the same answers, by late ones, or by a reprocess', async () => {
    const { sellerId, first, second, third, detail } = await openShop();
    const changed = [detail(first, 4, '11'), detail(second, 4, '12')];
    await world.load(...changed);
    const noted = await knownOf(sellerId);
    await world.load(...changed);
    // It had another price before the newest answer came.
    await world.load(detail(first, 3, '17'), detail(second, 2, '18'));
    await world.replay();
    expect(await knownOf(sellerId)).toEqual(noted);
    await world.load(detail(third, 4, '9'));
    expect(await knownOf(sellerId)).not.toEqual(noted);
  });

  it('by a row is not noted again by the detail that it prompted', async () => {
    const { sellerId, first, second, detail } = await openShop();
    const { rows } = await db.pool.query<{ id: string }>(
      `INSERT INTO sync.search_window (feed, keyword, language) VALUES ('cups', $1, 'en') RETURNING window_id AS id`,
      [sellerId],
    );
    const page = (days: number, amount: string) =>
      searchPage(
        rows[0]?.id ?? '',
        at(days * day),
        [first, second].map((id) => searchRow(id, { priceCny: amount })),
      );
    await world.load(page(1, '10'));
    await world.load(page(4, '11'));
    const noted = await knownOf(sellerId);
    expect(noted).toMatchObject({ from_day: 1, seen_day: 4, siblings: 1 });
    await world.load(detail(first, 4.5, '11'));
    expect(await knownOf(sellerId)).toEqual(noted);
  });
});

describe('the list of a suspected shop', () => {
  /** Three of its offers changed on day 4; its list shows ten more on day 5, and one that nobody knows. */
  async function listShop() {
    const shop = await openShop();
    const { sellerId, offers, first, second, third, detail } = shop;
    // Rows that show another price than the rows before.
    const { rows } = await db.pool.query<{ id: string }>(
      `INSERT INTO sync.search_window (feed, keyword, language) VALUES ('cups', $1, 'en') RETURNING window_id AS id`,
      [sellerId],
    );
    const toRows = (ids: readonly string[], priceCny: string) =>
      ids.map((id, nth) => searchRow(id, { priceCny, rank: nth + 1 }));
    await world.load(searchPage(rows[0]?.id ?? '', at(60), toRows(offers, '10'), { pageSize: 50 }));
    await world.load(detail(first, 4, '11'), detail(second, 4, '12'), detail(third, 4, '13'));
    const windowId = await addList(sellerId);
    const unknown = newId();
    const listed = [...toRows(offers.slice(3, 13), '11'), searchRow(unknown, { rank: 11 })];
    const page = searchPage(windowId, at(5 * day), listed, { pageSize: 50, totalRecords: 40 });
    await world.load(page);
    return { ...shop, windowId, unknown, page };
  }

  it('ends the suspicion, and keeps what it taught', async () => {
    const { sellerId } = await listShop();
    const known = await knownOf(sellerId);
    expect(known).toMatchObject({
      log_odds: null,
      from_day: null,
      siblings: 0,
      pages: 1,
      siblings_changed: 10,
    });
    expect(known?.repricings).toBeGreaterThan(0.99);
  });

  it('makes the details of those due that it shows changed', async () => {
    const { offers } = await listShop();
    const due = await count('sync.refresh WHERE offer_id = ANY ($1) AND bucket < 0', offers.slice(3));
    expect(due).toBe(10);
  });

  it('adds no offer to the catalog or to a feed, and holds none', async () => {
    const { unknown, windowId, page } = await listShop();
    await world.replay([page.provenance.rawId]);
    expect(await count('catalog.offer WHERE offer_id = $1', unknown)).toBe(0);
    expect(await count('sync.refresh WHERE offer_id = $1', unknown)).toBe(0);
    expect(await count('sync.window_offer WHERE window_id = $1', windowId)).toBe(0);
    expect(await count("sync.feed_set WHERE '' = ANY (feeds)")).toBe(0);
    expect(await count('usage.search_coverage WHERE window_id = $1', windowId)).toBe(0);
  });

  it('proves no absence of what it does not list', async () => {
    const { offers, windowId } = await listShop();
    const rows = offers.slice(0, 2).map((id) => searchRow(id, { priceCny: '11' }));
    await world.load(searchPage(windowId, at(7 * day), rows, { pageSize: 50 }));
    expect(await count("catalog.offer WHERE offer_id = ANY ($1) AND state <> 'listed'", offers)).toBe(0);
  });

  it('answers no suspicion that is newer than it', async () => {
    const { sellerId, offers, windowId, detail } = await listShop();
    const [a = '', b = ''] = offers.slice(13);
    await world.load(detail(a, 8, '20'), detail(b, 8, '21'));
    await world.load(searchPage(windowId, at(7 * day), [searchRow(a, { priceCny: '10' })], { pageSize: 50 }));
    expect(await knownOf(sellerId)).toMatchObject({ seen_day: 8, pages: 1 });
  });
});

it('loads that see the same shops do not wait for one another in a circle', async () => {
  const all = await Promise.all(Array.from({ length: 4 }, () => openShop(6)));
  const rounds = [4, 5, 6, 7].map((days) =>
    Promise.all(
      [0, 1, 2].map((nth) => {
        const details = all.map(({ offers, detail }) => detail(offers[nth] ?? '', days, String(days)));
        return world.load(...(nth % 2 === 0 ? details : details.toReversed()));
      }),
    ),
  );
  await expect(Promise.all(rounds)).resolves.toHaveLength(4);
  for (const { sellerId } of all) expect(await knownOf(sellerId)).toBeDefined();
});
