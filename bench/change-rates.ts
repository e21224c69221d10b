/*
 * How near analytics.change_rates is to the truth when the product itself chooses what is observed: whole runs over the sandbox,
 * two a day for 24 days, with search pages and details. The truth is the share of offers whose list prices differ from those of the day
 * before, over the last 20 days.
 *
 *   npm run bench:rates                        1,500 offers; calls for 2, 5 and 20 % of them a day; seed 1
 *   npm run bench:rates -- --seeds 1,2 --shares 0.05
 */
import { parseArgs } from 'node:util';
import { readTruth } from './support/compare.ts';
import { table } from './support/numbers.ts';
import { say } from './support/say.ts';
import { openStack, wholeWorld, type Stack } from './support/stack.ts';

const { values: flags } = parseArgs({
  options: { seeds: { type: 'string', default: '1' }, shares: { type: 'string', default: '0.02,0.05,0.2' } },
});
const numbersOf = (text: string) => text.split(',').map(Number);
const [offers, days, comparedDays] = [1500, 24, 20];

/** Offer -> its list prices in yuan, by SKU and quantity. */
type ListPrices = ReadonlyMap<string, ReadonlyMap<string, string>>;

/** Whatever a run has calls for is old enough. */
const syncFile = `${wholeWorld}freshness: { category: 300d, search: 1m, detail: 1m }`;

async function readListPrices(stack: Stack): Promise<ListPrices> {
  const byOffer = new Map<string, Map<string, string>>();
  for (const { offerId, skuId, kind, minQuantity, amount } of (await readTruth(stack, true)).prices) {
    if (kind !== 'list') continue;
    const prices = byOffer.get(offerId) ?? new Map<string, string>();
    byOffer.set(offerId, prices.set(`${skuId}/${String(minQuantity)}`, amount));
  }
  return byOffer;
}

/** Share of offers, days counted, of which a list price is another one than the day before. */
function trueRate(truth: readonly ListPrices[]): number {
  let [changed, pairs] = [0, 0];
  for (const [day, prices] of truth.entries()) {
    for (const [offerId, before] of truth[day - 1] ?? []) {
      const now = prices.get(offerId);
      if (now === undefined) continue;
      pairs += 1;
      if ([...before].some(([key, cny]) => now.has(key) && now.get(key) !== cny)) changed += 1;
    }
  }
  return changed / pairs;
}

interface Rate {
  readonly per_day: number;
  readonly per_exposure_day: number;
}

async function measure(seed: number, share: number): Promise<string[]> {
  const stack = await openStack({
    ...{ backend: 'postgres', offers, categories: 15, isDrifting: false, seed, syncFile },
    nature: { birth: 0 },
  });
  try {
    await stack.sync();
    const truth = [await readListPrices(stack)];
    for (let run = 0; run < 2 * days; run += 1) {
      await stack.advanceDays(0.5);
      await stack.sync(Math.round((share * offers) / 2));
      if (run % 2 === 1) truth.push(await readListPrices(stack));
    }
    const [rate] = await stack.query<Rate>(
      `SELECT per_day::float8, per_exposure_day::float8 FROM analytics.change_rates($1, 'list') WHERE category_id IS NULL`,
      [comparedDays],
    );
    const figures = [trueRate(truth.slice(-comparedDays - 1)), rate?.per_day, rate?.per_exposure_day];
    return [share, ...figures].map((figure) => `${(100 * Number(figure)).toFixed(2)} %`);
  } finally {
    await stack.close();
  }
}

const rows: string[][] = [];
for (const share of numbersOf(flags.shares))
  for (const seed of numbersOf(flags.seeds)) rows.push([String(seed), ...(await measure(seed, share))]);
say(table(['seed', 'calls a day', 'truth', 'per_day', 'per_exposure_day'], rows));
