import { html } from '../html.ts';
import type { WebContext, WebDeps } from '../web-deps.ts';
import { noticeOf } from './notices.ts';
import { readId } from './read-ids.ts';
import { readRunFields, runFilters, runsPath, toRunFilter } from './run-filters.ts';
import { runNowForm } from './run-now.ts';
import { runTable } from './run-table.ts';
import { show } from './show.ts';

const runsPerPage = 50;

/** `/runs`: all of them or a choice, a page at a time. */
export async function runsPage(c: WebContext, deps: WebDeps): Promise<Response> {
  const before = readId(c.req.query('before'));
  const fields = readRunFields((name) => c.req.query(name));
  const isChoice = runsPath(fields, null) !== '/runs';
  const [runs, choices, workers, now] = await Promise.all([
    deps.stores.runs.listRuns(before, runsPerPage + 1, toRunFilter(fields)),
    deps.stores.runs.readChoices(),
    deps.stores.workers.listWorkers(),
    deps.stores.quota.ledgerNow(),
  ]);
  const shown = runs.slice(0, runsPerPage);
  const oldest = shown.at(-1)?.runId;
  const body = html`<h1>Runs</h1>
    ${noticeOf(c)} ${runNowForm(c, deps, workers)} ${runFilters(fields, choices)}
    ${isChoice && shown.length === 0 ? html`<p class="empty">No run is like this.</p>` : runTable(shown, now)}
    <div class="pages">
      ${before === null ? html`<span></span>` : html`<a href="${runsPath(fields, null)}">Newest</a>`}
      ${
        runs.length > runsPerPage && oldest !== undefined
          ? html`<a href="${runsPath(fields, oldest)}">Older</a>`
          : null
      }
    </div>`;
  return show(c, deps, { title: 'Runs', section: '/runs', body });
}
