import { readTruth } from './compare.ts';
import { openStack, type Stack, type StackOptions } from './stack.ts';

interface Moment {
  readonly from: Date;
  readonly to: Date;
  /** Key of a price (offer, SKU, kind, quantity) -> amount, as it was on that day. */
  readonly prices: ReadonlyMap<string, string>;
  /** Offer and SKU -> stock, as it was on that day. */
  readonly stocks: ReadonlyMap<string, string>;
}

interface Seen {
  readonly offer_id: string;
  readonly source: 'search' | 'detail';
}

const days = 10;

async function syncDay(stack: Stack): Promise<Moment> {
  const from = await stack.app.quota.ledgerNow();
  const run = await stack.sync();
  if (run.status !== 'succeeded')
    throw new Error(`run ${run.runId} ended ${run.status} ${String(run.cause)}`);
  const to = await stack.app.quota.ledgerNow();
  const { prices, skus } = await readTruth(stack, true);
  const key = (p: (typeof prices)[number]) => [p.offerId, p.skuId, p.kind, p.minQuantity].join('/');
  return {
    ...{ from, to, prices: new Map(prices.map((price) => [key(price), price.amount])) },
    stocks: new Map(skus.map(({ offerId, skuId, stock: units }) => [`${offerId}/${skuId}`, String(units)])),
  };
}

/** All price points of the offers that some call saw on a day, as the history has them at the end of that day. */
async function readHistory(
  stack: Stack,
  moment: Moment,
): Promise<{ seen: Set<string>; prices: Map<string, string> }> {
  const observations = await stack.query<Seen>(
    `SELECT DISTINCT offer_id, source FROM catalog.observation
     WHERE is_found AND observed_at >= $1 AND observed_at <= $2`,
    [moment.from, moment.to],
  );
  const rows = await stack.query<{ key: string; amount: string }>(
    `SELECT concat_ws('/', offer_id, sku_id, kind, min_quantity) AS key, trim_scale(amount_cny)::text AS amount
     FROM (
       SELECT offer_id, sku_id, kind, min_quantity, amount_cny FROM catalog.price WHERE valid_from <= $1
       UNION ALL
       SELECT offer_id, sku_id, kind, min_quantity, amount_cny FROM catalog.price_history
       WHERE valid_from <= $1 AND valid_to > $1
     ) p`,
    [moment.to],
  );
  return {
    seen: new Set(observations.map(({ offer_id, source }) => `${offer_id}/${source}`)),
    prices: new Map(rows.map(({ key, amount }) => [key, amount])),
  };
}

/** SKUs of the offers that a detail found on a day, as their histories have them at the end of that day. */
async function readStocks(stack: Stack, { to }: Moment): Promise<ReadonlyMap<string, string>> {
  const rows = await stack.query<{ key: string; stock: string }>(
    `SELECT concat_ws('/', s.offer_id, s.sku_id) AS key, s.stock::text AS stock
     FROM analytics.dim_sku_history k
     JOIN analytics.fct_stock_history s USING (offer_id, sku_id)
     WHERE k.state = 'listed' AND k.valid_from <= $1 AND (k.valid_to IS NULL OR k.valid_to > $1)
       AND s.valid_from <= $1 AND (s.valid_to IS NULL OR s.valid_to > $1)`,
    [to],
  );
  return new Map(rows.map(({ key, stock }) => [key, stock]));
}

/** Stocks that are not the true ones, of offers that a detail found on the day. */
function stockDifferences(
  moment: Moment,
  seen: ReadonlySet<string>,
  stocks: ReadonlyMap<string, string>,
): string[] {
  return [...new Set([...moment.stocks.keys(), ...stocks.keys()])]
    .filter((key) => seen.has(`${String(key.split('/')[0])}/detail`))
    .filter((key) => moment.stocks.get(key) !== stocks.get(key))
    .map((key) => `${key}: true ${String(moment.stocks.get(key))}, catalog ${String(stocks.get(key))}`);
}

