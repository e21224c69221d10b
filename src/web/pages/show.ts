import { layout, type PageOptions } from '../parts/layout.ts';
import { spellPage } from '../spell-page.ts';
import type { WebContext, WebDeps } from '../web-deps.ts';

/** Answers with a page of the session. */
export async function show(
  c: WebContext,
  deps: WebDeps,
  page: PageOptions,
  status: 200 | 404 = 200,
): Promise<Response> {
  const canLogOut = c.get('session').kind === 'token';
  const frame = { source: await deps.stores.overview.readSource(), csrf: canLogOut ? c.get('csrf') : null };
  return c.html(spellPage(layout(frame, page), deps.command), status);
}
