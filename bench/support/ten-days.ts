import { readTruth } from './compare.ts';
import { openStack, type Stack } from './stack.ts';

interface Moment {
  readonly from: Date;
  readonly to: Date;
  /** Key of a price (offer, SKU, kind, quantity) -> amount, as it was on that day. */
  readonly prices: ReadonlyMap<string, string>;
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
  const { prices } = await readTruth(stack, true);
  const key = (p: (typeof prices)[number]) => [p.offerId, p.skuId, p.kind, p.minQuantity].join('/');
  return { from, to, prices: new Map(prices.map((price) => [key(price), price.amount])) };
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
export async function verifyTenDays(options: {
  readonly offers: number;
  readonly check: (isTrue: boolean, what: string) => void;
}): Promise<void> {
  const { offers, check } = options;
  const stack = await openStack({ backend: 'postgres', offers, categories: 60, isDrifting: false });
  try {
    const moments: Moment[] = [];
    for (let day = 0; day <= days; day += 1) {
      if (day > 0) await stack.advanceDays(1);
      moments.push(await syncDay(stack));
    }
    let compared = 0;
    const wrong: string[] = [];
    for (const moment of moments) {
      const { seen, prices } = await readHistory(stack, moment);
      compared += [...prices.keys()].filter((key) => wasSeen(seen, key)).length;
      wrong.push(...differences(moment, seen, prices));
    }
    check(
      wrong.length === 0,
      `${compared} price points on ${days + 1} days, ${wrong.length} untrue ${wrong.slice(0, 3).join('; ')}`,
    );
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
