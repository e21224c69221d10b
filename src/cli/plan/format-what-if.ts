import { countOf } from '../../core/count-of.ts';
import type { ApiOperation } from '../../model/known-apis.ts';
import type { DetailsRange } from '../../refresh/forecast/forecast-ahead.ts';
import type { DetailsForecast, Forecast } from '../../refresh/forecast/forecast.ts';
import type { Knowledge } from '../../refresh/forecast/knowledge.ts';
import {
  combineLimits,
  findOtherBounds,
  forecastWithLimits,
  forecastBoth,
  type DailyLimits,
  type LimitsForecast,
} from '../../refresh/forecast/what-if.ts';
import { shareErrorOf } from '../../refresh/planner/visible-share.ts';
import { formatTable, type Column } from '../../terminal/format-table.ts';
import { wrapText } from '../../terminal/wrap-text.ts';
import type { WhatIf } from '../parse-what-if.ts';
import { describeBasis } from './describe-basis.ts';
import { countCalls, formatCalls, formatDays, formatPercent } from './format-forecast.ts';
import { limitOf, type Plan } from './read-plan.ts';

/** What is asked: daily limits, and how many days are looked ahead. */
export interface Question {
  readonly limits: WhatIf;
  readonly days: number;
}

/** What daily limits bring. */
export interface Scenario extends LimitsForecast {
  /** Null: the limits as they are. */
  readonly daily: DailyLimits | null;
}

/** The plan as it is, and with every combination of the limits that were asked about. */
export function planScenarios(plan: Plan, { limits, days }: Question): Scenario[] {
  const { knowledge, forecast: longRun } = plan;
  const others = combineLimits(limits).map((daily) => ({
    daily,
    ...forecastWithLimits(plan, daily, days),
  }));
  return [{ daily: null, ...forecastBoth(knowledge, days, longRun) }, ...others];
}

const perDayOf = ({ apis }: Forecast, operation: ApiOperation): number =>
  apis.find((api) => api.operation === operation)?.perDay ?? 0;

/** The long run's details, with all calls for details: those for new offers too. */
const detailsInLongRun = ({ longRun }: Scenario): DetailsForecast => ({
  ...longRun.details,
  callsPerDay: perDayOf(longRun, 'offer.detail'),
});

function limitCell(plan: Plan, { daily }: Scenario, operation: ApiOperation): string {
  if (daily !== null) return formatCalls(daily.get(operation) ?? 0);
  const limit = limitOf(plan.limits, operation, 'day');
  return `now ${limit === null ? '-' : formatCalls(limit)}`;
}

/** A forecast is no more exact than this, as its bench says, so a smaller range is not shown. */
const shownShare = 0.1;

type FigureOf = (forecast: DetailsForecast) => number;
const callsOf: FigureOf = ({ callsPerDay }) => callsPerDay;
const meanAgeOf: FigureOf = ({ ages }) => ages.meanDays;

const isWide = (details: DetailsForecast, { least, most }: DetailsRange, figureOf: FigureOf): boolean =>
  figureOf(least) < (1 - shownShare) * figureOf(details) ||
  figureOf(most) > (1 + shownShare) * figureOf(details);

/** Formats a figure; with its range, where that is wide. */
const withRange =
  (details: DetailsForecast, range: DetailsRange | null) =>
  (figureOf: FigureOf, format: (figure: number) => string): string => {
    const figure = format(figureOf(details));
    if (range === null || !isWide(details, range, figureOf)) return figure;
    return `${figure} (${format(figureOf(range.least))} to ${format(figureOf(range.most))})`;
  };

