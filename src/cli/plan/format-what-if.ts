import { countOf } from '../../core/count-of.ts';
import type { ApiOperation } from '../../model/known-apis.ts';
import { forecastAhead } from '../../refresh/forecast/forecast-ahead.ts';
import type { DetailsForecast, Forecast } from '../../refresh/forecast/forecast.ts';
import {
  combineLimits,
  findOtherBounds,
  forecastWithLimits,
  type DailyLimits,
  type LimitsForecast,
} from '../../refresh/forecast/what-if.ts';
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
  return [{ daily: null, longRun, ahead: forecastAhead(knowledge, longRun, days) }, ...others];
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
    const { ages, fresh, callsPerDay } = details;
    const callsOf = (operation: ApiOperation) =>
      operation === 'offer.detail' ? callsPerDay : perDayOf(scenario.longRun, operation);
    return [
      [
        ...operations.flatMap((operation) => [
          limitCell(plan, scenario, operation),
          formatCalls(callsOf(operation)),
        ]),
        ...[ages.meanDays, ages.medianDays, ages.p90Days].map(formatDays),
        formatPercent(fresh),
      ],
    ];
  });
  return formatTable(columns, rows);
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
  const ahead = [
    `Over the next ${question.days === 1 ? 'day' : countOf(question.days, 'day')}:`,
    formatScenarios(plan, scenarios, operations, (scenario) => scenario.ahead),
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
