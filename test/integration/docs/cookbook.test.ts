import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { testCategoryQuestions } from './cookbook-categories.ts';
import { others, recipes, smallestOrderPrices, unitPrice, withRows } from './cookbook-recipes.ts';
import { dayText, lostSku, number, offer1, offer2, rowKey, type Row } from './cookbook-rows.ts';
import { testTrustQuestions } from './cookbook-trust.ts';
import { readSchemas } from './schema/read-schema.ts';
import {
  changedOffer,
  fail,
  keyOf,
  keyword,
  listedOffers,
  openCookbookWorld,
  shanghaiDay,
  type CookbookWorld,
} from './cookbook-world.ts';

let world: CookbookWorld;
beforeAll(async () => {
  world = await openCookbookWorld();
}, 120_000);
afterAll(() => world.stack.close());

const answered = new Set<string>();

/** Runs the statement of a question, with the words that stand for one's own replaced. */
async function ask(question: string, own: Readonly<Record<string, string>> = {}): Promise<Row[]> {
  const recipe = recipes.find((one) => one.question === question);
  if (!recipe) throw new Error(`the cookbook does not ask: ${question}`);
  answered.add(question);
  const sql = Object.entries(own).reduce((text, [from, to]) => text.replaceAll(from, to), recipe.sql);
  return world.stack.query<Row>(sql);
}

const days = () => world.days;
const today = () => days().at(-1) ?? fail('no days');
const yesterday = () => days().at(-2) ?? fail('no days');
const listed = () => listedOffers(world);

