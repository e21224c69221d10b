/*
 * How much of a catalog do searches find, and for how many calls? Enumerates 50,000 offers in 20 leaf categories, the
 * largest of which are beyond the reach of one query, and holds what was found against the sandbox's truth; with the
 * ranking at rest, and in motion. Then a second pass, a day later. No details are asked for.
 *
 *   npm run bench:coverage                        50,000 offers in 20 leaves, about two minutes
 *   npm run bench:coverage -- --offers 10000
 *
 * Exits 1 when, at rest, less than 99.5 % was found, or for more than 1.15 times the fewest calls.
 */
import { parseArgs } from 'node:util';
import { openStack, type Stack } from './support/stack.ts';
import { say } from './support/say.ts';

interface Stats {
  readonly min_calls: { readonly nodes: number; readonly pages: number };
  readonly byApi: Readonly<Record<string, number>>;
}

interface Truth {
  readonly offers: readonly { readonly id: string; readonly isListed: boolean }[];
}

const { values: flags } = parseArgs({ options: { offers: { type: 'string', default: '50000' } } });
const offers = Number(flags.offers);

/** Of which 20 are leaves that hold offers, with the sandbox's own seed. */
const categories = 34;

const detailApi = 'com.alibaba.fenxiao.crossborder:product.search.queryProductDetail:1';
const bars = { coverage: 0.995, ratio: 1.15 };
const percent = (share: number): string => `${(100 * share).toFixed(2)} %`;

/** Calls for category nodes and search pages so far. */
function countCalls({ byApi }: Stats): number {
  return Object.entries(byApi)
    .filter(([api]) => api !== detailApi)
    .reduce((sum, [, calls]) => sum + calls, 0);
}

async function findListed(stack: Stack): Promise<{ coverage: number; listed: number; missed: string[] }> {
  const truth = (await stack.ask('/truth?categories=0')) as Truth;
  const listed = truth.offers.filter(({ isListed }) => isListed);
  const found = await stack.query<{ offer_id: string }>('SELECT offer_id FROM catalog.offer');
  const ids = new Set(found.map((row) => row.offer_id));
  const missed = listed.filter(({ id }) => !ids.has(id)).map(({ id }) => id);
  return { coverage: 1 - missed.length / listed.length, listed: listed.length, missed };
}

/** What the windows say themselves, which an operator sees. */
async function formatWindows(stack: Stack): Promise<void> {
  const rows = await stack.query<{ last_outcome: string; n: number; saved: number }>(
    `SELECT last_outcome, count(*)::int AS n, sum(saved_calls)::int AS saved
     FROM sync.search_window WHERE retired_at IS NULL GROUP BY 1 ORDER BY 1`,
  );
  say(`  windows: ${rows.map(({ last_outcome: outcome, n }) => `${n} ${outcome}`).join(', ')}`);
  const saved = rows.reduce((sum, row) => sum + row.saved, 0);
  if (saved > 0) say(`  pages not asked for, since their passes were stopped early: ${saved}`);
}

async function measure(
  stack: Stack,
  before: number,
): Promise<{ coverage: number; ratio: number; calls: number }> {
  const startedMs = performance.now();
  await stack.sync();
  const seconds = ((performance.now() - startedMs) / 1000).toFixed(0);
  const stats = (await stack.ask('/stats?categories=0&calls=false')) as Stats;
  const calls = countCalls(stats) - before;
  const min = stats.min_calls.pages + (before === 0 ? stats.min_calls.nodes : 0);
  const { coverage, listed, missed } = await findListed(stack);
  const ratio = calls / min;
  say(`  found ${listed - missed.length} of ${listed} listed offers: ${percent(coverage)}, in ${seconds} s`);
  say(`  ${calls} calls, ${min} needed at least: ${ratio.toFixed(3)}`);
  await formatWindows(stack);
  return { coverage, ratio, calls };
}

async function enumerate(isDrifting: boolean): Promise<boolean> {
  say(`${offers} offers, 20 leaf categories, drift ${isDrifting ? 'on' : 'off'}`);
  const stack = await openStack({ backend: 'postgres', offers, categories, isDrifting });
  try {
    await stack.ask('/grants', { [detailApi]: false });
    const first = await measure(stack, 0);
    await stack.advanceDays(1);
    say(' a day later');
    await measure(stack, first.calls);
    return first.coverage >= bars.coverage && first.ratio <= bars.ratio;
  } finally {
    await stack.close();
  }
}

const isGood = await enumerate(false);
await enumerate(true);
say(
  isGood
    ? `at rest: at least ${percent(bars.coverage)} for at most ${bars.ratio} times the fewest calls`
    : `MISSED: ${percent(bars.coverage)} for ${bars.ratio} times the fewest calls, at rest`,
);
process.exitCode = isGood ? 0 : 1;
