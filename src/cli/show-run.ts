import type { ExitCode } from '../core/exit-codes.ts';
import { exitCodes } from '../core/exit-codes.ts';
import type { App } from '../app/open-app.ts';
import { findRemedy } from '../app/find-remedy.ts';
import { compareWithPlan, type Compared } from '../model/compare-with-plan.ts';
import type { Run } from '../model/run.ts';
import type { SyncConfig } from '../model/sync-config.ts';
import type { Session } from '../app/session.ts';
import { formatTable, type Column } from '../terminal/format-table.ts';
import { safeJson } from '../terminal/safe-text.ts';

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
      const left = run.budgetCalls === null ? due : Math.min(due, run.budgetCalls - run.callsUsed);
      const { counts } = run;
      progress.update({
        label: `run ${run.runId}`,
        callsUsed: run.callsUsed,
        budgetCalls: run.budgetCalls,
        offers: counts.offersNew + counts.offersChanged + counts.offersUnchanged,
        ratePerSecond,
        secondsLeft: ratePerSecond > 0 ? left / ratePerSecond : null,
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
    ['offers changed', amount(counts.offersChanged), planned(plan.changedOffers)],
    ['offers unchanged', amount(counts.offersUnchanged)],
    ['prices opened', amount(counts.pricesOpened)],
    ['prices closed', amount(counts.pricesClosed)],
    ['rows quarantined', amount(counts.rejects)],
    ['targets given up', amount(counts.errors)],
  ];
  const columns: Column[] = [{ header: `run ${run.runId}` }, { header: '', align: 'right' }];
  return formatTable(
    forecast === null ? columns : [...columns, { header: plan.plannedName, align: 'right' }],
    rows,
  );
}

/** What to do about the cause of a run; null where nothing is, as at the end of a quota. */
function remedyOf({ cause }: Run): string | null {
  return cause === null ? null : (findRemedy(cause)?.remedy ?? null);
}

export interface ShownRun {
  readonly run: Run;
  /** Those it made, by operation. */
  readonly calls: Readonly<Record<string, number>>;
  /** Its end was declared beforehand, so nothing is to be done. */
  readonly isExpected: boolean;
}

/** One table with what to do about its cause, or one JSON object, about a run that has ended. */
export function printRun(session: Session, { run, calls, isExpected }: ShownRun): void {
  if (session.isJson) {
    session.print(safeJson({ ...run, calls }));
    return;
  }
  session.print(formatRun(run, calls));
  const remedy = isExpected ? null : remedyOf(run);
  if (remedy !== null) session.print(`what to do: ${remedy}`);
}

/**
 * Cron must not alarm because a quota was used up: that, and quarantined rows, are a success unless
 * `--strict-exit` asks.
 */
export function exitCodeOfRun(run: Run, isStrict: boolean): ExitCode {
  switch (run.status) {
    case 'succeeded':
      return isStrict && run.counts.rejects > 0 ? exitCodes.quarantined : exitCodes.succeeded;
    case 'partial_quota':
      return isStrict ? exitCodes.stoppedAtQuota : exitCodes.succeeded;
    case 'queued':
    case 'running':
    case 'partial_error':
    case 'cancelled':
      return exitCodes.failed;
    case 'failed':
      return /^(CREDENTIALS|AUTH|TOKEN|GATEWAY)_/.test(run.cause ?? '')
        ? exitCodes.configuration
        : exitCodes.failed;
  }
}
