/*
 * Does the catalog tell the truth? Syncs a made-up 1688 and holds every row against what the sandbox says is
 * true: whole runs on both queue backends, with rankings at rest and in motion, and ten days of change.
 *
 *   npm run verify:truth            2,000 offers, 60 categories
 *   npm run verify:truth -- --quick 300 offers
 *   npm run verify:truth -- --seed 2 another world
 *
 * Exits 1 at the first breach it has printed.
 */
import { parseArgs } from 'node:util';
import { catalogLines, compare, readTruth, truthLines, type Difference } from './support/compare.ts';
import { verifyTenDays } from './support/ten-days.ts';
import { openStack, type Backend, type Stack } from './support/stack.ts';
import { say } from './support/say.ts';

interface Stats {
  readonly min_calls: { readonly total: number };
  readonly calls: readonly { readonly requestId: string | null; readonly isCounted: boolean }[];
}

const { values: flags } = parseArgs({
  options: { quick: { type: 'boolean', default: false }, seed: { type: 'string', default: '1' } },
});
const offers = flags.quick ? 300 : 2000;
/** With what nobody has seen at 1688, and the sandbox does not have by itself. */
const world = {
  ...{ seed: Number(flags.seed), categories: 60, categoryCycle: 3 },
  nature: { rowPrice: 0.2, longTitles: 0.02 },
};
const breaches: string[] = [];

function check(isTrue: boolean, what: string): void {
  say(`  ${isTrue ? 'ok    ' : 'BREACH'} ${what}`);
  if (!isTrue) breaches.push(what);
}

function describe({ table, expected, missing, wrong }: Difference): string {
  const samples = [...missing.slice(0, 2), ...wrong.slice(0, 2)].map((row) => `\n         ${row}`).join('');
  return `${table}: ${expected} true rows, ${missing.length} missing, ${wrong.length} wrong${samples}`;
}

/** Every call that arrived has exactly one ledger row that counts it, and the other way round. */
async function checkCalls(stack: Stack, callsUsed: number): Promise<void> {
  const stats = (await stack.ask('/stats?categories=0')) as Stats;
  const arrived = stats.calls.map(({ requestId }) => String(requestId));
  const rows = await stack.query<{ call_id: string }>(
    `SELECT call_id FROM usage.api_call WHERE state IN ('committed', 'unknown')`,
  );
  const booked = new Set(rows.map((row) => row.call_id));
  const isSame = arrived.length === booked.size && arrived.every((id) => booked.has(id));
  check(isSame, `${arrived.length} arrivals, ${booked.size} ledger rows, matched by call id`);
  const min = stats.min_calls.total;
  const ratio = (callsUsed / min).toFixed(3);
  check(callsUsed <= 1.05 * min, `${callsUsed} calls used, ${min} needed at least: ${ratio}`);
}

async function verifyRun(backend: Backend, isDrifting: boolean): Promise<void> {
  say(`\n${backend}, ${offers} offers, drift ${isDrifting ? 'on' : 'off'}, seed ${flags.seed}`);
  const stack = await openStack({ ...world, backend, offers, isDrifting });
  try {
    const run = await stack.sync();
    check(run.status === 'succeeded', `run ${run.status}`);
    const truth = truthLines(await readTruth(stack));
    const allowed = isDrifting ? truthLines(await readTruth(stack, true)) : truth;
    for (const difference of compare(truth, await catalogLines(stack), allowed)) {
      const share = 1 - difference.missing.length / Math.max(1, difference.expected);
      const isGood = isDrifting ? share >= 0.995 : share === 1;
      check(
        isGood && difference.wrong.length === 0,
        `${describe(difference)} (${(100 * share).toFixed(2)} %)`,
      );
    }
    await checkCalls(stack, run.callsUsed);
  } finally {
    await stack.close();
  }
}

for (const backend of ['postgres', 'redis'] as const) {
  await verifyRun(backend, false);
  await verifyRun(backend, true);
}
say('\npostgres, ten days of change');
await verifyTenDays({ ...world, offers: flags.quick ? 300 : 1000, check });
say(breaches.length === 0 ? '\nthe catalog tells the truth' : `\n${breaches.length} breaches`);
process.exitCode = breaches.length === 0 ? 0 : 1;
