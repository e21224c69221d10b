import type { CliContext } from '../app/context.ts';
import type { App } from '../app/open-app.ts';
import { cliErrors } from '../app/errors.ts';
import { AppError } from '../core/errors.ts';
import { exitCodes, type ExitCode } from '../core/exit-codes.ts';
import { sleep } from '../core/clock.ts';
import { unlessAborted } from '../core/lifecycle.ts';
import { isHeldAsDeclared } from '../health/issues/is-held-as-declared.ts';
import { withOperations } from '../runs/forecast-run.ts';
import { heartbeatTimeoutMs, type BeginAnswer } from '../runs/run-store.ts';
import { runToEnd } from '../runs/run-to-end.ts';
import type { Run, RunRequest } from '../model/run.ts';
import type { SyncConfig } from '../model/sync-config.ts';
import type { Forecast } from '../refresh/forecast/forecast.ts';
import { confirm } from '../terminal/confirm.ts';
import { canCall, describeNextRun, formatDuration, isCutShort } from './plan/describe-next-run.ts';
import { commandSteps, deadlineSteps, sourceBanner, withApp, type AppWork } from '../app/run-session.ts';
import type { Session } from '../app/session.ts';
import { createRunProgress, exitCodeOfRun, printRun } from './show-run.ts';

export interface RunScopeOptions {
  /** Distinct exit codes for results that are not failures. */
  readonly isStrict: boolean;
  /** A user at a terminal is asked before a run that will use up the quota. */
  readonly mayAsk: boolean;
  /** When the process ends at the latest, in milliseconds after its start; null: when the run is over. */
  readonly deadlineMs: number | null;
}

interface RunParts {
  readonly session: Session;
  readonly sync: SyncConfig;
  readonly app: App;
  readonly drain: AbortSignal;
}

/** Prints the calls to make; false when the user was asked and refused. */
async function isAgreed(
  { session, sync, app, drain }: RunParts,
  forecast: Forecast | null,
  mayAsk: boolean,
): Promise<boolean> {
  if (forecast === null) return true;
  session.talk(describeNextRun(forecast, withOperations(await app.quota.listHolds(), sync)));
  if (!mayAsk || !isCutShort(forecast) || !canCall(forecast)) return true;
  const isYes = (await confirm(session.context, 'Continue until the quota is used up?', drain)) ?? true;
  // Otherwise a run would be begun that is over at once.
  if (drain.aborted) throw new AppError(cliErrors.INTERRUPTED, 'stopped at the question; no run was begun');
  return isYes;
}

async function isExpectedEnd({ status, cause, counts }: Run, { quota, permissions }: App): Promise<boolean> {
  const [holds, apis] = [await quota.listHolds(), await permissions.listApis()];
  return isHeldAsDeclared({ status, cause, errors: counts.errors }, holds, apis);
}

/** How much of a time from the start of the process is left, in milliseconds; negative when it has passed. */
export function msLeft({ startedAtMs }: Pick<CliContext, 'startedAtMs'>, ms: number): number {
  return startedAtMs + ms - performance.now();
}

/** A run whose process may have died is waited for until that is known, and then taken over: nobody else may start one soon. */
async function beginOrTakeOver(
  session: Session,
  drain: AbortSignal,
  begin: () => Promise<BeginAnswer>,
): Promise<BeginAnswer> {
  const begun = await begin();
  if (begun.kind !== 'active' || begun.silentMs === null) return begun;
  const waitMs = Math.max(0, heartbeatTimeoutMs - begun.silentMs) + 500;
  const silent = `the process of run ${begun.runId} has sent no heartbeat for ${formatDuration(begun.silentMs / 1000)}`;
  session.talk(
    `${silent}: waiting ${formatDuration(waitMs / 1000)} for one, before this process takes the run over`,
  );
  await sleep(waitMs, drain);
  return drain.aborted ? begun : begin();
}

/** Chooses what to run. */
type ChooseRequest = (app: App) => Promise<Omit<RunRequest, 'source' | 'forecast'>>;

async function runAndShow(
  parts: RunParts,
  chooseRequest: ChooseRequest,
  { isStrict, mayAsk }: Pick<RunScopeOptions, 'isStrict' | 'mayAsk'>,
): Promise<ExitCode> {
  const { session, sync, app, drain } = parts;
  session.talk(sourceBanner(app.source));
  const request = await chooseRequest(app);
  const runForecast = await app.makeForecast(request);
  if (!(await isAgreed(parts, runForecast, mayAsk))) {
    session.talk('you answered no: nothing was fetched');
    return exitCodes.stoppedAtQuota;
  }
  const progress = createRunProgress(session, app, sync);
  const { runs, source } = app;
  const outcome = await runToEnd({
    runs,
    begin: () => beginOrTakeOver(session, drain, () => app.begin({ ...request, source }, runForecast)),
    conduct: (isOver) => app.conduct(isOver),
    drain,
    onProgress: progress.update,
    countPostponed: ({ feedNames }) =>
      app.leases.countPostponed(sync.feeds.filter(({ name }) => feedNames.includes(name))),
  });
  progress.done();
  if (outcome.kind === 'active') {
    // Also with `--quiet`: whoever reads the mail of cron would not know why nothing was fetched.
    session.context.stderr.write(
      `run ${outcome.runId} of the same scope is active in another process, so this command fetched nothing\n`,
    );
    return isStrict ? exitCodes.anotherRunActive : exitCodes.succeeded;
  }
  const { run } = outcome;
  const isExpected = !isStrict && (await isExpectedEnd(run, app));
  const issues = await app.findHealthIssues();
  printRun(session, { run, calls: await runs.countCalls(run.runId), issues });
  if (isExpected) {
    session.talk('The rest waits for APIs that are declared as not granted: `catalog-sync permissions`');
    return exitCodes.succeeded;
  }
  return exitCodeOfRun(run, isStrict);
}

/**
 * One run of a scope in this process to its end, with progress on the terminal, and notifications.
 *
 * @returns what the process is to exit with
 * @throws AppError CREDENTIALS_MISSING, DATABASE_*, and what `chooseRequest` throws
 */
export async function runScope(
  session: Session,
  sync: SyncConfig,
  chooseRequest: ChooseRequest,
  options: RunScopeOptions,
): Promise<ExitCode> {
  let exitCode: ExitCode = exitCodes.succeeded;
  const { deadlineMs } = options;
  let countUnsettled: App['countUnsettled'] = () => ({ kept: 0, unknown: 0, code: null });
  const runs: AppWork = async (app, { drain, cut }) => {
    countUnsettled = () => app.countUnsettled();
    try {
      exitCode = await runAndShow({ session, sync, app, drain }, chooseRequest, options);
    } finally {
      // The user who stopped it is waiting.
      if (drain.reason !== 'signal') await unlessAborted(cut, app.sendNotifications(), () => undefined);
    }
  };
  await withApp(session, { sync }, runs, {
    afterSignal: commandSteps,
    deadline:
      deadlineMs === null ? null : { inMs: msLeft(session.context, deadlineMs), steps: deadlineSteps },
  });
  const { kept, unknown } = countUnsettled();
  return kept + unknown > 0 ? exitCodes.failed : exitCode;
}
