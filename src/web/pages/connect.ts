import { toNamedError } from '../../db/database-error.ts';
import { html } from '../html.ts';
import { prose } from '../parts/prose.ts';
import type { WebContext, WebDeps } from '../web-deps.ts';
import { actorOf } from './actions.ts';
import { show } from './show.ts';

/** Links to 1688's page. A link and not a redirect, because a form may lead to our own pages only. */
export async function beginConnect(c: WebContext, deps: WebDeps): Promise<Response> {
  if (deps.connect === null) return c.redirect('/api-status', 303);
  const url = deps.connect.begin(c.get('session').id);
  const body = html`<section class="card narrow">
    <h1>Connect to 1688</h1>
    <p>1688 asks you to approve the app on its own page, and sends you back here. You have ten minutes.</p>
    <p><a class="button" href="${url}" rel="noreferrer noopener">Go to the page of 1688</a></p>
    <p class="muted">It is at ${new URL(url).host}.</p>
  </section>`;
  return show(c, deps, { title: 'Connect', section: '/api-status', body });
}

/** `/api/callback`: where 1688 sends the browser back to, with a code for the session that began the login. */
export async function endConnect(c: WebContext, deps: WebDeps): Promise<Response> {
  const { connect, stores, findRemedy, log } = deps;
  if (connect === null) return c.redirect('/api-status', 303);
  const said = { actor: actorOf(c), action: 'connect', subject: '1688' } as const;
  try {
    await connect.finish(c.get('session').id, new URL(c.req.url).searchParams);
  } catch (thrown) {
    const error = toNamedError(thrown);
    log.warn({ err: error, code: error.code }, 'login at 1688 failed');
    // Anyone can have a browser ask this, as often as he likes: only an answer to a login of ours is worth a row.
    if (error.code !== 'AUTH_STATE_REFUSED') await stores.log.add({ ...said, outcome: error.code });
    const body = html`<section class="card hero bad">
      <h1>The app is not connected</h1>
      <p><code>${error.code}</code> ${prose(findRemedy(error.code)?.remedy ?? error.kind.remedy)}</p>
      <p><a href="/api-status#connect">Start again</a></p>
    </section>`;
    return show(c, deps, { title: 'Not connected', section: '/api-status', body });
  }
  deps.doctor.forget();
  await stores.log.add({ ...said, outcome: 'done' });
  return c.redirect('/api-status?done=connected', 303);
}
