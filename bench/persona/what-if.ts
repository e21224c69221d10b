import { readPlanFrom, type Plan } from '../../src/cli/plan/read-plan.ts';
import { parseSyncFile } from '../../src/config/parse-sync-file.ts';
import type { DetailsForecast } from '../../src/refresh/forecast/forecast.ts';
import { forecastWithLimits } from '../../src/refresh/forecast/what-if.ts';
import { readSandboxWorld } from '../planner/sandbox-world.ts';
import { sum, table } from '../support/numbers.ts';
import { say } from '../support/say.ts';
import { openStack, type Stack } from '../support/stack.ts';
import { meanCondition, readCopies, toCondition, type Condition } from './copies.ts';

const world = { seed: 1, offers: 400, categories: 25 } as const;

/** A daily limit of details, the days until ages have settled after it changed, and the days that are measured. */
interface Phase {
  readonly limit: number;
  readonly settleDays: number;
  readonly measuredDays: number;
}

/**
 * The limit at which it is asked what others would do, and these. They are near what `freshness` needs, 57 calls a day: with
 * fewer, ages take months to settle. The least comes last, for old details take long to become old.
 */
const phases: readonly Phase[] = [
  { limit: 60, settleDays: 20, measuredDays: 8 },
  { limit: 80, settleDays: 10, measuredDays: 8 },
  { limit: 50, settleDays: 24, measuredDays: 8 },
];
/** Days whose changes are known, with some to spare: ages are taken half a day after the last run. */
const allDays = sum(phases.map(({ settleDays, measuredDays }) => settleDays + measuredDays)) + 2;

const syncFile = `
account: business
feeds:
  - { name: all, categories: ["0"] }
freshness: { category: 300d }
quotas: { per_second: 1000 }
`;

/** What a table compares. */
type Outcome = Omit<Condition, 'weightedRight'> & { readonly callsPerDay: number };

const figures = ['meanDays', 'medianDays', 'p90Days', 'right', 'callsPerDay'] as const;

const toPredicted = ({ ages, fresh }: DetailsForecast, callsPerDay: number): Outcome => ({
  meanDays: ages.meanDays,
  medianDays: ages.medianDays,
  p90Days: ages.p90Days,
  right: fresh,
  callsPerDay,
});

function predict(plan: Plan, limit: number): Outcome {
  const { details, apis } = forecastWithLimits(plan, new Map([['offer.detail', limit]]));
  return toPredicted(details, apis.find(({ operation }) => operation === 'offer.detail')?.perDay ?? 0);
}

async function readPlan(stack: Stack): Promise<Plan> {
  const [app] = await stack.query<{ app_key: string }>('SELECT app_key FROM usage.quota_limit LIMIT 1');
  const scope = { sync: parseSyncFile(syncFile, 'the bench'), appKey: app?.app_key };
  return readPlanFrom(stack.pool, scope, { feedNames: ['all'], budgetCalls: null });
}

/** Runs of so many days, one a day; what is measured on them, as a mean. */
async function live(
  stack: Stack,
  days: number,
  { world, indexOf }: ReturnType<typeof readSandboxWorld>,
): Promise<Outcome> {
  const conditions: Condition[] = [];
  const calls: number[] = [];
  for (let day = 0; day < days; day += 1) {
    await stack.advanceDays(1);
    const run = await stack.sync();
    calls.push((await stack.app.runs.countCalls(run.runId))['offer.detail'] ?? 0);
    conditions.push(toCondition(await readCopies(stack, indexOf), world));
  }
  return { ...meanCondition(conditions), callsPerDay: sum(calls) / days };
}

async function setLimit(stack: Stack, limit: number): Promise<void> {
  const [app] = await stack.query<{ app_key: string; api: string }>(
    `SELECT app_key, api FROM usage.api_call WHERE operation = 'offer.detail' LIMIT 1`,
  );
  if (!app) throw new Error('no detail was asked for');
  await stack.app.quota.applyApproved(app.app_key, app.api, { daily: limit, monthly: null });
}

const cell = (figure: (typeof figures)[number], value: number) => {
  if (figure === 'right') return `${(100 * value).toFixed(1)} %`;
  return figure === 'callsPerDay' ? value.toFixed(0) : value.toFixed(2);
};

function compare(limit: number, predicted: Outcome, came: Outcome): string[] {
  return [
    String(limit),
    ...figures.map((figure) => {
      const off = (100 * (predicted[figure] - came[figure])) / came[figure];
      return `${cell(figure, predicted[figure])} / ${cell(figure, came[figure])} (${off > 0 ? '+' : ''}${off.toFixed(0)} %)`;
    }),
  ];
}

/** What `plan --what-if` predicts at one limit of details for others, against what comes when they are set. */
export async function followWhatIf(): Promise<void> {
  const stack = await openStack({ backend: 'postgres', isDrifting: false, syncFile, ...world });
  try {
    const blank = {
      weights: new Float64Array(world.offers).fill(1),
      copiedAt: new Float64Array(world.offers),
    };
    const truth = readSandboxWorld({ ...world, startAt: stack.startAt, days: allDays }, blank);
    await stack.sync();
    let plan: Plan | null = null;
    const rows: string[][] = [];
    for (const { limit, settleDays, measuredDays } of phases) {
      await setLimit(stack, limit);
      await live(stack, settleDays, truth);
      plan ??= await readPlan(stack);
      const came = await live(stack, measuredDays, truth);
      rows.push(compare(limit, predict(plan, limit), came));
      say(`${String(limit)} details a day, as it came: ${JSON.stringify(came)}`);
    }
    say(`\nasked at ${String(phases[0]?.limit)} details a day; predicted / came (off)\n`);
    say(table(['limit', 'mean age, d', 'median, d', '9 of 10, d', 'right', 'calls a day'], rows));
  } finally {
    await stack.close();
  }
}
