import type { ApiOperation } from '../../model/known-apis.ts';
import { toCallLimit, type PeriodLimit } from './call-limits.ts';
import { forecastAhead, rangeOfAhead, type DetailsRange } from './forecast-ahead.ts';
import { forecast, type DetailsForecast, type Forecast } from './forecast.ts';
import type { CallLimit, Knowledge } from './knowledge.ts';

/** Calls per day of single APIs, which replace their limits in a forecast. */
export type DailyLimits = ReadonlyMap<ApiOperation, number>;

/** What `plan` knows, with its limits kept separately. */
interface LimitedKnowledge {
  readonly knowledge: Knowledge;
  readonly limits: readonly PeriodLimit[];
  /** Limits of budgets, schedules and holds. */
  readonly bounds: readonly CallLimit[];
}

const isReplaced = ({ operations }: PeriodLimit, daily: DailyLimits): boolean =>
  operations.every((operation) => daily.has(operation)) && operations.length === 1;

/** Forecasts under daily limits. */
export interface LimitsForecast {
  readonly longRun: Forecast;
  /** Details over the next days; null: none is known yet. */
  readonly ahead: DetailsForecast | null;
  /** How far `ahead` can be trusted; null: not known. */
  readonly range: DetailsRange | null;
}

/** The forecasts of so many days and of the long run; `longRun`: if it was made before. */
export function forecastBoth(
  knowledge: Knowledge,
  days: number,
  longRun = forecast(knowledge),
): LimitsForecast {
  const ahead = forecastAhead(knowledge, longRun, days);
  return { longRun, ahead, range: ahead && rangeOfAhead(ahead, knowledge, longRun, days) };
}

/**
 * The knowledge with other daily limits. The monthly limit of such an API is left out, because a package has both: with the monthly
 * limit, a larger daily one would make no difference. Limits that several APIs share, budgets and holds stay as they are.
 */
function withLimits({ knowledge, limits, bounds }: LimitedKnowledge, daily: DailyLimits): Knowledge {
  const kept = limits.filter((limit) => !isReplaced(limit, daily));
  const given = [...daily].map(([operation, calls]): PeriodLimit => {
    return { operations: [operation], period: 'day', calls, leftToday: null };
  });
  return { ...knowledge, limits: [...[...kept, ...given].map(toCallLimit), ...bounds] };
}

/** The forecasts with other daily limits: of so many days, and of the long run. */
export function forecastWithLimits(
  known: LimitedKnowledge,
  daily: DailyLimits,
  days: number,
): LimitsForecast {
  return forecastBoth(withLimits(known, daily), days);
}

/** Every combination of the limits of each operation, the last operation's fastest; in the order they are given. */
export function combineLimits(asked: ReadonlyMap<ApiOperation, readonly number[]>): DailyLimits[] {
  let combined: DailyLimits[] = [new Map()];
  for (const [operation, limits] of asked)
    combined = combined.flatMap((daily) => limits.map((calls) => new Map([...daily, [operation, calls]])));
  return combined;
}

/** An API that gets fewer calls than the tested limit allows, and fewer than it needs. */
interface OtherBound {
  readonly operation: ApiOperation;
  /** The limit that was asked about. */
  readonly limit: number;
  /** Calls a day that it gets. */
  readonly perDay: number;
}

/** A forecast is no more exact than this. */
const tolerance = 0.05;

/** APIs that something other than the tested limits bounds. */
export function findOtherBounds({ apis }: Forecast, daily: DailyLimits): OtherBound[] {
  return [...daily].flatMap(([operation, limit]) => {
    const api = apis.find((one) => one.operation === operation);
    if (api === undefined) return [];
    const own = toCallLimit({ operations: [operation], period: 'day', calls: limit, leftToday: null });
    const most = Math.min(own.perDay, api.wantedPerDay);
    return api.perDay < (1 - tolerance) * most - 1 ? [{ operation, limit, perDay: api.perDay }] : [];
  });
}
