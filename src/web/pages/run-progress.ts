import { countOf } from '../../core/count-of.ts';
import { offersFoundOrFetched } from '../../model/run.ts';
import type { RunRow } from '../reads/run-pages.ts';
import { html, type Html, type HtmlValue } from '../html.ts';
import { runBadge } from '../parts/badge.ts';
import { meter } from '../parts/charts.ts';
import { facts } from '../parts/facts.ts';
import { count, span, time } from '../parts/format.ts';
import { plannedCalls } from './run-table.ts';

/** How far a run is: the part of its page that changes while it is active. */
export function runProgress(run: RunRow, now: Date): Html {
  const { budgetCalls, callsUsed, startedAt, endedAt } = run;
  const ms = startedAt === null ? 0 : (endedAt ?? now).getTime() - startedAt.getTime();
  const rate = ms > 0 ? (callsUsed / ms) * 1000 : 0;
  const offers = offersFoundOrFetched(run);
  const rows: (readonly [string, HtmlValue])[] = [
    ['calls', budgetCalls === null ? count(callsUsed) : `${count(callsUsed)} of ${count(budgetCalls)}`],
    ['planned', plannedCalls(run)],
    ['time', span(ms)],
    ['calls a second', rate.toFixed(1)],
    ['offers found or fetched', count(offers)],
    ['new offers', count(run.offersNew)],
    ['completed offers', count(run.offersCompleted)],
    ['changed offers', count(run.offersChanged)],
    ['prices opened', count(run.pricesOpened)],
    ['prices closed', count(run.pricesClosed)],
    ['values quarantined', count(run.rejects)],
    ['targets given up', count(run.errors)],
    [
      'targets postponed',
      run.nextTryAt === null
        ? count(run.postponed)
        : html`${count(run.postponed)}, the first until ${time(run.nextTryAt)}`,
    ],
  ];
  const undriven =
    endedAt === null && !run.isDriven
      ? html`<p class="notice bad">
          No process works on this run. Start <code>catalog-sync serve</code> or <code>worker</code>.
        </p>`
      : null;
  return html`${undriven}
    <p class="figure" data-say="${countOf(callsUsed, 'call')}, ${countOf(offers, 'offer')} found or fetched">
      ${runBadge(run)} ${run.cause === null ? null : html`<code>${run.cause}</code>`}
    </p>
    ${budgetCalls === null ? null : meter(callsUsed, budgetCalls)} ${facts(rows)}`;
}
