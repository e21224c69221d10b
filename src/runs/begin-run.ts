import type { BeginAnswer, RunStore } from './run-store.ts';
import type { RunRequest } from '../model/run.ts';
import type { Forecast } from '../refresh/forecast/forecast.ts';
import { toRunForecast, type ForecastRequest } from './forecast-run.ts';

export interface BeginRunDeps {
  readonly runs: Pick<RunStore, 'claimSource' | 'begin'>;
  /** Null when it is unknown: a run begins without it. */
  readonly makeForecast: (request: ForecastRequest) => Promise<Forecast | null>;
  /** Of the sync file of its runs. */
  readonly syncFileHash: string;
}

/** Begins a run of a process; `runForecast` is the forecast that the user has seen; it is then not made again. */
export type BeginRun = (
  request: Omit<RunRequest, 'forecast' | 'syncFileHash'>,
  runForecast?: Forecast | null,
) => Promise<BeginAnswer>;

/**
 * The only way in which runs begin, whatever starts them: in a database of their source, for those whose sync file says
 * the same, and with what is expected of them, so that plan and actual can be compared.
 */
export function createBeginRun({ runs, makeForecast, syncFileHash }: BeginRunDeps): BeginRun {
  return async (request, runForecast) => {
    await runs.claimSource(request.source);
    const result = runForecast === undefined ? await makeForecast(request) : runForecast;
    return runs.begin({ ...request, syncFileHash, forecast: result && toRunForecast(result) });
  };
}
