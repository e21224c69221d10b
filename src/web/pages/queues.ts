import type { Queue } from 'bullmq';
import { html, type Html } from '../html.ts';
import { count } from '../parts/format.ts';
import { number, table, text } from '../parts/table.ts';
import type { WebContext, WebDeps } from '../web-deps.ts';
import { show } from './show.ts';

const states = ['active', 'waiting', 'prioritized', 'delayed', 'failed'] as const;

async function readQueue(queue: Queue): Promise<(string | Html)[]> {
  const [counts, isPaused] = await Promise.all([queue.getJobCounts(...states), queue.isPaused()]);
  const state = isPaused
    ? html`<span class="badge warn">paused</span>`
    : html`<span class="badge good">open</span>`;
  return [queue.name, state, ...states.map((name) => count(counts[name] ?? 0))];
}

async function queueTable({ queues, log }: WebDeps): Promise<Html> {
  try {
    return table({
      caption: 'Queues, one for each kind of call',
      columns: [text('Queue'), text('State'), ...states.map((name) => number(name))],
      rows: await Promise.all(queues.list().map(readQueue)),
    });
  } catch (err) {
    log.warn({ err, backend: queues.backend }, 'queues could not be fetched');
    return html`<p class="notice bad" role="alert">The queues do not answer. The log has details.</p>`;
  }
}

/** `/queues`: how much waits in which. */
export async function queuesPage(c: WebContext, deps: WebDeps): Promise<Response> {
  const { backend, mayChange } = deps.queues;
  const body = html`<h1>Queues</h1>
    <p>
      They are ${backend === 'redis' ? 'in Redis' : 'in Postgres, in schema bullmq'}, and hold nothing that
      matters: what is due is read from the catalog, and a queue that is lost fills again.
    </p>
    ${await queueTable(deps)}
    <p><a class="button" href="/queues/board">Open the board of jobs</a></p>
    <p class="muted">
      The board needs JavaScript.
      ${
        mayChange
          ? 'It may retry, remove and pause jobs, which is written down.'
          : html`It only shows; <code>WEB_QUEUE_ACTIONS=1</code> lets it retry, remove and pause jobs.`
      }
    </p>`;
  return show(c, deps, { title: 'Queues', section: '/queues', body });
}
