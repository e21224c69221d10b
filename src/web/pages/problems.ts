import { html, type Html } from '../html.ts';
import type { LoggedAction } from '../../runs/operator-log.ts';
import type { ErrorRow } from '../reads/problem-pages.ts';
import type { QuarantineGroup } from '../../health/quarantine-store.ts';
import type { DriftSummary } from '../../health/status-store.ts';
import { callSearch } from '../parts/call-link.ts';
import { count, time } from '../parts/format.ts';
import { number, table, text } from '../parts/table.ts';
import { remember } from '../remember.ts';
import type { WebContext, WebDeps } from '../web-deps.ts';
import { errorTable } from './error-table.ts';
import { givenUpTable } from './given-up.ts';
import { holdTable } from './hold-table.ts';
import { noticeOf } from './notices.ts';
import { show } from './show.ts';

const shown = 50;
const errorDays = 7;

function quarantineTable(groups: readonly QuarantineGroup[]): Html {
  return table({
    caption: 'Values that could not be read',
    columns: [
      text('Operation'),
      text('Where'),
      text('Why'),
      number('Values'),
      number('Answers'),
      text('Newest'),
      text('Example'),
    ],
    rows: groups.map((row) => [
      row.operation,
      html`<code>${row.path}</code>`,
      row.reason,
      count(row.count),
      count(row.answers),
      time(row.newestAt),
      row.sample ?? '–',
    ]),
    empty:
      'Everything could be read. A part of an answer that cannot be is kept here, and the rest is loaded.',
  });
}

function driftTable(drifts: readonly DriftSummary[]): Html {
  return table({
    caption: 'Fields of answers that differ from the known schema',
    columns: [
      text('Operation'),
      text('Field'),
      text('Is'),
      number('Answers'),
      text('Last seen'),
      text('Example'),
    ],
    rows: drifts.map((row) => [
      row.operation,
      html`<code>${row.path}</code>`,
      row.kind,
      count(row.seen),
      time(row.lastSeenAt),
      row.sample ?? '–',
    ]),
    empty:
      'Answers are as they are documented. A field that is new, missing or of another type is listed here.',
  });
}

function actionTable(actions: readonly LoggedAction[]): Html {
  return table({
    caption: 'Actions, newest first',
    columns: [text('When'), text('Who'), text('What'), text('To'), text('Outcome')],
    rows: actions.map((row) => [time(row.actedAt), row.actor, row.action, row.subject, row.outcome]),
    empty:
      'Nobody has acted on these pages yet. Each run, cancel, hold, resume and retry is written down here.',
  });
}

function errorsOfWeek(errors: readonly ErrorRow[], deps: WebDeps): Html {
  const caption = `Calls that failed in ${String(errorDays)} days`;
  return errorTable(
    {
      caption,
      rows: errors,
      empty: 'No call failed. One without a usable answer is listed here by its cause, with what to do.',
    },
    deps,
  );
}

async function problemsPage(
  c: WebContext,
  deps: WebDeps,
  failedCalls: Promise<readonly ErrorRow[]>,
): Promise<Response> {
  const { problems, quarantine, status, quota, limits, log } = deps.stores;
  const [errors, groups, drifts, givenUp, holds, known, actions] = await Promise.all([
    failedCalls,
    quarantine.listGroups({ operation: null, reason: null, limit: shown }),
    status.listDrifts(shown),
    problems.listGivenUp(shown),
    quota.listHolds(),
    limits.listLimits(),
    log.list(shown),
  ]);
  const body = html`<h1>Problems</h1>
    ${noticeOf(c)}
    <section id="holds">
      <h2>Held APIs</h2>
      ${holdTable(c, deps, holds, known)}
    </section>
    <section id="given-up">
      <h2>Given up for now</h2>
      ${givenUpTable(c, deps, givenUp)}
    </section>
    <section id="errors">
      <h2>Failed calls</h2>
      ${errorsOfWeek(errors, deps)}
      <div class="actions">${callSearch()}</div>
    </section>
    <section id="quarantine">
      <h2>Quarantine</h2>
      ${quarantineTable(groups)}
      <p class="muted">
        <code>catalog-sync quarantine show</code> has a value with what is around it;
        <code>catalog-sync reprocess</code> reads the stored answers again and makes no call.
      </p>
    </section>
    <section id="drift">
      <h2>Drift</h2>
      ${driftTable(drifts)}
    </section>
    <section id="actions">
      <h2>What people did here</h2>
      ${actionTable(actions)}
    </section>`;
  return show(c, deps, { title: 'Problems', section: '/problems', body });
}

/** All calls of a week are read for it: a tenth of a second for a hundred thousand. */
const errorsEveryMs = 30_000;

/** `/problems`: what went wrong, and what can be done about it. */
export function createProblemsPage(deps: WebDeps): (c: WebContext) => Promise<Response> {
  const { problems } = deps.stores;
  const remembered = remember(deps.clock, errorsEveryMs, () => problems.listErrors(errorDays));
  return (c) => problemsPage(c, deps, remembered.get());
}
