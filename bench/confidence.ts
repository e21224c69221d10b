/*
 * How likely does a figure still hold? Syncs changing worlds of the sandbox, and holds what analytics.offer_confidence says of each
 * offer, of its prices and of its stock against the truth, before every third run: in the sandbox's world without shops that
 * reprice together, and in one where half of them do. What is learned, fitted, stored and computed is the product's own; which
 * calls are made, and what they find changed, is simulated.
 *
 *   npm run bench:confidence -- --seeds 4                3,000 offers, 36 days, seeds 101 to 104
 *   npm run bench:confidence -- --seeds 4 --first 1      others
 *   npm run bench:confidence -- --quick                  one seed, 1,000 offers, 18 days
 *
 * Exits 1 if a bucket of at least 400 figures is off by more than five points and two standard errors.
 */
import { parseArgs } from 'node:util';
import { CloseStack } from '../src/core/lifecycle.ts';
import { createLogger } from '../src/core/log.ts';
import { toBuckets } from './confidence/buckets.ts';
import type { Judgement } from './confidence/judge-offers.ts';
import { judgeWorld, worlds } from './confidence/judge-world.ts';
import { openBenchDatabase } from './support/bench-database.ts';
import { table } from './support/numbers.ts';
import { say } from './support/say.ts';

const { values: flags } = parseArgs({
  options: {
    seeds: { type: 'string', default: '4' },
    first: { type: 'string', default: '101' },
    quick: { type: 'boolean', default: false },
  },
});
const scale = flags.quick ? { offers: 1000, runs: 20 } : { offers: 3000, runs: 40 };
const seeds = flags.quick ? 1 : Number(flags.seeds);

const percent = (share: number) => `${(100 * share).toFixed(1)} %`;

function report(world: string, judgements: readonly Judgement[]): boolean {
  const rows = (['offer', 'prices', 'stock'] as const).flatMap((figure) =>
    toBuckets(judgements.filter((one) => one.figure === figure)).map((bucket) => ({ figure, ...bucket })),
  );
  say(
    `\n${table(
      [world, 'figures', 'from', 'to', 'predicted', 'true', 'off', 'two errors', ''],
      rows.map((row) => [
        row.figure,
        String(row.figures),
        ...[row.from, row.to, row.predicted, row.right, row.right - row.predicted].map(percent),
        percent(2 * row.standardError),
        row.isBreach ? 'BREACH' : 'ok',
      ]),
    )}`,
  );
  return rows.every(({ isBreach }) => !isBreach);
}

const log = createLogger({ level: 'error', pretty: false });
const closing = new CloseStack();
let isGood = true;
try {
  const { pool } = await openBenchDatabase(closing, log);
  for (const { name, nature } of worlds) {
    const judgements: Judgement[] = [];
    for (let index = 0; index < seeds; index += 1) {
      const seed = Number(flags.first) + index;
      for (const one of await judgeWorld({ pool, log }, { ...scale, nature, seed })) judgements.push(one);
    }
    isGood = report(name, judgements) && isGood;
  }
} finally {
  await closing.close(log);
}
say(isGood ? '\ncalibrated' : '\nnot calibrated');
process.exitCode = isGood ? 0 : 1;
