import type { Pool } from 'pg';
import {
  assumeKnowledge,
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
import { openForecast, type ForecastScope } from '../../app/open-forecast.ts';

/** Everything that `plan` shows. */
export interface Plan extends ForecastInputs {
  readonly forecast: Forecast;
  readonly advice: readonly Advice[];
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

function toPlan(known: ForecastInputs): Plan {
  const result = forecast(known.knowledge);
  return { ...known, forecast: result, advice: advise(known.knowledge, result) };
}

/** The plan of some feeds as the database knows them. */
export async function readPlanFrom(
  pool: Pool,
  scope: ForecastScope,
  request: ForecastRequest,
): Promise<Plan> {
  return toPlan(await readKnowledge(openForecast(pool, scope), request));
}

/**
 * The plan of some feeds: from the project's database if there is one, otherwise from the sync file alone.
 *
 * @throws AppError DATABASE_*, but not for one that was never migrated
 */
export async function readPlan(session: Session, sync: SyncConfig, request: ForecastRequest): Promise<Plan> {
  const { config, context } = session;
  const assumed = () => toPlan(assumeKnowledge(sync, request, context.clock.now()));
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