describe('the cookbook', () => {
  test('has at least twenty questions', () => {
    expect(new Set(recipes.map(({ question }) => question)).size).toBeGreaterThanOrEqual(20);
  });

  test('says what 500 pieces cost', async () => {
    const id = changedOffer(world);
    const price = unitPrice(today().prices, id, 500);
    const [row] = await ask('What do 500 pieces of an offer cost?', { [offer1]: id });
    expect(number(row?.['unit_price_cny'])).toBe(price);
    expect(number(row?.['total_cny'])).toBeCloseTo(500 * Number(price), 4);
    expect(row).toMatchObject({ unit: today().offers.get(id)?.unit, reason: null });
  });

  test('says what 50 pieces of each SKU cost', async () => {
    const rows = await ask('What do 50 pieces of each SKU cost?');
    const onSale = new Set(
      listed()
        .filter(({ moq }) => moq <= 50)
        .map(({ id }) => id),
    );
    const expected = new Map<string, number>();
    const tiers = [...world.known.prices.values()].filter(
      (p) => p.kind === 'list' && p.minQuantity <= 50 && onSale.has(p.offerId),
    );
    for (const { offerId, skuId, amount } of tiers.toSorted((a, b) => a.minQuantity - b.minQuantity)) {
      expected.set(`${offerId}/${skuId}`, Number(amount));
    }
    const found = rows.map(
      (r) => [[r['offer_id'], r['sku_id']].join('/'), number(r['unit_price_cny'])] as const,
    );
    expect(expected.size).toBeGreaterThan(20);
    expect(new Map(found)).toEqual(expected);
    expect(rows).toHaveLength(expected.size);
  });

  test('finds who sells 500 pieces for the least', async () => {
    const rows = await ask('Who sells 500 pieces of something for the least?');
    const expected = listed()
      .filter(({ subject, moq }) => subject.includes(keyword) && moq <= 500)
      .map(({ id }) => [id, unitPrice(today().prices, id, 500)] as const)
      .filter(([, price]) => price !== null);
    expect(expected.length).toBeGreaterThan(2);
    const found = rows.map((row) => [row['offer_id'], number(row['unit_price_cny'])] as const);
    expect(new Map(found)).toEqual(new Map(expected));
  });

  test('lists the prices of an offer', async () => {
    const id = changedOffer(world);
    const rows = await ask('What is the price list of an offer, SKU by SKU?', { [offer1]: id });
    const key = (r: Row) => rowKey({ ...r, offer_id: id }, String(r['kind']));
    const prices = [...world.known.prices].filter(([, { offerId }]) => offerId === id);
    expect(new Map(rows.map((r) => [key(r), number(r['amount_cny'])]))).toEqual(
      new Map(prices.map(([known, { amount }]) => [known, Number(amount)])),
    );
  });

  test('knows how much cheaper a big order is', async () => {
    const rows = await ask('How much cheaper is a big order?');
    expect(rows.length).toBeGreaterThan(5);
    for (const row of rows) {
      const list = today().prices.filter((p) => p.offerId === row['offer_id'] && p.kind === 'list');
      const tiers = list.filter(({ skuId }) => skuId === '0');
      const amounts = tiers.map(({ amount }) => Number(amount));
      const [min, max] = [Math.min(...amounts), Math.max(...amounts)];
      expect(number(row['discount_percent'])).toBeCloseTo(100 * (1 - min / max), 0);
      expect(number(row['biggest_tier'])).toBe(Math.max(...tiers.map((p) => p.minQuantity)));
    }
  });

  test('compares dropshipping with wholesale', async () => {
    const rows = await ask('How much dearer is dropshipping than a wholesale order?');
    expect(rows.length).toBeGreaterThan(5);
    for (const row of rows) {
      const of = (kind: string) =>
        today()
          .prices.filter((p) => p.offerId === row['offer_id'] && p.skuId === row['sku_id'] && p.kind === kind)
          .toSorted((a, b) => a.minQuantity - b.minQuantity)
          .map(({ amount }) => Number(amount))[0];
      expect([number(row['list_cny']), number(row['consign_cny'])]).toEqual([of('list'), of('consign')]);
    }
  });

  test('knows how much less PLUS members pay', async () => {
    const rows = await ask('How much less do PLUS members pay, and since when?');
    expect(rows.length).toBeGreaterThan(5);
    for (const row of rows.filter((one) => one['is_current'])) {
      const key = rowKey(row, 'plus');
      expect(number(row['plus_cny'])).toBe(Number(world.known.prices.get(key)?.amount));
      expect(Math.abs(Number(row['saved_percent']) - 5)).toBeLessThan(1);
    }
  });

  test('knows what a basket cost in the past', async () => {
    const then = days()[2] ?? fail('no third day');
    const ids = listed()
      .filter(
        ({ id, moq }) =>
          then.offers.get(id)?.state === 'listed' && moq <= 100 && unitPrice(then.prices, id, 100) !== null,
      )
      .map(({ id }) => id);
    const [first = '', second = ''] = ids;
    const rows = await ask('What did a basket cost at a time?', {
      [offer1]: first,
      [offer2]: second,
      '2026-11-25 12:00:00+08': then.at.toISOString(),
    });
    const total =
      100 * Number(unitPrice(then.prices, first, 100)) + 500 * Number(unitPrice(then.prices, second, 500));
    expect(number(rows[0]?.['basket_cny'])).toBeCloseTo(total, 4);
    expect(number(rows[0]?.['without_price'])).toBe(0);
  });

  test('finds what became cheaper this week', async () => {
    const rows = await ask('Which offers became cheaper by more than 10 % this week?');
    const onSale = new Set(listed().map(({ id }) => id));
    const before = new Map<string, string>();
    for (const change of world.known.changes) {
      if (!before.has(keyOf(change))) before.set(keyOf(change), change.amount);
    }
    const expected = [...world.known.prices.entries()].filter(
      ([key, price]) =>
        price.kind === 'list' &&
        onSale.has(price.offerId) &&
        Number(price.amount) / Number(before.get(key)) < 0.9,
    );
    const found = rows.map((row) => rowKey(row));
    expect(expected.length).toBeGreaterThan(0);
    expect(found.toSorted()).toEqual(expected.map(([key]) => key).toSorted());
  });

  test('finds which prices changed yesterday', async () => {
    const rows = await ask('Which prices changed yesterday?');
    const expected = world.known.changes.filter(({ day }) => day === yesterday().day);
    expect(expected.length).toBeGreaterThan(5);
    const found = rows.map((r) => [
      rowKey(r, String(r['kind'])),
      number(r['before_cny']),
      number(r['after_cny']),
    ]);
    const changes = expected.map((change) => [keyOf(change), Number(change.amount), number(change.after)]);
    expect(found.map(String).toSorted()).toEqual(changes.map(String).toSorted());
  });

  test('knows the low of the few days that were observed, and that these are not thirty', async () => {
    const id = changedOffer(world);
    const [row] = await ask('What is the real low of the last 30 days?', { [offer1]: id });
    const observations = world.known.observations.get(id)?.length ?? 0;
    expect(row).toMatchObject({ reason: null, covered_days: observations, asked_days: 30 });
    const [strict] = await world.stack.query<Row>(
      'SELECT * FROM analytics.lowest_price($1, min_coverage => 0.8)',
      [id],
    );
    expect(strict).toMatchObject({
      price_cny: null,
      reason: 'coverage',
      covered_days: observations,
      asked_days: 30,
    });
    const [few] = await world.stack.query<Row>('SELECT * FROM analytics.lowest_price($1, $2)', [
      id,
      observations,
    ]);
    const lows = days().map(({ prices }) => smallestOrderPrices(prices, id)[0] ?? Infinity);
    expect(number(few?.['price_cny'])).toBe(Math.min(...lows));
    expect(number(row?.['price_cny'])).toBe(Math.min(...lows));
  });

  test('finds what is at its low now', async () => {
    const rows = await ask('Which offers are at their 30-day low right now?');
    for (const row of rows) {
      const id = String(row['offer_id']);
      const seen = days().filter(({ day }) => world.known.observations.get(id)?.includes(day));
      const lows = seen.map(({ prices }) => smallestOrderPrices(prices, id)[0] ?? Infinity);
      expect(number(row['now_cny'])).toBe(Math.min(...lows));
    }
    expect(rows.length).toBeGreaterThan(0);
  });

  test('shows the price of an offer day by day', async () => {
    const id = changedOffer(world);
    const rows = await ask('How did the price of an offer go, day by day?', { [offer1]: id });
    const expected = days().flatMap(({ day, prices }) =>
      prices
        .filter((p) => p.offerId === id && p.kind === 'list')
        .map((p) => [day, p.minQuantity, Number(p.amount), true].join()),
    );
    expect(
      rows
        .map((r) => [dayText(r['day']), r['min_quantity'], number(r['amount_cny']), r['is_observed']].join())
        .toSorted(),
    ).toEqual(expected.toSorted());
  });

  test('finds the most restless prices', async () => {
    const rows = await ask('Which prices are the most restless?');
    expect(rows.length).toBeGreaterThan(5);
    const changes = world.known.changes.filter(({ kind, after }) => kind === 'list' && after !== null);
    const changesOf = (key: string) => changes.filter((change) => keyOf(change) === key);
    const movedPercent = (key: string) => {
      const moves = changesOf(key).map(({ amount, after }) => Math.abs(Number(after) / Number(amount) - 1));
      return Math.round(1000 * moves.reduce((sum, move) => sum + move, 0)) / 10;
    };
    const most = [...new Set(changes.map(keyOf))].map(movedPercent).toSorted((one, other) => other - one);
    expect(rows.map((row) => number(row['moved_percent']))).toEqual(most.slice(0, 20));
    for (const row of rows) {
      const own = changesOf(rowKey(row));
      const amounts = own.flatMap(({ amount, after }) => [Number(amount), Number(after)]);
      expect([number(row['changes']), number(row['lowest_cny']), number(row['highest_cny'])]).toEqual([
        own.length,
        Math.min(...amounts),
        Math.max(...amounts),
      ]);
    }
  });

  test('counts how often list prices change', async () => {
    const rows = await ask('How often do list prices change, by category?');
    const changed = new Set(
      world.known.changes
        .filter(({ kind, after }) => kind === 'list' && after !== null)
        .map(({ offerId, day }) => `${offerId}/${day}`),
    );
    const sql = `SELECT (count(*) - count(DISTINCT offer_id))::int AS pairs FROM catalog.observation
      WHERE is_found AND offer_id IN (SELECT offer_id FROM analytics.fct_price_history WHERE kind = 'list')`;
    const [seen] = await world.stack.query<Row>(sql);
    const sum = (column: string) => rows.reduce((total, row) => total + Number(row[column]), 0);
    expect([sum('pairs'), sum('changes')]).toEqual([seen?.['pairs'], changed.size]);
  });

  test('knows who holds the first page', async () => {
    const rows = await ask('Which sellers hold the first page of a keyword?');
    const hits = [...today().offers.values()].filter((o) => o.isListed && o.subject.includes(keyword));
    expect(rows.reduce((sum, row) => sum + Number(row['places']), 0)).toBe(Math.min(50, hits.length));
    expect(hits.length).toBeGreaterThan(0);
  });

  test('finds offers by words', async () => {
    const rows = await ask('Which offers have certain words in their titles?', { 新款: '款' });
    const expected = listed().filter(({ subject }) => subject.includes(keyword) && subject.includes('款'));
    const found = rows.filter(({ state }) => state === 'listed').map((row) => row['offer_id']);
    expect(found.toSorted()).toEqual(expected.map(({ id }) => id).toSorted());
    expect(found.length).toBeGreaterThan(0);
  });

  test('counts what is new', async () => {
    const rows = await ask('Which offers are new this week, by category?');
    const [all] = await world.stack.query<Row>('SELECT count(*) AS offers FROM catalog.offer');
    expect(rows.reduce((sum, row) => sum + Number(row['new_offers']), 0)).toBe(Number(all?.['offers']));
  });

  test('finds what went off sale', async () => {
    const rows = await ask('Which offers went off sale this week?');
    expect(rows.length).toBeGreaterThan(0);
    for (const row of rows.filter((one) => one['state_now'] === 'delisted')) {
      expect(today().offers.get(String(row['offer_id']))?.state).toBe('delisted');
    }
  });

  test('finds what was taken off sale and came back', async () => {
    const rows = await ask('Which offers were taken off sale, and listed again?');
    const stateOn = (id: string, at: unknown) =>
      days()
        .find(({ day }) => day === shanghaiDay(at instanceof Date ? at : new Date(0)))
        ?.offers.get(id)?.state;
    for (const row of rows) {
      const id = String(row['offer_id']);
      expect([stateOn(id, row['not_before']), stateOn(id, row['back_at'])]).toEqual(['listed', 'listed']);
      expect(stateOn(id, row['off_at'])).not.toBe('listed');
      expect(stateOn(id, row['off_until'])).not.toBe('listed');
    }
    const expected = [...world.known.observations.keys()].filter((id) => {
      const states = days().map(({ offers }) => offers.get(id)?.state);
      return /listed (?:(?:delisted|gone) )+listed/.test(states.join(' '));
    });
    expect(new Set(rows.map((row) => row['offer_id']))).toEqual(new Set(expected));
  });

  test('finds which titles changed yesterday', async () => {
    const rows = await ask('What else changed yesterday?');
    const before = days().at(-3)?.offers;
    const expected = [...yesterday().offers.values()].filter(
      ({ id, subject }) =>
        (world.known.observations.get(id) ?? []).includes(yesterday().day) &&
        (world.known.observations.get(id) ?? []).includes(days().at(-3)?.day ?? '') &&
        before?.get(id)?.subject !== subject,
    );
    const found = rows
      .filter(({ field }) => field === 'subject')
      .map((row) => [row['offer_id'], row['new_value']]);
    expect(found.toSorted()).toEqual(expected.map(({ id, subject }) => [id, subject]).toSorted());
  });

  test('finds which stocks fell by half', async () => {
    const rows = await ask('Which stocks ran out, or fell by half, this week?');
    expect(rows.length).toBeGreaterThan(0);
    for (const row of rows) {
      const day = dayText(row['day']);
      const stock = days()
        .find((one) => one.day === day)
        ?.offers.get(String(row['offer_id']))?.stock;
      expect(number(row['stock'])).toBe(stock);
      expect(2 * Number(row['stock'])).toBeLessThanOrEqual(Number(row['stock_before']));
    }
  });

  testCategoryQuestions({ world: () => world, ask });
  testTrustQuestions({ world: () => world, ask });

  test('answers the rest with rows', async () => {
    const ranked = await world.stack.query<Row>(
      'SELECT offer_id FROM analytics.fct_keyword_rank WHERE keyword = $1 GROUP BY 1 ORDER BY count(*) DESC LIMIT 1',
      [keyword],
    );
    const ranks = await ask('How did an offer rank for a keyword?', {
      [offer1]: String(ranked[0]?.['offer_id']),
    });
    expect(ranks).toHaveLength(days().length);
    for (const question of others) {
      expect(await ask(question, { [offer1]: changedOffer(world) }), question).not.toEqual([]);
    }
    const own = { [offer1]: String((await world.stack.query<Row>(lostSku))[0]?.['offer_id']) };
    for (const question of withRows) expect(await ask(question, own), question).not.toEqual([]);
    const left = await ask('Which offers left the top 100 of a keyword, and was the list read that day?');
    expect(left.filter((row) => row['was_read'] !== true || row['rank_now'] !== null)).toEqual([]);
    expect((await ask('How many prices of a category still hold?')).length).toBeGreaterThan(0);
    // Everything was fetched today.
    expect(await ask('Which offers were not observed lately?')).toEqual([]);
    expect([...answered].toSorted()).toEqual(
      [...new Set(recipes.map(({ question }) => question))].toSorted(),
    );
  });

  test('stands on views in which each key is there once, and whole', async () => {
    const schemas = await readSchemas(world.stack.database.pool);
    const views = schemas
      .flatMap(({ relations }) => relations)
      .filter(({ isView, key }) => isView && key.length > 0);
    expect(views.length).toBeGreaterThan(12);
    for (const { schema, name, key } of views) {
      const rows = await world.stack.query<Row>(
        `SELECT ${key.join()} FROM ${schema}.${name} GROUP BY ${key.join()}
         HAVING count(*) > 1 OR num_nulls(${key.join()}) > 0 LIMIT 1`,
      );
      expect(rows, name).toEqual([]);
    }
  });
});
