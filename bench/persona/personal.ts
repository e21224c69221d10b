import { readPlanFrom } from '../../src/cli/plan/read-plan.ts';
import { formatForecast } from '../../src/cli/plan/format-forecast.ts';
import { parseSyncFile } from '../../src/config/parse-sync-file.ts';
import type { Forecast } from '../../src/refresh/forecast/forecast.ts';
import { rootTerms } from '../../src/sandbox/world/vocabulary.ts';
import { table } from '../support/numbers.ts';
import { say } from '../support/say.ts';
import { openStack, type Stack } from '../support/stack.ts';

const days = 14;
const request = { feedNames: ['all'], budgetCalls: null };

/** Three of the first level of the sandbox's tree, and twenty goods. */
async function chooseFeed(): Promise<string> {
  const world = { offers: 8000, categories: 400, isDrifting: false, backend: 'postgres' } as const;
  const stack = await openStack(world);
  try {
    const truth = (await stack.ask('/truth?categories=0')) as { categories: { id: string; level: number }[] };
    const roots = truth.categories.filter(({ level }) => level === 1).slice(0, 3);
    const words = rootTerms.flatMap(({ parts }) => parts.map(({ zh }) => zh)).slice(15, 35);
    return `{ name: all, categories: [${roots.map(({ id }) => `'${id}'`).join(', ')}], keywords: [${words.join(', ')}] }`;
  } finally {
    await stack.close();
  }
}

interface Standing {
  readonly offers: number;
  readonly unseen: number;
  readonly mean_days: number;
  readonly p90_days: number;
  readonly windows: number;
}

async function readStanding(stack: Stack): Promise<Standing> {
  const [row] = await stack.query<Standing>(
    `SELECT count(*)::int AS offers, (count(*) FILTER (WHERE detail_at IS NULL))::int AS unseen,
            avg(age)::float8 AS mean_days, percentile_cont(0.9) WITHIN GROUP (ORDER BY age)::float8 AS p90_days,
            (SELECT count(*)::int FROM sync.search_window WHERE completed_at IS NULL AND retired_at IS NULL) AS windows
     FROM (
       SELECT detail_at, extract(epoch FROM usage.ledger_now() + interval '12 hours' - detail_at) / 86400 AS age
       FROM sync.refresh WHERE feed_set <> 0 AND bucket IS NOT NULL
     ) r`,
  );
  if (!row) throw new Error('no row');
  return row;
}

const count = (value: number) => Math.round(value).toLocaleString('en');
const planned = (forecast: Forecast, operation: string) =>
  forecast.apis.find((api) => api.operation === operation)?.nextRun ?? 0;

interface Day {
  readonly cells: readonly string[];
  readonly isWhole: boolean;
  readonly firstPassDays: number;
  readonly settled: Forecast['feeds'][number]['details'] | undefined;
  readonly standing: Standing;
}

async function liveDay(stack: Stack, day: number, syncFile: string): Promise<Day> {
  const sync = parseSyncFile(syncFile, 'the bench');
  const [app] = await stack.query<{ app_key: string }>('SELECT app_key FROM usage.quota_limit LIMIT 1');
  const startedMs = performance.now();
  const plan = await readPlanFrom(stack.pool, { sync, appKey: app?.app_key }, request);
  const planMs = performance.now() - startedMs;
  if ([0, 1, 7, days - 1].includes(day)) say(`day ${String(day + 1)}:\n\n${formatForecast(plan, 100)}\n`);
  const run = await stack.sync();
  const calls = await stack.app.runs.countCalls(run.runId);
  const { forecast } = plan;
  const standing = await readStanding(stack);
  const pair = (operation: string) =>
    `${count(planned(forecast, operation))} / ${count(calls[operation] ?? 0)}`;
  const cells = [
    String(day + 1),
    ...['category.children', 'search.keyword', 'offer.detail'].map(pair),
    `${count(forecast.nextRun.newOffers)} / ${count(run.counts.offersNew)}`,
    `${count(forecast.nextRun.changedOffers)} / ${count(run.counts.offersChanged)}`,
    Number.isFinite(forecast.firstPassDays) ? String(forecast.firstPassDays) : 'never',
    `${count(standing.windows)} and ${count(standing.unseen)}`,
    planMs.toFixed(0),
  ];
  const isWhole = standing.windows === 0 && standing.unseen === 0;
  const settled = forecast.feeds[0]?.details;
  return { cells, isWhole, firstPassDays: forecast.firstPassDays, settled, standing };
}

/** Fourteen days of a personal account on the sandbox. */
export async function followPersonal(): Promise<void> {
  const syncFile = `account: personal\nfeeds:\n  - ${await chooseFeed()}\nquotas: { per_second: 1000 }\n`;
  say(`\`\`\`yaml\n${syncFile}\`\`\`\n`);
  const stack = await openStack({
    backend: 'postgres',
    offers: 8000,
    categories: 400,
    isDrifting: false,
    syncFile,
  });
  try {
    const lived: Day[] = [];
    for (let day = 0; day < days; day += 1) {
      if (day > 0) await stack.advanceDays(1);
      lived.push(await liveDay(stack, day, syncFile));
    }
    const heads = [
      'day',
      'category',
      'search',
      'detail',
      'new',
      'changed',
      'days for all once',
      'left for once',
      'ms',
    ];
    say(
      table(
        heads,
        lived.map(({ cells }) => cells),
      ),
    );
    const whole = lived.findIndex(({ isWhole }) => isWhole);
    say(`\neverything looked at once: on day ${whole < 0 ? `${String(days)} not yet` : String(whole + 1)}`);
    const [last, before] = [lived.at(-1), lived.at(-2)];
    say(
      `age of details on the last day, mean and 9 of 10: ${String(last?.standing.mean_days.toFixed(2))} and ${String(last?.standing.p90_days.toFixed(2))} days; predicted: ${String(before?.settled?.meanDays.toFixed(2))} and ${String(before?.settled?.p90Days.toFixed(2))}`,
    );
  } finally {
    await stack.close();
  }
}
