import { Hono } from 'hono';
import { toNamedError } from '../db/database-error.ts';
import { createHostCheck } from './guard/allowed-hosts.ts';
import { readSmallBody } from './guard/read-small-body.ts';
import { requireSession } from './guard/require-access.ts';
import { requireCsrfToken, requireSameOrigin } from './guard/require-same-origin.ts';
import { securityHeaders } from './guard/security-headers.ts';
import { createSessions } from './guard/sessions.ts';
import { html } from './html.ts';
import { actionRoutes } from './pages/actions.ts';
import { apiStatusPage } from './pages/api-status.ts';
import { answerPage, callPage, findCallPage } from './pages/call.ts';
import { beginConnect, endConnect } from './pages/connect.ts';
import { serveMetrics } from './metrics/serve-metrics.ts';
import { logInRoutes, logOut } from './pages/log-in.ts';
import { offerPage } from './pages/offer.ts';
import { overviewPage } from './pages/overview.ts';
import { notFoundPage } from './pages/not-found.ts';
import { proxyImage } from './pages/proxy-image.ts';
import { createProblemsPage } from './pages/problems.ts';
import { productsPage } from './pages/products.ts';
import { createRunEvents } from './pages/run-events.ts';
import { runPage } from './pages/run.ts';
import { runsPage } from './pages/runs.ts';
import { trackersPage } from './pages/trackers.ts';
import { createUsagePage } from './pages/usage.ts';
import { workersPage } from './pages/workers.ts';
import { layout } from './parts/layout.ts';
import { boardPath } from './board-path.ts';
import { queuesPage } from './pages/queues.ts';
import { createQueueBoard } from './queue-board.ts';
import { serveAssets } from './serve-assets.ts';
import { prose } from './parts/prose.ts';
import { spellPage } from './spell-page.ts';
import type { WebContext, WebDeps, WebEnv } from './web-deps.ts';

/** Open to everyone who can reach the port: the answers hold no data, but for the code of what is down. */
function healthRoutes({ checkReady }: WebDeps): Hono<WebEnv> {
  const app = new Hono<WebEnv>();
  app.get('/livez', (c) => c.text('ok\n'));
  app.get('/readyz', (c) =>
    checkReady().then(
      () => c.text('ok\n'),
      (error: unknown) => c.text(`not ready: ${toNamedError(error).code}\n`, 503),
    ),
  );
  return app;
}

function addPages(app: Hono<WebEnv>, deps: WebDeps): void {
  app.get('/', (c) => overviewPage(c, deps));
  app.get('/runs', (c) => runsPage(c, deps));
  app.get('/runs/:id', (c) => runPage(c, deps));
  app.get('/runs/:id/events', createRunEvents(deps));
  app.get('/calls', (c) => findCallPage(c, deps));
  app.get('/calls/:id', (c) => callPage(c, deps));
  app.get('/calls/:id/answer', (c) => answerPage(c, deps));
  app.get('/workers', (c) => workersPage(c, deps));
  app.get('/usage', createUsagePage(deps));
  app.get('/products', (c) => productsPage(c, deps));
  app.get('/products/:id', (c) => offerPage(c, deps));
  app.get('/trackers', (c) => trackersPage(c, deps));
  app.get('/picture/*', (c) => proxyImage(c, deps));
  app.get('/problems', createProblemsPage(deps));
  const board = createQueueBoard(deps);
  app.get('/queues', (c) => queuesPage(c, deps));
  app.all(boardPath, board);
  app.all(`${boardPath}/*`, board);
  app.get('/api-status', (c) => apiStatusPage(c, deps));
  app.get('/api/callback', (c) => endConnect(c, deps));
  app.post('/actions/connect', (c) => beginConnect(c, deps));
  for (const { path, handle } of actionRoutes) app.post(path, (c) => handle(c, deps));
}

/** The response to a failed request: the cause, and what to do, without asking the database. Texts of errors are for the log. */
function failedPage(c: WebContext, { log, findRemedy, command }: WebDeps, thrown: unknown): Response {
  const error = toNamedError(thrown);
  log.error({ err: error, code: error.code, path: c.req.path }, 'page failed');
  const body = html`<section class="card hero bad">
    <h1>This page could not be shown</h1>
    <p><code>${error.code}</code> ${prose(findRemedy(error.code)?.remedy ?? error.kind.remedy)}</p>
    <p><a href="/">Overview</a></p>
  </section>`;
  const section = `/${c.req.path.split('/')[1] ?? ''}`;
  const page = layout({ source: 'unknown', csrf: null }, { title: 'Error', section, body });
  return c.html(spellPage(page, command), error.recovery === 'retry' ? 503 : 500);
}

/** The pages, behind their guard. */
export function createWebApp(deps: WebDeps): Hono<WebEnv> {
  const { access, clock } = deps;
  const sessions = createSessions({ token: access.token, clock });
  const isOurs = createHostCheck(access.host, access.allowedHosts);
  const app = new Hono<WebEnv>();
  app.use(securityHeaders(deps.imageSource));
  app.route('/', healthRoutes(deps));
  app.use((c, next) =>
    isOurs(c.req.header('host'))
      ? next()
      : Promise.resolve(c.text('this host name is not allowed: see WEB_ALLOWED_HOSTS\n', 421)),
  );
  app.get('/metrics', (c) => serveMetrics(c, deps));
  app.use(requireSameOrigin(deps.queues.mayChange));
  app.use(readSmallBody);
  app.route('/assets', serveAssets());
  if (access.token !== null) app.route('/', logInRoutes(deps, sessions));
  app.use(requireSession(sessions, access.token === null ? null : deps.stores.endedSessions));
  app.use(requireCsrfToken(sessions));
  app.post('/log-out', (c) => logOut(c, deps));
  addPages(app, deps);
  app.notFound((c) => notFoundPage(c as WebContext, deps));
  app.onError((error, c) => failedPage(c, deps, error));
  return app;
}
