import { createMiddleware } from 'hono/factory';
import { getCookie, setCookie } from 'hono/cookie';
import type { WebContext, WebEnv } from '../web-deps.ts';
import type { EndedSessions } from './ended-sessions.ts';
import { sessionLifeMs, type Session, type Sessions } from './sessions.ts';

export const sessionCookie = 'catalog_sync_session';

/** Lax and not Strict: 1688 sends the browser back here, and that request must be known as the session's own. */
export function keepSession(c: WebContext, cookie: string): void {
  const isHttps = c.req.header('x-forwarded-proto') === 'https';
  setCookie(c, sessionCookie, cookie, {
    httpOnly: true,
    sameSite: 'Lax',
    secure: isHttps,
    path: '/',
    maxAge: sessionLifeMs / 1000,
  });
}

async function findSession(
  c: WebContext,
  sessions: Sessions,
  ended: EndedSessions | null,
): Promise<Session | null> {
  const known = sessions.read(getCookie(c, sessionCookie));
  if (ended !== null) return known === null || (await ended.has(known.id)) ? null : known;
  if (known !== null) return known;
  const begun = sessions.begin('loopback');
  keepSession(c, begun.cookie);
  return begun.session;
}

/**
 * Requires a session that nobody logged out of.
 *
 * @param ended null: no token is required, so every browser of this machine gets a session, and to end one means nothing
 */
export function requireSession(sessions: Sessions, ended: EndedSessions | null) {
  return createMiddleware<WebEnv>(async (c, next) => {
    const session = await findSession(c, sessions, ended);
    if (session === null) {
      const isPage = c.req.method === 'GET' && (c.req.header('accept') ?? '').includes('text/html');
      if (!isPage) return c.text('log in first\n', 401);
      const { pathname, search } = new URL(c.req.url);
      return c.redirect(`/log-in?next=${encodeURIComponent(pathname + search)}`, 303);
    }
    c.set('session', session);
    c.set('csrf', sessions.csrfToken(session));
    return next();
  });
}
