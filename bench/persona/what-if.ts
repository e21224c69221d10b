import { readPlanFrom, type Plan } from '../../src/cli/plan/read-plan.ts';
import { parseSyncFile } from '../../src/config/parse-sync-file.ts';
import { ageQuantile } from '../../src/refresh/forecast/age-quantile.ts';
import type { DetailsForecast } from '../../src/refresh/forecast/forecast.ts';
import { forecastWithLimits } from '../../src/refresh/forecast/what-if.ts';
import { readSandboxWorld } from '../planner/sandbox-world.ts';
import { sum, table } from '../support/numbers.ts';
import { say } from '../support/say.ts';
import { openStack, type Stack } from '../support/stack.ts';
import { meanCondition, readCopies, toCondition, type Condition, type Copy } from './copies.ts';

const size = { offers: 400, categories: 25 } as const;

/** It is asked at this limit of details, which is about what `freshness` needs, once it held for so many days. */
const [askedAt, settleDays] = [60, 20];
const measuredDays = 10;
/** Days whose changes are known, with some to spare: ages are taken half a day after the last run. */
const allDays = settleDays + measuredDays + 2;
/** As exact as `plan --what-if` should be. */
const wantedShare = 0.1;

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

const toPredicted = ({ ages, fresh, callsPerDay }: DetailsForecast): Outcome => ({
  meanDays: ages.meanDays,
  medianDays: ages.medianDays,
  p90Days: ages.p90Days,
  right: fresh,
  callsPerDay,
});

interface Prediction extends Outcome {
  readonly least: Outcome;
  readonly most: Outcome;
}

function predict(plan: Plan, limit: number): Prediction {
  const { ahead, range } = forecastWithLimits(plan, new Map([['offer.detail', limit]]), measuredDays);
  if (ahead === null || range === null) throw new Error('no offer is known');
  return { ...toPredicted(ahead), least: toPredicted(range.least), most: toPredicted(range.most) };
}

async function readPlan(stack: Stack): Promise<Plan> {
  const [app] = await stack.query<{ app_key: string }>('SELECT app_key FROM usage.quota_limit LIMIT 1');
  const scope = { sync: parseSyncFile(syncFile, 'the bench'), appKey: app?.app_key };
  return readPlanFrom(stack.pool, scope, { feedNames: ['all'], budgetCalls: null });
}

/** Of copies that are judged at noon, the age at any time of their days that a share is at most. */
function quantileOf(copies: readonly Copy[], share: number): number {
  const parts = copies.map(({ nowDay, detailDay }) => ({
    copies: 1,
    shareYounger: (days: number) => Math.min(1, Math.max(0, days - (nowDay - detailDay) + 0.5)),
  }));
  return ageQuantile(parts, share);
}

/** Runs of so many days, one a day; what is measured on all of them. */
async function live(
  stack: Stack,
  days: number,
  { world, indexOf }: ReturnType<typeof readSandboxWorld>,
): Promise<Outcome> {
  const conditions: Condition[] = [];
  const all: Copy[] = [];
  const calls: number[] = [];
  for (let day = 0; day < days; day += 1) {
    await stack.advanceDays(1);
    const run = await stack.sync();
    calls.push((await stack.app.runs.countCalls(run.runId))['offer.detail'] ?? 0);
    const copies = await readCopies(stack, indexOf);
    conditions.push(toCondition(copies, world));
    all.push(...copies);
  }
  const { meanDays, right } = meanCondition(conditions);
  const [medianDays, p90Days] = [quantileOf(all, 0.5), quantileOf(all, 0.9)];
  return { meanDays, medianDays, p90Days, right, callsPerDay: sum(calls) / days };
}

async function setLimit(stack: Stack, limit: number): Promise<void> {
  const [app] = await stack.query<{ app_key: string; api: string }>(
    `SELECT app_key, api FROM usage.api_call WHERE operation = 'offer.detail' LIMIT 1`,
  );
  if (!app) throw new Error('no detail was asked for');
  await stack.app.quota.applyApproved(app.app_key, app.api, { daily: limit, monthly: null });
}

interface Comparison {
  readonly seed: number;
  readonly limit: number;
  readonly predicted: Prediction;
  readonly came: Outcome;
}

/** A sandbox of its own, for each limit begins with the same days before. */
async function follow(seed: number, limit: number): Promise<Comparison> {
  const stack = await openStack({ backend: 'postgres', isDrifting: false, syncFile, seed, ...size });
  try {
    const truth = readSandboxWorld({ seed, ...size, startAt: stack.startAt, days: allDays });
    await stack.sync();
    await setLimit(stack, askedAt);
    await live(stack, settleDays, truth);
    const predicted = predict(await readPlan(stack), limit);
    await setLimit(stack, limit);
    const came = await live(stack, measuredDays, truth);
    say(`seed ${String(seed)}, ${String(limit)} details a day: ${JSON.stringify({ predicted, came })}`);
    return { seed, limit, predicted, came };
  } finally {
    await stack.close();
  }
}

const offBy = ({ predicted, came }: Comparison, figure: (typeof figures)[number]) =>
  (predicted[figure] - came[figure]) / came[figure];

function cell(comparison: Comparison, figure: (typeof figures)[number]): string {
  const off = (100 * offBy(comparison, figure)).toFixed(0);
  const show = (value: number) => {
    if (figure === 'right') return `${(100 * value).toFixed(1)} %`;
    return value.toFixed(figure === 'callsPerDay' ? 0 : 2);
  };
  const { predicted, came } = comparison;
  const range = `${show(predicted.least[figure])} to ${show(predicted.most[figure])}`;
  return `${show(predicted[figure])} (${range}) / ${show(came[figure])} (${off.startsWith('-') ? '' : '+'}${off} %)`;
}

/** How many of the comparisons are as exact as they should be, by figure. */
function summarize(comparisons: readonly Comparison[]): string {
  const counts = figures.map((figure) => {
    const offs = comparisons.map((comparison) => Math.abs(offBy(comparison, figure)));
    const within = offs.filter((off) => off <= wantedShare).length;
    const inRange = comparisons.filter(
      ({ predicted, came }) =>
        came[figure] >= predicted.least[figure] && came[figure] <= predicted.most[figure],
    ).length;
    return `${figure} ${String(within)} of ${String(offs.length)}, at most ${(100 * Math.max(...offs)).toFixed(0)} %, in the range ${String(inRange)}`;
  });
  return `within ${String(100 * wantedShare)} %: ${counts.join('; ')}`;
}

/**
 * What `plan --what-if` predicts of the next ten days at one limit of details for others, against what comes when each is set. Each
 * seed is another catalog; `limits` are details a day.
 */
export async function followWhatIf(seeds: readonly number[], limits: readonly number[]): Promise<void> {
  const comparisons: Comparison[] = [];
  for (const seed of seeds) for (const limit of limits) comparisons.push(await follow(seed, limit));
  say(
    `\nasked at ${String(askedAt)} details a day on day ${String(settleDays)}; predicted (range) / came (off)\n`,
  );
  const rows = comparisons.map((comparison) => [
    `${String(comparison.seed)}, ${String(comparison.limit)}`,
    ...figures.map((figure) => cell(comparison, figure)),
  ]);
  say(table(['seed, limit', 'mean age, d', 'median, d', '9 of 10, d', 'right', 'calls a day'], rows));
  say(`\n${summarize(comparisons)}`);
}
