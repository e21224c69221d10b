import type { ApiOperation } from '../../model/known-apis.ts';
import type { Forecast } from '../../refresh/forecast/forecast.ts';
import {
  combineLimits,
  findOtherBounds,
  forecastWithLimits,
  type DailyLimits,
} from '../../refresh/forecast/what-if.ts';
import { formatTable, type Column } from '../../terminal/format-table.ts';
import { wrapText } from '../../terminal/wrap-text.ts';
import type { WhatIf } from '../parse-what-if.ts';
import { describeBasis } from './describe-basis.ts';
import { formatCalls, formatDays, formatPercent } from './format-forecast.ts';
import { limitOf, type Plan } from './read-plan.ts';

/** A forecast with daily limits. */
export interface Scenario {
  /** Null: the limits as they are. */
  readonly daily: DailyLimits | null;
  readonly forecast: Forecast;
}

/** The plan as it is, and with every combination of the limits that were asked about. */
export function planScenarios(plan: Plan, asked: WhatIf): Scenario[] {
  const others = combineLimits(asked).map((daily) => ({ daily, forecast: forecastWithLimits(plan, daily) }));
  return [{ daily: null, forecast: plan.forecast }, ...others];
}

const perDayOf = ({ apis }: Forecast, operation: ApiOperation): number =>
  apis.find((api) => api.operation === operation)?.perDay ?? 0;

function limitCell(plan: Plan, { daily }: Scenario, operation: ApiOperation): string {
  if (daily !== null) return formatCalls(daily.get(operation) ?? 0);
  const limit = limitOf(plan.limits, operation, 'day');
  return `now ${limit === null ? '-' : formatCalls(limit)}`;
}

function formatScenarios(plan: Plan, scenarios: readonly Scenario[], operations: readonly ApiOperation[]) {
  const right = (header: string): Column => ({ header, align: 'right' });
  const columns = [
    ...operations.flatMap((operation) => [right(`${operation} limit`), right('a day')]),
    ...['details: age', 'median', '9 of 10', 'right'].map(right),
  ];
  const rows = scenarios.map((scenario) => {
    const { ages, fresh } = scenario.forecast.details;
    return [
      ...operations.flatMap((operation) => [
        limitCell(plan, scenario, operation),
        formatCalls(perDayOf(scenario.forecast, operation)),
      ]),
      ...[ages.meanDays, ages.medianDays, ages.p90Days].map(formatDays),
      formatPercent(fresh),
    ];
  });
  return formatTable(columns, rows);
}

/** What the table does not say: limits that bind beside those that were asked about, and calls that nobody needs. */
function describeLimits(plan: Plan, scenarios: readonly Scenario[], operations: readonly ApiOperation[]) {
  const bounds = scenarios.flatMap(({ daily, forecast }) => findOtherBounds(forecast, daily ?? new Map()));
  const monthly = operations.filter((operation) => limitOf(plan.limits, operation, 'month') !== null);
  return [
    ...bounds.map(
      ({ operation, limit, perDay }) =>
        `! ${operation}: of ${formatCalls(limit)} calls, only ${formatCalls(perDay)} can be made: another limit is lower, of a group, the app or a schedule's budget.`,
    ),
    ...operations.map((operation) => {
      const api = plan.forecast.apis.find((one) => one.operation === operation);
      return api === undefined
        ? `! No feed makes calls of ${operation}, so its limit changes nothing.`
        : `- ${operation}: freshness needs ${formatCalls(api.wantedPerDay)} calls a day at the present limits; more are not made.`;
    }),
    ...(monthly.length > 0
      ? [`- The monthly limit of ${monthly.join(' and ')} is left out; ask for one that holds such days.`]
      : []),
  ];
}

/** A row for each combination of daily limits beside the present ones, and what to know of them. */
export function formatWhatIf(plan: Plan, asked: WhatIf, width: number): string {
  const operations = [...asked.keys()];
  const scenarios = planScenarios(plan, asked);
  const lines = [
    ...describeLimits(plan, scenarios, operations),
    ...describeBasis(plan).map((line) => `- ${line}`),
  ];
  return [
    formatScenarios(plan, scenarios, operations),
    '',
    ...lines.map((line) => wrapText(line, width, 2)),
  ].join('\n');
}
