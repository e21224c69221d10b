import type { Pool } from 'pg';
import { assessPromises, readBrokenPromises } from '../../runs/assess-promises.ts';
import type { BrokenPromise } from '../../refresh/promised-ages.ts';
import {
  assumeKnowledge,
  limitsOfFile,
  readKnowledge,
  type ForecastInputs,
  type ForecastRequest,
} from '../../runs/forecast-run.ts';
import { AppError } from '../../core/errors.ts';
import { databaseErrors } from '../../db/errors.ts';
import type { ApiOperation } from '../../model/known-apis.ts';
import type { SyncConfig } from '../../model/sync-config.ts';
import { advise, type Advice } from '../../refresh/forecast/advise.ts';
import type { PeriodLimit } from '../../refresh/forecast/call-limits.ts';
import { forecast, type Forecast } from '../../refresh/forecast/forecast.ts';
import type { Session } from '../../app/session.ts';
import { hasDatabase } from '../../app/with-database.ts';
import { withExistingPool } from '../../app/with-existing-pool.ts';
import { listDailySourceYield, readRunSourceYield } from '../../ledger/source-yield.ts';
import { foundDays, type FoundByCalls } from './format-source-yield.ts';
import { openForecast, type ForecastScope } from '../../app/open-forecast.ts';

/** Everything that `plan` shows. */
export interface Plan extends ForecastInputs {
  readonly forecast: Forecast;
  readonly advice: readonly Advice[];
  /** Of all feeds; null: no database is there. */
  readonly found: FoundByCalls | null;
  /** Promised ages that can't be held, of all feeds of the sync file. */
  readonly broken: readonly BrokenPromise[];
}

/** The lowest limit of a window that an API has; null: none. */
export function limitOf(
  limits: readonly PeriodLimit[],
  operation: ApiOperation,
  period: PeriodLimit['period'],
): number | null {
  const own = limits.filter((limit) => limit.period === period && limit.operations.includes(operation));
  return own.length > 0 ? Math.min(...own.map(({ calls }) => calls)) : null;
}

/** Calls that are due for the next run, without limits. */
export function callsDue({ apis }: Forecast): number {
  return apis.reduce((sum, { due }) => sum + due, 0);
}

/** The plan of some feeds by the sync file alone. */
export function assumePlan(sync: SyncConfig, request: ForecastRequest, now: Date): Plan {
  const [offers, runGaps] = [new Map<string, number>(), new Map<string, number>()];
  const facts = { limits: limitsOfFile(sync), schedules: sync.schedules, offers, runGaps, now };
  return toPlan(assumeKnowledge(sync, request, now), { found: null, broken: assessPromises(sync, facts) });
}

function toPlan(known: ForecastInputs, parts: Pick<Plan, 'found' | 'broken'>): Plan {
  const result = forecast(known.knowledge);
  return { ...known, ...parts, forecast: result, advice: advise(known.knowledge, result) };
}

/** The plan of some feeds as the database knows them. */
export async function readPlanFrom(
  pool: Pool,
  scope: ForecastScope,
  request: ForecastRequest,
): Promise<Plan> {
  const deps = openForecast(pool, scope);
  return toPlan(await readKnowledge(deps, request), {
    found: {
      run: await readRunSourceYield(pool, null),
      days: await listDailySourceYield(pool, foundDays, null),
    },
    broken: await readBrokenPromises(deps),
  });
}

/**
 * The plan of some feeds: from the project's database if there is one, otherwise from the sync file alone.
 *
 * @throws AppError DATABASE_*, but not for one that was never migrated
 */
export async function readPlan(session: Session, sync: SyncConfig, request: ForecastRequest): Promise<Plan> {
  const { config, context } = session;
  const assumed = () => assumePlan(sync, request, context.clock.now());
  if (!hasDatabase(config)) return assumed();
  try {
    const what = { sync, appKey: config.ALIBABA_APP_KEY };
    return await withExistingPool(session, 1, (pool) => readPlanFrom(pool, what, request));
  } catch (error) {
    if (!(error instanceof AppError) || error.kind !== databaseErrors.DATABASE_NOT_MIGRATED) throw error;
    session.talk('the database is not migrated: only catalog-sync.yaml is read');
    return assumed();
  }
}
