import type { OperatorActions } from '../../runs/operator-actions.ts';
import type { HostWorkers } from '../reads/worker-pages.ts';
import { html, type Html } from '../html.ts';
import { actionForm } from '../parts/action-form.ts';
import { count } from '../parts/format.ts';
import type { WebContext, WebDeps } from '../web-deps.ts';

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
    ${what}: <a href="/workers">${hosts.slice(0, 10).join(', ')}${hosts.length > 10 ? ', …' : ''}</a>
  </p>`;
}

/** A run of everything, or of one feed, with which process works on it. */
export function runNowForm(
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

/** What starts the same feeds again; null: neither everything nor one feed of the sync file. */
export function scopeToRun(
  { actions }: { readonly actions: Pick<OperatorActions, 'scopes'> | null },
  feeds: readonly string[],
): string | null {
  const [, ...names] = actions?.scopes ?? [];
  if (names.length > 0 && names.every((name) => feeds.includes(name))) return 'all';
  const [only, ...others] = feeds;
  return only !== undefined && others.length === 0 && names.includes(only) ? only : null;
}

/** One button that starts a run of a scope, and a warning where no process would work on it; null: it cannot be started. */
export function runNowButton(
  c: WebContext,
  { actions }: Pick<WebDeps, 'actions'>,
  workers: readonly HostWorkers[],
  scope: string | null,
): Html | null {
  if (actions === null || scope === null) return null;
  return html`${workers.length === 0 ? workersLine(workers) : null}
    <div class="actions">
      ${actionForm({
        path: '/actions/run',
        csrf: c.get('csrf'),
        label: 'Run now',
        of: scope === 'all' ? 'everything' : scope,
        fields: html`<input type="hidden" name="scope" value="${scope}" />`,
      })}
    </div>`;
}
