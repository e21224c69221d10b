import { getConnInfo } from '@hono/node-server/conninfo';
import { deleteCookie } from 'hono/cookie';
import { Hono } from 'hono';
import { html, type Html } from '../html.ts';
import { createClientAddressReader } from '../guard/client-address.ts';
import { createLogInLimit } from '../guard/log-in-limit.ts';
import { keepSession, sessionCookie } from '../guard/require-access.ts';
import type { Sessions } from '../guard/sessions.ts';
import { layout } from '../parts/layout.ts';
import type { WebContext, WebDeps, WebEnv } from '../web-deps.ts';

/** Only a path of ours: with a second slash or a backslash, a browser would take it for another site. */
function safeNext(next: unknown): string {
  return typeof next === 'string' && /^\/(?![/\\])[^\\\s\p{Cc}]*$/u.test(next) ? next : '/';
}

function logInPage(next: string, problem: string | null): string {
  const body: Html = html`<section class="card narrow">
    <h1>Log in</h1>
    ${problem === null ? null : html`<p class="notice bad" role="alert">${problem}</p>`}
    <form method="post" action="/log-in" class="stack">
      <input type="hidden" name="next" value="${next}" />
      <label
        >Token <input type="password" name="token" autocomplete="current-password" required autofocus
      /></label>
      <button type="submit">Log in</button>
    </form>
    <p class="muted">The token is WEB_TOKEN of the process that serves these pages.</p>
  </section>`;
  return layout(null, { title: 'Log in', section: '', body });
}

/** Logging in by token and out again. */
export function logInRoutes({ access, clock, log }: WebDeps, sessions: Sessions): Hono<WebEnv> {
  const limit = createLogInLimit(clock);
  const addressOf = createClientAddressReader(access.trustedProxies);
  const app = new Hono<WebEnv>();
  app.get('/log-in', (c) => c.html(logInPage(safeNext(c.req.query('next')), null)));
  app.post('/log-in', async (c) => {
    const { token, next: asked } = await c.req.parseBody();
    const next = safeNext(asked);
    const address = addressOf(getConnInfo(c).remote.address ?? 'unknown', c.req.header('x-forwarded-for'));
    const waitSeconds = limit.waitSeconds(address);
    if (waitSeconds > 0) {
      c.header('retry-after', String(waitSeconds));
      return c.html(logInPage(next, `Too many wrong tokens. Try again in ${String(waitSeconds)} s.`), 429);
    }
    if (!sessions.isToken(token)) {
      limit.addWrong(address);
      log.warn({ address }, 'log-in with a wrong token');
      return c.html(logInPage(next, 'The token is wrong.'), 401);
    }
    keepSession(c, sessions.begin('token').cookie);
    return c.redirect(next, 303);
  });
  return app;
}

/** Ends a session: its cookie is good for nothing afterwards, whoever has a copy. */
export async function logOut(c: WebContext, { stores, clock }: WebDeps): Promise<Response> {
  await stores.endedSessions.add(c.get('session').id, clock.now());
  deleteCookie(c, sessionCookie, { path: '/' });
  return c.redirect('/log-in', 303);
}
