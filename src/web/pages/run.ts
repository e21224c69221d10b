import { targetsPostponed } from '../../model/run.ts';
import type { RunCalls, RunRow, SeenPriceMove, TimelinePart } from '../reads/run-pages.ts';
import type { ErrorRow } from '../reads/problem-pages.ts';
import type { HostWorkers } from '../reads/worker-pages.ts';
import { html, type Html } from '../html.ts';
import { actionForm } from '../parts/action-form.ts';
import { badge } from '../parts/badge.ts';
import { callLink } from '../parts/call-link.ts';
import { barChart } from '../parts/charts.ts';
import { apiName, count, shanghaiTime, span, time, yuan } from '../parts/format.ts';
import { offerLink } from '../parts/offer-link.ts';
import { number, table, text } from '../parts/table.ts';
import { prose } from '../parts/prose.ts';
import type { WebContext, WebDeps } from '../web-deps.ts';
import { errorTable } from './error-table.ts';
import { noticeOf } from './notices.ts';
import { notFoundPage } from './not-found.ts';
import { readId } from './read-ids.ts';
import { changesByOffer, firstOffers } from './run-changes.ts';
import { foundDays, foundSection } from './run-found.ts';
import { runNowButton, scopeToRun } from './run-now.ts';
import { boundsTable, planTable } from './run-plan.ts';
import { runProgress } from './run-progress.ts';
import { promisedAgesSection } from './run-promised-ages.ts';
import { show } from './show.ts';

/** Bars of the timeline: a phone has room for about this many. */
const timelineParts = 60;
/** Prices that a run shows at first: as many cards as a phone scrolls through; and at most, when all are asked for. */
const [firstMoves, maxMoves] = [10, 500];
/** Offers that a page lists at most when all are asked for. */
const maxOffers = 1000;

function timeline(run: RunRow, parts: readonly TimelinePart[], now: Date): Html | null {
  if (run.startedAt === null || parts.length === 0) return null;
  const begunMs = run.startedAt.getTime();
  const ms = Math.max(1, (run.endedAt ?? now).getTime() - begunMs);
  const operations = [...new Set(parts.map(({ operation }) => operation))];
  const bars = Array.from({ length: timelineParts }, (_, part) => {
    const here = parts.filter((row) => row.part === part);
    const values = operations.map((name) => here.find(({ operation }) => operation === name)?.calls ?? 0);
    const said = here.map(({ operation, calls }) => `${count(calls)} ${operation}`).join(', ') || 'no calls';
    return { title: `after ${span((ms * part) / timelineParts)}: ${said}`, parts: values };
  });
  const at = (share: number) => shanghaiTime(new Date(begunMs + ms * share)).slice(11);
  return barChart({ label: 'Calls over time', bars, legend: operations, axis: [at(0), at(0.5), at(1)] });
}

/** Why a run has made no call. */
function describeNoCall({ endedAt, status, cause }: RunRow): string {
  if (endedAt === null) return 'No call yet.';
  if (status === 'succeeded') return 'No call: everything was fresh, or nothing was due.';
  return cause === targetsPostponed
    ? 'No call: nothing was due but what waits for its next try.'
    : 'No call: the run ended before one could be made.';
}

function callsTable(run: RunRow, calls: readonly RunCalls[]): Html {
  return table({
    caption: 'Calls by API and outcome',
    columns: [
      text('API'),
      text('Lane'),
      text('Outcome'),
      text('Code'),
      number('Calls'),
      number('Average'),
      text('Last'),
    ],
    rows: calls.map((row) => [
      apiName(row.api),
      row.lane,
      row.outcome === 'ok'
        ? badge('ok')
        : html`<span class="badge warn">${row.outcome.replaceAll('_', ' ')}</span>`,
      row.gatewayCode === null ? '' : html`<code>${row.gatewayCode}</code>`,
      count(row.calls),
      row.averageMs === null ? '–' : `${count(row.averageMs)} ms`,
      html`${time(row.lastAt)} ${callLink(row.lastCallId, `call ${row.lastCallId}`)}`,
    ]),
    empty: describeNoCall(run),
  });
}