/** SKUs that came, went and sold out, as often as the world lets them. */
async function checkSkuChanges(stack: Stack, check: (isTrue: boolean, what: string) => void): Promise<void> {
  const [row] = await stack.query<{ gone: number; back: number; sold_out: number; restocked: number }>(
    `SELECT (SELECT count(*) FROM analytics.dim_sku_history WHERE state = 'gone')::int AS gone,
            (SELECT count(*) FROM analytics.dim_sku_history
             WHERE state = 'listed' AND not_before IS NOT NULL AND changed_fields = '{state}')::int AS back,
            (SELECT count(*) FROM analytics.fct_stock_history WHERE stock = 0)::int AS sold_out,
            (SELECT count(*) FROM analytics.fct_stock_history WHERE stock = 0 AND NOT is_current)::int AS restocked`,
  );
  const counts = row ?? { gone: 0, back: 0, sold_out: 0, restocked: 0 };
  check(
    Object.values(counts).every((count) => count > 0),
    `SKUs: ${counts.gone} vanished, ${counts.back} appeared, ${counts.sold_out} sold out, ${counts.restocked} not for good`,
  );
}

function wasSeen(seen: ReadonlySet<string>, key: string): boolean {
  const [offerId, , kind] = key.split('/');
  // `search` and `search_consign` are prices of search rows.
  return seen.has(`${String(offerId)}/${kind?.startsWith('search') ? 'search' : 'detail'}`);
}

function differences(
  moment: Moment,
  seen: ReadonlySet<string>,
  prices: ReadonlyMap<string, string>,
): string[] {
  const keys = [...new Set([...moment.prices.keys(), ...prices.keys()])].filter((key) => wasSeen(seen, key));
  return keys
    .filter((key) => moment.prices.get(key) !== prices.get(key))
    .map((key) => `${key}: true ${String(moment.prices.get(key))}, catalog ${String(prices.get(key))}`);
}

/** Syncs a changing world once a day and holds the price history of each day against that day's truth. */
export async function verifyTenDays(
  options: Omit<StackOptions, 'backend' | 'isDrifting'> & {
    readonly check: (isTrue: boolean, what: string) => void;
  },
): Promise<void> {
  const { check, ...world } = options;
  const stack = await openStack({ ...world, backend: 'postgres', isDrifting: false });
  try {
    const moments: Moment[] = [];
    for (let day = 0; day <= days; day += 1) {
      if (day > 0) await stack.advanceDays(1);
      moments.push(await syncDay(stack));
    }
    let compared = 0;
    let stocksCompared = 0;
    const wrong: string[] = [];
    const wrongStocks: string[] = [];
    for (const moment of moments) {
      const { seen, prices } = await readHistory(stack, moment);
      compared += [...prices.keys()].filter((key) => wasSeen(seen, key)).length;
      wrong.push(...differences(moment, seen, prices));
      const stocks = await readStocks(stack, moment);
      stocksCompared += stocks.size;
      wrongStocks.push(...stockDifferences(moment, seen, stocks));
    }
    check(
      wrong.length === 0,
      `${compared} price points on ${days + 1} days, ${wrong.length} untrue ${wrong.slice(0, 3).join('; ')}`,
    );
    check(
      wrongStocks.length === 0,
      `${stocksCompared} stocks of SKUs on ${days + 1} days, ${wrongStocks.length} untrue ${wrongStocks.slice(0, 3).join('; ')}`,
    );
    await checkSkuChanges(stack, check);
    const [counts] = await stack.query<{ intervals: string; unchanged: string }>(
      `SELECT count(*) AS intervals,
              count(*) FILTER (WHERE EXISTS (
                SELECT FROM catalog.price p
                WHERE (p.offer_id, p.sku_id, p.kind, p.min_quantity) = (h.offer_id, h.sku_id, h.kind, h.min_quantity)
                  AND p.valid_from = h.valid_to AND p.amount_cny = h.amount_cny)
              ) AS unchanged
       FROM catalog.price_history h`,
    );
    check(Number(counts?.intervals) > 0, `${String(counts?.intervals)} closed intervals`);
    check(
      Number(counts?.unchanged) === 0,
      `${String(counts?.unchanged)} intervals that end without a change`,
    );
  } finally {
    await stack.close();
  }
}
