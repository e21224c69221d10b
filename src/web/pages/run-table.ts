import type { RunRow } from '../reads/run-pages.ts';
import { html, type Html } from '../html.ts';
import { runBadge } from '../parts/badge.ts';
import { count, span, time } from '../parts/format.ts';
import { number, table, text } from '../parts/table.ts';

function duration({ startedAt, endedAt }: RunRow, now: Date): string {
  if (startedAt === null) return '–';
  return span((endedAt ?? now).getTime() - startedAt.getTime());
}

/** The calls in the forecast of a run. */
export function plannedCalls({ forecast }: Pick<RunRow, 'forecast'>): string {
  if (forecast === null) return '–';
  const calls = Math.round(Object.values(forecast.calls).reduce((sum, own) => sum + own, 0));
  return forecast.isGuess ? `at most ${count(calls)}` : count(calls);
}

/** Runs, a row each. */
export function runTable(runs: readonly RunRow[], now: Date): Html {
  return table({
    caption: 'Runs, newest first',
    columns: [
      text('Run'),
      text('State'),
      text('Scope'),
      text('By'),
      text('Began'),
      number('Took'),
      number('Calls'),
      number('Planned'),
      number('New'),
      number('Changed'),
      number('Errors'),
    ],
    rows: runs.map((run) => [
      html`<a href="/runs/${run.runId}">Run ${run.runId}</a>`,
      runBadge(run),
      run.scope,
      run.trigger,
      time(run.startedAt ?? run.requestedAt),
      duration(run, now),
      run.budgetCalls === null
        ? count(run.callsUsed)
        : `${count(run.callsUsed)} of ${count(run.budgetCalls)}`,
      plannedCalls(run),
      count(run.offersNew),
      count(run.offersChanged),
      count(run.errors),
    ]),
    empty:
      'No run yet. `catalog-sync sync` starts the first one; a schedule of `catalog-sync.yaml` starts others by itself.',
  });
}
