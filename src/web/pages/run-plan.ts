import type { RunCalls, RunRow } from '../reads/run-pages.ts';
import { compareWithPlan, type Compared } from '../../model/compare-with-plan.ts';
import { html, type Html, type HtmlValue } from '../html.ts';
import { count, percent, span, time } from '../parts/format.ts';
import { number, table, text } from '../parts/table.ts';

function callsByOperation(calls: readonly RunCalls[]): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const { operation, outcome, calls: own } of calls)
    if (outcome !== 'refunded') sums[operation] = (sums[operation] ?? 0) + own;
  return sums;
}

function row(name: string, { planned, actual }: Compared, say: (value: number) => string): HtmlValue[] {
  const difference = planned === null || planned < 0.5 ? '' : percent(actual, planned);
  return [name, planned === null ? '–' : say(planned), say(actual), difference];
}

const rounded = (value: number): string => count(Math.round(value));
const seconds = (value: number): string => span(value * 1000);

/** The forecast of a run, next to what it did. */
export function planTable(run: RunRow, calls: readonly RunCalls[], now: Date): Html {
  const plan = compareWithPlan({ ...run, counts: run }, callsByOperation(calls), now);
  const isGuess = plan.plannedName === 'at most';
  const compared = table({
    caption: 'Plan and actual',
    columns: [text('Of'), number(isGuess ? 'At most' : 'Planned'), number('Actual'), number('Share')],
    rows: [
      row('calls', plan.calls, rounded),
      ...plan.byOperation.map((figure) => row(figure.operation, figure, rounded)),
      row('time', plan.seconds, seconds),
      row('new offers', plan.newOffers, rounded),
      row('changed offers', plan.changedOffers, rounded),
    ],
  });
  const hasNoForecast = run.forecast === null;
  return html`${compared}
  ${hasNoForecast ? html`<p class="muted">No forecast could be made for this run.</p>` : null}
  ${isGuess ? html`<p class="muted">Nothing was known yet as it began, so it was planned for the most.</p>` : null}`;
}

/** The request of a run, and its bounds. */
export function boundsTable(run: RunRow, now: Date): Html {
  const used = run.budgetCalls === null ? null : percent(run.callsUsed, run.budgetCalls);
  const rows: HtmlValue[][] = [
    [
      'calls',
      run.budgetCalls === null ? 'as many as the quota gives' : `at most ${count(run.budgetCalls)}`,
      `${count(run.callsUsed)}${used === null ? '' : ` (${used})`}`,
    ],
    ['feeds', run.feeds.join(', '), run.scope],
    [
      'begin',
      html`asked for ${time(run.requestedAt)}`,
      run.startedAt === null
        ? 'not yet'
        : `after ${span(run.startedAt.getTime() - run.requestedAt.getTime())}`,
    ],
    [
      'end',
      run.deadlineAt === null ? 'when nothing is due' : html`by ${time(run.deadlineAt)}`,
      run.endedAt === null
        ? `active for ${span(now.getTime() - (run.startedAt ?? now).getTime())}`
        : time(run.endedAt),
    ],
  ];
  return table({
    caption: 'What it was asked for',
    columns: [text('Of'), text('Asked for'), text('Actual')],
    rows,
  });
}
