import type { BeginAnswer, RunStore } from '../load/stores/run-store.ts';
import type { RunRequest } from '../model/run.ts';
import type { Forecast } from '../plan/forecast/forecast.ts';
import { toRunForecast, type ForetellRequest } from './foretell.ts';

export interface BeginRunDeps {
  readonly runs: Pick<RunStore, 'claimSource' | 'begin'>;
  /** Null when it can't be told: a run begins without. */
  readonly foretell: (request: ForetellRequest) => Promise<Forecast | null>;
  /** By which plan its runs are driven. */
  readonly planHash: string;
}

/** Begins a run of a process; `foretold` is the forecast that a person has seen, which is then not made again. */
export type BeginRun = (
  request: Omit<RunRequest, 'forecast' | 'planHash'>,
  foretold?: Forecast | null,
) => Promise<BeginAnswer>;

/**
 * The one way in which runs begin, whoever asks for them: in a database of their source, for those who plan as this
 * process does, and with what is expected of them, so that plan and actual can be compared.
 */
export function createBeginRun({ runs, foretell, planHash }: BeginRunDeps): BeginRun {
  return async (request, foretold) => {
    await runs.claimSource(request.source);
    const told = foretold === undefined ? await foretell(request) : foretold;
    return runs.begin({ ...request, planHash, forecast: told && toRunForecast(told) });
  };
}
