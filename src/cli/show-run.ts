import type { ExitCode } from '../core/exit-codes.ts';
import { exitCodes } from '../core/exit-codes.ts';
import type { App } from '../app/open-app.ts';
import { findRemedy } from '../app/find-remedy.ts';
import { compareWithPlan, type Compared } from '../model/compare-with-plan.ts';
import { offersFoundOrFetched, targetsPostponed, type Run } from '../model/run.ts';
import type { SyncConfig } from '../model/sync-config.ts';
import type { Session } from '../app/session.ts';
import { formatTable, type Column } from '../terminal/format-table.ts';
import { zoneNote } from '../core/format-time.ts';
import type { HealthIssue } from '../model/health-issue.ts';
import { formatHealth } from './format-health.ts';
import { safeJson } from '../terminal/safe-text.ts';

/**
 * Calls that a run will still make: what is due now, and what is found on the way, which only its forecast knows; never more
 * than its budget. Null: nothing was known as it began, so nobody knows.
 */
export function callsLeft(
  { forecast, callsUsed, budgetCalls }: Pick<Run, 'forecast' | 'callsUsed' | 'budgetCalls'>,
  due: number,
): number | null {
  if (forecast?.isGuess === true) return null;
  const planned = Object.values(forecast?.calls ?? {}).reduce((sum, calls) => sum + calls, 0);
  const left = Math.max(due, planned - callsUsed);
  return budgetCalls === null ? left : Math.min(left, budgetCalls - callsUsed);
}

/** Shows an active run; the rate is that of the whole run so far. */
export function createRunProgress(session: Session, app: App, sync: SyncConfig) {
  const progress = session.createProgress();
  const { clock } = session.context;
  const startedMs = clock.now().getTime();
  let callsBefore: number | null = null;
  return {
    update: async (run: Run): Promise<void> => {
      callsBefore ??= run.callsUsed;
      const seconds = Math.max(0.001, (clock.now().getTime() - startedMs) / 1000);
      // A call that never left is given back.
      const ratePerSecond = Math.max(0, run.callsUsed - callsBefore) / seconds;
      const due = await app.leases.countDue(
        sync.feeds.filter((feed) => run.feedNames.includes(feed.name)),
        sync.freshness,
      );
      const left = callsLeft(run, due);
      const { counts } = run;
      progress.update({
        label: `run ${run.runId}`,
        callsUsed: run.callsUsed,
        budgetCalls: run.budgetCalls,
        offers: offersFoundOrFetched(counts),
        ratePerSecond,
        secondsLeft: left !== null && ratePerSecond > 0 ? left / ratePerSecond : null,
      });
    },
    done: () => progress.done(),
  };
}

const amount = (value: number): string => value.toLocaleString('en');

const rounded = (value: number): string => Math.round(value).toLocaleString('en');

/** One table about a run that has ended, with its forecast. `calls`: those it made, by operation. */
export function formatRun(run: Run, calls: Readonly<Record<string, number>> = {}): string {
  const { counts, forecast } = run;
  const plan = compareWithPlan(run, calls, run.endedAt ?? run.startedAt ?? new Date(0));
  const ofBudget = run.budgetCalls === null ? '' : ` of ${amount(run.budgetCalls)}`;
  const planned = (figure: Compared) => (figure.planned === null ? '' : rounded(figure.planned));
  const rows = [
    ['outcome', run.cause === null ? run.status : `${run.status} (${run.cause})`],
    ['calls', `${amount(run.callsUsed)}${ofBudget}`, planned(plan.calls)],
    ...plan.byOperation.map((figure) => [`  ${figure.operation}`, amount(figure.actual), planned(figure)]),
    [
      'time',
      `${plan.seconds.actual.toFixed(1)} s`,
      forecast === null ? '' : `${forecast.seconds.toFixed(1)} s`,
    ],
    ['categories listed', amount(counts.categories)],
    ['offers new', amount(counts.offersNew), planned(plan.newOffers)],
    ['offers completed', amount(counts.offersCompleted)],
    ['offers changed', amount(counts.offersChanged), planned(plan.changedOffers)],
    ['offers unchanged', amount(counts.offersUnchanged)],
    ['prices opened', amount(counts.pricesOpened)],
    ['prices closed', amount(counts.pricesClosed)],
    ['rows quarantined', amount(counts.rejects)],
    ['targets given up', amount(counts.errors)],
    ['targets postponed', amount(run.postponed)],
  ];
  const columns: Column[] = [{ header: `run ${run.runId}` }, { header: '', align: 'right' }];
  return formatTable(
    forecast === null ? columns : [...columns, { header: plan.plannedName, align: 'right' }],
    rows,
  );
}

export interface ShownRun {
  readonly run: Run;
  /** Those it made, by operation. */
  readonly calls: Readonly<Record<string, number>>;
  /** What is wrong now, by this run or otherwise. */
  readonly issues: readonly HealthIssue[];
}

/** One table with what is wrong and what to do, or one JSON object, about a run that has ended. */
export function printRun(session: Session, { run, calls, issues }: ShownRun): void {
  if (session.isJson) {
    session.print(safeJson({ ...run, calls, issues }));
    return;
  }
  session.print(formatRun(run, calls));
  if (issues.length > 0) session.print(`\n${formatHealth(issues, session.context)}\n\n${zoneNote}`);
}

/** Whether all that it left is tried again by itself: targets, or an API in an outage. */
function mayPass({ cause, counts }: Run): boolean {
  if (counts.errors > 0 || cause === null) return false;
  return (
    cause === targetsPostponed || (cause.startsWith('GATEWAY_') && findRemedy(cause)?.recovery === 'retry')
  );
}

const hasLoaded = ({ counts }: Run): boolean => counts.categories + offersFoundOrFetched(counts) > 0;

/**
 * Cron must not alarm because a quota was used up: that, quarantined rows, and targets that are tried again by themselves
 * where others were loaded, are a success unless `--strict-exit` asks.
 */
export function exitCodeOfRun(run: Run, isStrict: boolean): ExitCode {
  switch (run.status) {
    case 'succeeded':
      return isStrict && run.counts.rejects > 0 ? exitCodes.quarantined : exitCodes.succeeded;
    case 'partial_quota':
      return isStrict ? exitCodes.stoppedAtQuota : exitCodes.succeeded;
    case 'queued':
    case 'running':
    case 'cancelled':
      return exitCodes.failed;
    case 'partial_error':
      if (!mayPass(run) || !hasLoaded(run)) return exitCodes.failed;
      return isStrict ? exitCodes.postponed : exitCodes.succeeded;
    case 'failed':
      // An outage of 1688's token service is nothing that settings mend.
      return /^(CREDENTIALS|AUTH(?!_REFRESH_UNAVAILABLE)|TOKEN|GATEWAY)_/.test(run.cause ?? '')
        ? exitCodes.configuration
        : exitCodes.failed;
  }
}
