/*
 * How near analytics.price_index is to the truth of a catalog of which only a part is observed each day. The sandbox says what
 * prices are, the planner of the product chooses the offers, and the index is asked on several days; each of its days after the 7th
 * is compared. Exits with 1 when the mean error of the seeds is beyond the bound on any day.
 *
 *   npm run bench:index                       2,000 offers, 30 days, seeds 1 to 4
 *   npm run bench:index -- --seeds 8 --offers 5000
 */
import { parseArgs } from 'node:util';
import { CloseStack } from '../src/core/lifecycle.ts';
import { createLogger } from '../src/core/log.ts';
import { createTicker } from './chaos/ticker.ts';
import { measureIndex, type IndexErrors } from './price-index/measure-index.ts';
import { openBenchDatabase } from './support/bench-database.ts';
import { sum, table } from './support/numbers.ts';
import { say } from './support/say.ts';

const { values: flags } = parseArgs({
  options: {
    seeds: { type: 'string', default: '4' },
    first: { type: 'string', default: '1' },
    offers: { type: 'string', default: '2000' },
  },
});
const seeds = Array.from({ length: Number(flags.seeds) }, (_, nth) => Number(flags.first) + nth);
/** What is observed in a day, and how far the index may be off, in points. */
const bars = [
  { name: 'details, 20 % of the offers a day', share: 0.2, hasPages: false, points: 0.3 },
  { name: 'details, 2 % a day', share: 0.02, hasPages: false, points: 1 },
  { name: 'pages and details, calls for 20 %', share: 0.2, hasPages: true, points: 0.3 },
  { name: 'pages and details, calls for 2 %', share: 0.02, hasPages: true, points: 1 },
] as const;

const log = createLogger({ level: 'error', pretty: false });
const closing = new CloseStack();
const ticker = createTicker(process.stderr);

/** The greatest, over days, of the mean error of the seeds. */
function worstDay(all: readonly IndexErrors[], of: (errors: IndexErrors) => readonly number[]): number {
  const [first] = all.map(of);
  const meanOn = (day: number) => sum(all.map((errors) => of(errors)[day] ?? NaN)) / all.length;
  return Math.max(...(first ?? []).map((_, day) => meanOn(day)));
}

/** The mean of the seeds, in per cent. */
function meanRate(all: readonly IndexErrors[], name: keyof IndexErrors['rates']): string {
  return `${((100 * sum(all.map(({ rates }) => rates[name]))) / all.length).toFixed(2)} %`;
}

const indexRows: string[][] = [];
const rateRows: string[][] = [];
try {
  const { pool } = await openBenchDatabase(closing, log);
  for (const { name, share, hasPages, points } of bars) {
    const all: IndexErrors[] = [];
    for (const seed of seeds) {
      ticker.show(`${name}, seed ${String(seed)}`);
      all.push(await measureIndex(pool, { seed, offers: Number(flags.offers), days: 30, share, hasPages }));
    }
    const worst = worstDay(all, (errors) => errors.points);
    if (!(worst <= points)) process.exitCode = 1;
    const moved = Math.min(...all.map((errors) => errors.moved)).toFixed(1);
    const carried = worstDay(all, (errors) => errors.carried).toFixed(2);
    indexRows.push([name, moved, worst.toFixed(2), carried, points.toFixed(1)]);
    say(`${name}: off by ${worst.toFixed(2)} points at most`);
    const rates = (['real', 'perDay', 'perExposureDay', 'naive'] as const).map((rate) => meanRate(all, rate));
    rateRows.push([name, ...rates]);
  }
} finally {
  ticker.done();
  await closing.close(log);
}
say(
  table(['observed', 'index moved at least', 'index_points off', 'carried_points off', 'bound'], indexRows),
);
say(table(['list prices that change', 'truth', 'per_day', 'per_exposure_day', 'naive'], rateRows));
