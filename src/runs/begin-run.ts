import type { BeginAnswer, RunStore } from './run-store.ts';
import type { RunRequest } from '../model/run.ts';
import type { Forecast } from '../refresh/forecast/forecast.ts';
import { toRunForecast, type ForecastRequest } from './forecast-run.ts';

export interface BeginRunDeps {
  readonly runs: Pick<RunStore, 'claimSource' | 'begin'>;
  /** Null when no forecast is possible: a run begins without it. */
  readonly makeForecast: (request: ForecastRequest) => Promise<Forecast | null>;
  /** Hash of the sync file of its runs. */
  readonly syncFileHash: string;
}

/** Begins a run of a process. `runForecast` is the forecast that the user has seen; it is not made again. */
export type BeginRun = (
  request: Omit<RunRequest, 'forecast' | 'syncFileHash'>,
  runForecast?: Forecast | null,
) => Promise<BeginAnswer>;

/**
 * Begins every run, whatever starts it. The run is in a database of its source, has the hash of the sync file that drives it, and
 * has a forecast, so that planned and actual figures can be compared.
 */
export function createBeginRun({ runs, makeForecast, syncFileHash }: BeginRunDeps): BeginRun {
  return async (request, runForecast) => {
    await runs.claimSource(request.source);
    const result = runForecast === undefined ? await makeForecast(request) : runForecast;
    return runs.begin({ ...request, syncFileHash, forecast: result && toRunForecast(result) });
  };
}
