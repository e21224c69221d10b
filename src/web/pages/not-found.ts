import { html } from '../html.ts';
import type { WebContext, WebDeps } from '../web-deps.ts';
import { show } from './show.ts';

/** The page for an unknown path. */
export function notFoundPage(c: WebContext, deps: WebDeps): Promise<Response> {
  const body = html`<section class="card">
    <h1>Page not found</h1>
    <p>Go to the <a href="/">overview</a>.</p>
  </section>`;
  return show(c, deps, { title: 'Not found', section: '', body }, 404);
}
