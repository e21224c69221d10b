import { serveStatic } from '@hono/node-server/serve-static';
import { createBullBoard } from '@bull-board/api';
import { BullMQAdapter } from '@bull-board/api/bullMQAdapter';
import { HonoAdapter } from '@bull-board/hono';
import { Hono } from 'hono';
import { boardPath } from './board-path.ts';
import { actorOf } from './pages/actions.ts';
import type { WebContext, WebDeps } from './web-deps.ts';

function openBoard({ queues }: WebDeps): Hono {
  const serverAdapter = new HonoAdapter(serveStatic);
  serverAdapter.setBasePath(boardPath);
  createBullBoard({
    queues: queues.list().map((queue) => new BullMQAdapter(queue, { readOnlyMode: !queues.mayChange })),
    serverAdapter,
    options: {
      uiConfig: {
        boardTitle: 'catalog-sync',
        hideRedisDetails: true,
        hideDocsLink: true,
        miscLinks: [{ text: 'Back to catalog-sync', url: '/queues' }],
      },
    },
  });
  const app = new Hono();
  app.route(boardPath, serverAdapter.registerPlugin());
  return app;
}

/** Its page loads fonts from Google and has inline styles, which our policy refuses; it works without them. */
function withoutForeign(page: string): string {
  return page
    .replace(/<link href="https:[^>]*>/g, '')
    .replace(/<style>[^<]*<\/style>/g, '')
    .replace(/ style="[^"]*"/g, '');
}

/**
 * The board of the queues. It changes nothing unless WEB_QUEUE_ACTIONS allows it, and then its actions are recorded
 * with queue and job, from the path.
 */
export function createQueueBoard(deps: WebDeps): (c: WebContext) => Promise<Response> {
  let board: Hono | null = null;
  return async (c) => {
    board ??= openBoard(deps);
    const answer = await board.fetch(c.req.raw);
    const { method, path } = c.req;
    if (method !== 'GET') {
      const subject = `${method} ${decodeURIComponent(path).slice(boardPath.length, 200)}`;
      await deps.stores.log.add({
        actor: actorOf(c),
        action: 'queue',
        subject,
        outcome: `HTTP ${String(answer.status)}`,
      });
    }
    if (!(answer.headers.get('content-type') ?? '').startsWith('text/html')) return answer;
    return c.html(withoutForeign(await answer.text()));
  };
}
