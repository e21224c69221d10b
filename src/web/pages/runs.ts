import type { HostWorkers } from '../reads/run-pages.ts';
import { html, type Html } from '../html.ts';
import { actionForm } from '../parts/action-form.ts';
import { count } from '../parts/format.ts';
import type { WebContext, WebDeps } from '../web-deps.ts';
import { noticeOf } from './notices.ts';
import { readId } from './read-ids.ts';
import { runTable } from './run-table.ts';
import { show } from './show.ts';

const runsPerPage = 50;

/** Which process would drive a run; if none, what to start. */
function workersLine(workers: readonly HostWorkers[]): Html {
  if (workers.length === 0)
    return html`<p class="notice bad">
      No worker process is running, so a run that you start here waits: start
      <code>catalog-sync serve</code> or <code>catalog-sync worker</code>.
    </p>`;
  const all = workers.reduce((sum, host) => sum + host.workers, 0);
  const hosts = workers.map(({ host, workers: own }) => (own === 1 ? host : `${host} (${count(own)})`));
  const what = all === 1 ? 'One process works' : `${count(all)} processes work`;
  return html`<p class="muted">
    ${what}: ${hosts.slice(0, 10).join(', ')}${hosts.length > 10 ? ', …' : ''}
  </p>`;
}

/** A run of everything, or of one feed. */
function startForm(
  c: WebContext,
  { actions, readOnlyReason }: WebDeps,
  workers: readonly HostWorkers[],
): Html {
  if (actions === null) return html`<p class="muted">${readOnlyReason}</p>`;
  return html`${workersLine(workers)}
    <div class="actions">
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
  const [runs, workers, now] = await Promise.all([
    deps.stores.runs.listRuns(before, runsPerPage + 1),
    deps.stores.runs.listWorkers(),
    deps.stores.quota.ledgerNow(),
  ]);
  const shown = runs.slice(0, runsPerPage);
  const oldest = shown.at(-1)?.runId;
  const body = html`<h1>Runs</h1>
    ${noticeOf(c)} ${startForm(c, deps, workers)} ${runTable(shown, now)}
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
