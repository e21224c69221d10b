import { expect, test } from 'vitest';
import { quantile, smallestOrderPrices } from './cookbook-recipes.ts';
import { category1, dayText, number, rowKey, type Row } from './cookbook-rows.ts';
import { biggestCategory, fail, keyOf, listedOffers, type CookbookWorld } from './cookbook-world.ts';

interface Context {
  readonly world: () => CookbookWorld;
  /** Runs the statement of a question, with the words that stand for one's own replaced. */
  readonly ask: (question: string, own?: Readonly<Record<string, string>>) => Promise<Row[]>;
}

/** The tests of the cookbook's questions about categories and sellers. */
export function testCategoryQuestions({ world, ask }: Context): void {
  const days = () => world().days;
  const today = () => days().at(-1) ?? fail('no days');
  const listed = () => listedOffers(world());
  const known = () => world().known;

  /** Category by its names from the root down. */
  async function readCategories(): Promise<ReadonlyMap<unknown, string>> {
    const rows = await world().stack.query<Row>('SELECT category_id, path_zh FROM analytics.dim_category');
    return new Map(rows.map((row) => [row['path_zh'], String(row['category_id'])]));
  }

  test('knows the spread of prices in categories', async () => {
    const rows = await ask('What do prices in a category spread over?');
    const names = await world().stack.query<Row>('SELECT category_id, path_zh FROM analytics.dim_category');
    expect(rows.length).toBeGreaterThan(2);
    for (const row of rows) {
      const category = String(names.find(({ path_zh }) => path_zh === row['path_zh'])?.['category_id']);
      const lows = listed()
        .filter(({ categoryId }) => categoryId === category)
        .flatMap(({ id }) => smallestOrderPrices(today().prices, id).slice(0, 1))
        .toSorted((a, b) => a - b);
      const columns = ['min_cny', 'quartile_1_cny', 'median_cny', 'quartile_3_cny', 'max_cny'];
      expect(columns.map((column) => number(row[column]))).toEqual(
        [0, 0.25, 0.5, 0.75, 1].map((share) => quantile(lows, share)),
      );
    }
  });

  test('knows who undercuts whom', async () => {
    const rows = await ask('Who undercuts whom in a category?', { [category1]: biggestCategory(world()) });
    expect(rows.length).toBeGreaterThan(0);
    for (const row of rows) {
      const { categoryId, unit, sellerId } =
        today().offers.get(String(row['offer_id'])) ?? fail('no such offer');
      const competing = listed().filter((o) => o.categoryId === categoryId && o.unit === unit);
      const low = (offers: typeof competing) =>
        Math.min(...offers.map(({ id }) => smallestOrderPrices(today().prices, id)[0] ?? Infinity));
      expect(number(row['cny'])).toBe(low(competing));
      expect(number(row['next_cny'])).toBe(low(competing.filter((o) => o.sellerId !== sellerId)));
    }
  });

  test('puts prices of sellers in relation to the median', async () => {
    const question = 'Which sellers of a category have good scores and low prices?';
    const rows = await ask(question, { [category1]: biggestCategory(world()) });
    const offers = listed().filter(({ categoryId }) => categoryId === biggestCategory(world()));
    const lowOf = ({ id }: { id: string }) => smallestOrderPrices(today().prices, id)[0] ?? NaN;
    const median =
      quantile(
        offers.map(lowOf).toSorted((a, b) => a - b),
        0.5,
      ) ?? NaN;
    expect(rows.length).toBeGreaterThan(2);
    for (const row of rows) {
      const own = offers.filter(({ sellerId }) => sellerId === row['seller_id']);
      const mean = own.reduce((sum, offer) => sum + lowOf(offer) / median, 0) / own.length;
      expect(Math.abs(Number(row['price_to_median']) - mean)).toBeLessThan(0.01);
    }
  });

  test('compares with prices of before', async () => {
    const rows = await ask('How do prices of a category compare with those of a month ago?', {
      [category1]: biggestCategory(world()),
      "interval '30 days'": "interval '2 days'",
    });
    const then = new Map(
      days()
        .at(-3)
        ?.prices.map((price) => [keyOf(price), Number(price.amount)]),
    );
    expect(rows.length).toBeGreaterThan(5);
    for (const row of rows.filter(
      ({ offer_id }) => today().offers.get(String(offer_id))?.state === 'listed',
    )) {
      const key = rowKey(row);
      expect(number(row['then_cny'])).toBe(then.get(key));
      expect(number(row['now_cny'])).toBe(Number(known().prices.get(key)?.amount));
    }
  });

  test('counts what sellers have on sale', async () => {
    const rows = await ask('Which sellers take their offers down?');
    expect(rows.length).toBeGreaterThan(0);
    for (const row of rows) {
      const own = listed().filter(({ sellerId }) => sellerId === row['seller_id']);
      expect(number(row['listed_offers'])).toBe(own.length);
    }
  });

  test('counts whose prices moved by category', async () => {
    const rows = await ask('In which categories did most prices move this week?');
    const categories = await readCategories();
    const before = new Map<string, string>();
    for (const change of known().changes) {
      if (!before.has(keyOf(change))) before.set(keyOf(change), change.amount);
    }
    const moved = [...known().prices].filter(
      ([key, { kind, amount }]) =>
        kind === 'list' && before.has(key) && Number(amount) !== Number(before.get(key)),
    );
    expect(rows.length).toBeGreaterThan(2);
    for (const row of rows) {
      const own = new Set(
        listed()
          .filter(({ categoryId }) => categoryId === categories.get(row['path_zh']))
          .map(({ id }) => id),
      );
      const offers = moved.filter(([, { offerId }]) => own.has(offerId));
      const cheaper = offers.filter(([key, { amount }]) => Number(amount) < Number(before.get(key)));
      const count = (of: typeof offers) => new Set(of.map(([, { offerId }]) => offerId)).size;
      expect([number(row['offers']), number(row['cheaper'])]).toEqual([count(offers), count(cheaper)]);
    }
  });

  test('knows the median price of a category on each day', async () => {
    const rows = await ask('How did the median price of each category go, day by day?');
    const categories = await readCategories();
    expect(new Set(rows.map((row) => dayText(row['day'])))).toEqual(new Set(days().map(({ day }) => day)));
    for (const row of rows) {
      const day = dayText(row['day']);
      const own = listed().filter(
        ({ id, categoryId }) =>
          categoryId === categories.get(row['path_zh']) && (known().observations.get(id)?.[0] ?? '') <= day,
      );
      const minimum = new Map(own.map(({ id, moq }) => [id, moq]));
      const smallest = new Map<string, { readonly minQuantity: number; readonly amount: string }>();
      for (const price of days().find((one) => one.day === day)?.prices ?? []) {
        const least = minimum.get(price.offerId);
        if (price.kind !== 'list' || least === undefined) continue;
        const key = `${price.offerId}/${price.skuId}`;
        const tier = smallest.get(key)?.minQuantity ?? 0;
        if (price.minQuantity <= least && price.minQuantity > tier) smallest.set(key, price);
      }
      const amounts = [...smallest.values()].map(({ amount }) => Number(amount)).toSorted((a, b) => a - b);
      expect(
        [number(row['prices']), number(row['median_cny'])],
        `${String(row['path_zh'])} on ${day}`,
      ).toEqual([amounts.length, quantile(amounts, 0.5)]);
    }
  });

  test('knows how concentrated a category is', async () => {
    const rows = await ask('In which categories do few sellers have most offers?');
    const categories = await readCategories();
    expect(rows.length).toBeGreaterThan(2);
    for (const row of rows) {
      const counts = new Map<string, number>();
      for (const { categoryId, sellerId } of listed()) {
        if (categoryId !== categories.get(row['path_zh']) || sellerId === null) continue;
        counts.set(sellerId, (counts.get(sellerId) ?? 0) + 1);
      }
      const all = [...counts.values()].reduce((sum, count) => sum + count, 0);
      const squares = [...counts.values()].reduce((sum, count) => sum + (100 * count) ** 2 / all ** 2, 0);
      expect([number(row['offers']), number(row['sellers'])]).toEqual([all, counts.size]);
      expect(Math.abs(Number(row['concentration']) - squares)).toBeLessThan(1);
    }
  });
}
