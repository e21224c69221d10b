import { layout, type PageOptions } from '../parts/layout.ts';
import type { WebContext, WebDeps } from '../web-deps.ts';

/** Answers with a page of the session. */
export function show(c: WebContext, deps: WebDeps, page: PageOptions, status: 200 | 404 = 200): Response {
  const canLogOut = c.get('session').kind === 'token';
  const frame = { source: deps.source, csrf: canLogOut ? c.get('csrf') : null };
  return c.html(layout(frame, page), status);
}
