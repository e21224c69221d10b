import { expect, test } from 'vitest';
import { quantile } from './cookbook-recipes.ts';
import { category1, dayText, number, type Row } from './cookbook-rows.ts';
import { changedOffer, fail, type CookbookWorld } from './cookbook-world.ts';

interface Context {
  readonly world: () => CookbookWorld;
  /** Runs the statement of a question, with the words that stand for one's own replaced. */
  readonly ask: (question: string, own?: Readonly<Record<string, string>>) => Promise<Row[]>;
}

const figures = { offer: 'p_current', prices: 'price_p_current', stock: 'stock_p_current' } as const;

/** The tests of the cookbook's questions about means, about how sure a figure is, and about what calls bring. */
export function testTrustQuestions({ world, ask }: Context): void {
  const query = (sql: string) => world().stack.query<Row>(sql);
  const today = () => world().days.at(-1) ?? fail('no days');
  const ofCategory = () => today().offers.get(changedOffer(world()))?.categoryId ?? fail('no category');
  const isInCategory = (id: string) => today().offers.get(id)?.categoryId === ofCategory();

  test('follows the prices of a category', async () => {
    const rows = await ask('How did the prices of a category move, over all its SKUs?', {
      [category1]: ofCategory(),
    });
    const changes = world().known.changes.filter(
      ({ offerId, kind, after }) => kind === 'list' && after !== null && isInCategory(offerId),
    );
    expect(rows).toHaveLength(7);
    expect(rows.reduce((sum, row) => sum + Number(row['changed_pairs']), 0)).toBe(
      new Set(changes.map(({ offerId, day }) => `${offerId}/${day}`)).size,
    );
  });

  test('weighs what a category cost by time', async () => {
    const [row] = await ask('What did a category cost on average, by time?', { [category1]: ofCategory() });
    const intervals = await query(
      `SELECT h.offer_id, h.sku_id, h.amount_cny, extract(epoch FROM coalesce(h.valid_to, c.now) - h.valid_from) AS seconds
       FROM analytics.fct_price_history h JOIN catalog.offer o USING (offer_id) CROSS JOIN analytics.clock c
       WHERE h.kind = 'list' AND o.category_id = ${ofCategory()} AND h.min_quantity = (
         SELECT max(t.min_quantity) FROM analytics.fct_price_history t
         WHERE (t.offer_id, t.sku_id, t.kind) = (h.offer_id, h.sku_id, 'list') AND t.min_quantity <= o.min_order_quantity)`,
    );
    const prices = new Map<string, Row[]>();
    for (const row of intervals) {
      const price = `${String(row['offer_id'])}/${String(row['sku_id'])}`;
      prices.set(price, [...(prices.get(price) ?? []), row]);
    }
    const sum = (parts: readonly number[]) => parts.reduce((all, part) => all + part, 0);
    const means = [...prices.values()]
      .map((own) => {
        const seconds = sum(own.map((one) => Number(one['seconds'])));
        return sum(own.map((one) => Number(one['amount_cny']) * Number(one['seconds']))) / seconds;
      })
      .toSorted((a, b) => a - b);
    expect([number(row?.['prices']), number(row?.['changes'])]).toEqual([
      means.length,
      intervals.length - means.length,
    ]);
    expect(Math.abs(Number(row?.['mean_cny']) - sum(means) / means.length)).toBeLessThan(0.02);
    expect(Math.abs(Number(row?.['median_cny']) - (quantile(means, 0.5) ?? NaN))).toBeLessThan(0.02);
  });

  test('knows how sure each figure is', async () => {
    const rows = await ask('How sure is each figure, by category?');
    const offers = await query(
      `SELECT o.category_path_zh, c.* FROM analytics.offer_confidence c JOIN analytics.dim_offer o USING (offer_id)`,
    );
    expect(new Set(rows.map(({ figure }) => figure))).toEqual(new Set(Object.keys(figures)));
    for (const [figure, column] of Object.entries(figures)) {
      for (const row of rows.filter((one) => one['figure'] === figure)) {
        const known = offers
          .filter((one) => one['category_path_zh'] === row['path_zh'] && one[column] !== null)
          .map((one) => Number(one[column]));
        expect(number(row['offers'])).toBe(known.length);
        // The clock goes on between two questions.
        const sure = (100 * known.filter((p) => p >= 0.95).length) / known.length;
        expect(Math.abs(Number(row['sure_percent']) - sure)).toBeLessThan(10);
        const shares = ['sure_percent', 'likely_percent', 'unsure_percent'].map((name) => Number(row[name]));
        expect(Math.abs(shares.reduce((all, share) => all + share, 0) - 100)).toBeLessThan(0.2);
      }
    }
  });

  test('counts the calls of an insight', async () => {
    const rows = await ask('How many calls does an insight cost?');
    const [all] = await query(
      `SELECT count(*) AS calls FROM usage.api_call WHERE state <> 'refunded' AND granted_at > (SELECT now - interval '7 days' FROM analytics.clock)`,
    );
    expect(rows.reduce((sum, row) => sum + Number(row['calls']), 0)).toBe(number(all?.['calls']));
    const [found] = await query(
      `SELECT count(DISTINCT offer_id) AS offers
       FROM (SELECT offer_id, valid_to AS at FROM catalog.price_history UNION ALL SELECT offer_id, observed_at FROM catalog.offer_change) c
       WHERE (at AT TIME ZONE 'Asia/Shanghai')::date = (SELECT day FROM analytics.clock)`,
    );
    const row = rows.find((one) => dayText(one['day']) === today().day) ?? fail('nothing of today');
    expect(number(row['insights'])).toBe(number(found?.['offers']));
    expect(Number(row['calls_per_insight'])).toBeCloseTo(Number(row['calls']) / Number(row['insights']), 1);
  });
}
