import { createMiddleware } from 'hono/factory';
import { boardPath } from '../board-path.ts';
import type { WebContext, WebEnv } from '../web-deps.ts';
import { isAllowedBoardChange } from './is-allowed-board-change.ts';
import type { Sessions } from './sessions.ts';

const reading = new Set(['GET', 'HEAD']);

/** The origin of a request by the browser, which no page can change. Programs send none. */
function isFromElsewhere(c: WebContext): boolean {
  const site = c.req.header('sec-fetch-site');
  if (site !== undefined && site !== 'same-origin' && site !== 'none') return true;
  const origin = c.req.header('origin');
  if (origin === undefined) return false;
  return !URL.canParse(origin) || new URL(origin).host !== c.req.header('host');
}

/** Whether the browser states that one of our pages sent it. */
function isSurelyOurs(c: WebContext): boolean {
  const isReported = c.req.header('sec-fetch-site') === 'same-origin' || c.req.header('origin') !== undefined;
  return isReported && !isFromElsewhere(c);
}

/** The board's own requests: by script, so that they carry no token of a form. */
const isBoardRequest = (c: WebContext): boolean => c.req.path.startsWith(`${boardPath}/api/`);

/** Only POST changes anything (and the board, if allowed), and never a request that another site made a browser send. */
export function requireSameOrigin(mayBoardChange: boolean) {
  return createMiddleware<WebEnv>(async (c, next) => {
    if (reading.has(c.req.method)) return next();
    if (isBoardRequest(c)) {
      if (!mayBoardChange) return c.text('the queues are read-only: see WEB_QUEUE_ACTIONS\n', 403);
      if (!isSurelyOurs(c)) return c.text('the request came from another site\n', 403);
      return isAllowedBoardChange(c.req.method, c.req.path.slice(boardPath.length))
        ? next()
        : c.text('the board may not do this: see docs/web.md\n', 403);
    }
    if (c.req.method !== 'POST') return c.text('method not allowed\n', 405, { allow: 'GET, HEAD, POST' });
    if (isFromElsewhere(c)) return c.text('the request came from another site\n', 403);
    return next();
  });
}

/** In addition, a form must carry a value that only pages of its session know. */
export function requireCsrfToken(sessions: Sessions) {
  return createMiddleware<WebEnv>(async (c, next) => {
    if (reading.has(c.req.method) || isBoardRequest(c)) return next();
    const { csrf } = await c.req.parseBody();
    if (sessions.isCsrfToken(c.get('session'), csrf)) return next();
    return c.text('the form belongs to another session: go back, reload the page, and send it again\n', 403);
  });
}
