import { html, type Html } from '../html.ts';
import { actionForm } from '../parts/action-form.ts';
import type { WebContext, WebDeps } from '../web-deps.ts';
import { noticeOf } from './notices.ts';
import { readId } from './read-ids.ts';
import { runTable } from './run-table.ts';
import { show } from './show.ts';

const runsPerPage = 50;

/** A run of everything, or of one feed. */
function startForm(c: WebContext, { actions, readOnlyReason }: WebDeps): Html {
  if (actions === null) return html`<p class="muted">${readOnlyReason}</p>`;
  return html`<div class="actions">
    ${actionForm({
      path: '/actions/run',
      csrf: c.get('csrf'),
      label: 'Run now',
      fields: html`<label
        >What to sync
        <select name="scope">
          ${actions.scopes.map(
            (scope) => html`<option value="${scope}">${scope === 'all' ? 'everything' : scope}</option>`,
          )}
        </select></label
      >`,
    })}
  </div>`;
}

/** `/runs`: all of them, a page at a time. */
export async function runsPage(c: WebContext, deps: WebDeps): Promise<Response> {
  const before = readId(c.req.query('before'));
  const [runs, now] = await Promise.all([
    deps.stores.runs.listRuns(before, runsPerPage + 1),
    deps.stores.quota.ledgerNow(),
  ]);
  const shown = runs.slice(0, runsPerPage);
  const oldest = shown.at(-1)?.runId;
  const body = html`<h1>Runs</h1>
    ${noticeOf(c)} ${startForm(c, deps)} ${runTable(shown, now)}
    <div class="pages">
      ${before === null ? html`<span></span>` : html`<a href="/runs">Newest</a>`}
      ${
        runs.length > runsPerPage && oldest !== undefined
          ? html`<a href="/runs?before=${oldest}">Older</a>`
          : null
      }
    </div>`;
  return show(c, deps, { title: 'Runs', section: '/runs', body });
}