/** A table of scenarios; `detailsOf` says of which time. */
function formatScenarios(
  plan: Plan,
  scenarios: readonly Scenario[],
  operations: readonly ApiOperation[],
  detailsOf: (scenario: Scenario) => DetailsForecast | null,
) {
  const right = (header: string): Column => ({ header, align: 'right' });
  const columns = [
    ...operations.flatMap((operation) => [right(`${operation} limit`), right('a day')]),
    ...['details: age', 'median', '9 of 10', 'right'].map(right),
  ];
  const rows = scenarios.flatMap((scenario) => {
    const details = detailsOf(scenario);
    if (details === null) return [];
    const show = withRange(details, details === scenario.ahead ? scenario.range : null);
    const { ages, fresh } = details;
    const callsCell = (operation: ApiOperation) =>
      operation === 'offer.detail'
        ? show(callsOf, formatCalls)
        : formatCalls(perDayOf(scenario.longRun, operation));
    return [
      [
        ...operations.flatMap((operation) => [limitCell(plan, scenario, operation), callsCell(operation)]),
        show(meanAgeOf, formatDays),
        ...[ages.medianDays, ages.p90Days].map(formatDays),
        formatPercent(fresh),
      ],
    ];
  });
  return formatTable(columns, rows);
}

/** What the ranges of the table are. */
function describeRanges(scenarios: readonly Scenario[], { shown, visibleShare }: Knowledge): string[] {
  const isShown = scenarios.some(
    ({ ahead, range }) =>
      ahead !== null && range !== null && [callsOf, meanAgeOf].some((figure) => isWide(ahead, range, figure)),
  );
  if (shown === null || !isShown) return [];
  const share = `${(100 * visibleShare).toFixed(0)} ± ${(100 * shareErrorOf(shown)).toFixed(0)} %`;
  return [
    `- In brackets: what these figures are if the share of changes that search rows show, as far as it is known (${share}), is lower or higher by that. It decides how soon details are due.`,
  ];
}

/** What the table does not say: limits that bind beside those that were asked about, and calls that nobody needs. */
function describeLimits(plan: Plan, scenarios: readonly Scenario[], operations: readonly ApiOperation[]) {
  const bounds = scenarios.flatMap(({ daily, longRun }) => findOtherBounds(longRun, daily ?? new Map()));
  const monthly = operations.filter((operation) => limitOf(plan.limits, operation, 'month') !== null);
  return [
    ...bounds.map(
      ({ operation, limit, perDay }) =>
        `! ${operation}: of ${countCalls(limit)}, only ${formatCalls(perDay)} can be made: a limit of a group or the app, or a schedule's budget, is lower.`,
    ),
    ...operations.map((operation) => {
      const api = plan.forecast.apis.find((one) => one.operation === operation);
      return api === undefined
        ? `! No feed makes calls of ${operation}, so its limit changes nothing.`
        : `- ${operation}: freshness needs ${countCalls(api.wantedPerDay)} a day at the present limits; no more are made.`;
    }),
    ...(monthly.length > 0
      ? [
          `- The monthly limit of ${monthly.join(' and ')} is not applied here; ask for one that is high enough for such days.`,
        ]
      : []),
  ];
}

/** A row for each combination of daily limits beside the present ones, for both times, and what to know of them. */
export function formatWhatIf(plan: Plan, question: Question, width: number): string {
  const operations = [...question.limits.keys()];
  const scenarios = planScenarios(plan, question);
  const lines = [
    ...describeLimits(plan, scenarios, operations),
    ...describeBasis(plan).map((line) => `- ${line}`),
  ];
  const table = formatScenarios(plan, scenarios, operations, ({ ahead }) => ahead);
  const ranges = describeRanges(scenarios, plan.knowledge).map((line) => wrapText(line, width, 2));
  const ahead = [
    `Over the next ${question.days === 1 ? 'day' : countOf(question.days, 'day')}:`,
    table,
    ...(ranges.length > 0 ? ['', ...ranges] : []),
    '',
  ];
  return [
    ...(scenarios.some((scenario) => scenario.ahead !== null) ? ahead : []),
    'In the long run:',
    formatScenarios(plan, scenarios, operations, detailsInLongRun),
    '',
    ...lines.map((line) => wrapText(line, width, 2)),
  ].join('\n');
}