function priceTable(runId: string, moves: readonly SeenPriceMove[], shown: number): Html {
  const list = table({
    caption: 'Prices that changed, largest moves first',
    columns: [text('Offer'), text('SKU or quantity'), text('Price'), number('Was'), number('Is')],
    rows: moves
      .slice(0, shown)
      .map((move) => [
        offerLink(move.offerId, move.subject),
        move.label ?? `from ${count(move.minQuantity)}`,
        move.kind,
        yuan(move.wasCny),
        yuan(move.isCny),
      ]),
    empty:
      'No price gave way to another. The first price of an offer, and one that ended without another, are not listed.',
  });
  if (moves.length <= shown) return list;
  return html`${list}
    <p>
      ${
        shown === firstMoves
          ? html`The ${count(shown)} largest. <a href="/runs/${runId}?prices=all#prices">All</a>`
          : html`The ${count(shown)} largest; <code>catalog.price_history</code> has all.`
      }
    </p>`;
}

/** How it ended, and which of its calls failed. */
function errorSection(run: RunRow, errors: readonly ErrorRow[], deps: WebDeps): Html | null {
  const codes = [...new Set([run.cause, run.lastErrorCode].flatMap((code) => code ?? []))];
  const known = codes.flatMap((code) => {
    const remedy = deps.findRemedy(code);
    return remedy === null || errors.some((row) => row.code === code) ? [] : [{ code, ...remedy }];
  });
  if (known.length === 0 && errors.length === 0) return null;
  const causes = table({
    caption: 'Errors of the run with what to do',
    columns: [text('Code'), text('By itself'), text('What to do')],
    rows: known.map(({ code, recovery, remedy }) => [html`<code>${code}</code>`, recovery, prose(remedy)]),
  });
  return html`<section id="errors">
    <h2>What went wrong</h2>
    ${causes} ${errorTable({ caption: 'Calls of the run that failed', rows: errors }, deps)}
    ${run.errors > 0 ? html`<p><a href="/problems#given-up">What was given up</a></p>` : null}
  </section>`;
}

/** What can be done with the run: end it while it is active, or run its feeds once more. */
function actionsOf(c: WebContext, run: RunRow, deps: WebDeps, workers: readonly HostWorkers[]): Html | null {
  if (run.endedAt !== null) return runNowButton(c, deps, workers, scopeToRun(deps, run.feeds));
  if (deps.actions === null) return null;
  return html`<div class="actions">
    ${actionForm({ path: `/actions/cancel/${run.runId}`, csrf: c.get('csrf'), label: 'Cancel this run', weight: 'grave' })}
  </div>`;
}

/** `/runs/:id`: one run, also while it is active. */
export async function runPage(c: WebContext, deps: WebDeps): Promise<Response> {
  const { runs, quota, workers: processes } = deps.stores;
  const runId = readId(c.req.param('id'));
  const run = runId === null ? null : await runs.readRun(runId);
  if (run === null || runId === null) return notFoundPage(c, deps);
  const movesShown = c.req.query('prices') === 'all' ? maxMoves : firstMoves;
  const [now, workers, calls, errors, parts, moves, changes, found, foundByDay, ages] = await Promise.all([
    quota.ledgerNow(),
    processes.listWorkers(),
    runs.listCalls(runId),
    runs.listErrors(runId),
    runs.readTimeline(runId, timelineParts),
    runs.listPriceMoves(runId, movesShown + 1),
    runs.listChanges(runId, c.req.query('changes') === 'all' ? maxOffers : firstOffers),
    runs.readSourceYield(runId),
    runs.listDailySourceYield(runId, foundDays),
    runs.listPromisedAges(runId),
  ]);
  const isLive = run.endedAt === null;
  const live = isLive ? html`data-live="/runs/${runId}/events"` : null;
  // The panel changes each second: a separate text for screen readers changes rarely.
  const said = isLive ? html`<p class="unseen" role="status" data-said></p>` : null;
  const body = html`<h1>Run ${runId}</h1>
    <p class="subtitle">${run.scope}, by ${run.trigger}, ${time(run.startedAt ?? run.requestedAt)}</p>
    ${noticeOf(c)} ${actionsOf(c, run, deps, workers)}
    <section class="card" aria-label="Progress" ${live}>${runProgress(run, now)}</section>
    ${said} ${errorSection(run, errors, deps)} ${timeline(run, parts, now)}
    <section>
      <h2>Plan and actual</h2>
      ${planTable(run, calls, now)} ${boundsTable(run, now)}
    </section>
    <section>
      <h2>Calls</h2>
      ${callsTable(run, calls)}
    </section>
    ${foundSection(found, foundByDay)} ${promisedAgesSection(ages)}
    <section id="prices">
      <h2>Prices that changed</h2>
      ${priceTable(runId, moves, movesShown)}
    </section>
    <section id="changes">
      <h2>Fields that changed</h2>
      ${changesByOffer(runId, changes)}
    </section>`;
  return show(c, deps, { title: `Run ${runId}`, section: '/runs', body, isLive });
}
