import type { WorkerRow } from '../reads/worker-pages.ts';
import { html, type Html } from '../html.ts';
import { count, span, time } from '../parts/format.ts';
import { number, table, text } from '../parts/table.ts';
import type { WebContext, WebDeps } from '../web-deps.ts';
import { show } from './show.ts';

/** Over which `recentCalls` are counted. */
const recentMinutes = 5;

function stateOf({ state, heartbeatAt, endedAt, failingCode, failingSince }: WorkerRow): Html {
  if (state === 'working' && failingCode !== null)
    return html`<span class="badge bad">failing</span> by <code>${failingCode}</code> since
      ${time(failingSince)}`;
  if (state === 'working') return html`<span class="badge good">working</span>`;
  if (state === 'ended') return html`<span class="badge calm">ended</span> ${time(endedAt)}`;
  return html`<span class="badge bad">no heartbeat</span> since ${time(heartbeatAt)}`;
}

function errorOf({ lastErrorCode, lastErrorAt }: WorkerRow): Html | string {
  return lastErrorCode === null ? '–' : html`<code>${lastErrorCode}</code> ${time(lastErrorAt)}`;
}

function workerTable(workers: readonly WorkerRow[]): Html {
  return table({
    caption: 'Processes that worked on runs within a day',
    columns: [
      text('Host'),
      number('Process id'),
      text('State'),
      text('Heartbeat'),
      number('Jobs'),
      number(`Calls in ${String(recentMinutes)} min`),
      text('Last error'),
      text('Version'),
      text('Sync file'),
      text('Started'),
    ],
    rows: workers.map((worker) => [
      worker.host,
      worker.pid === null ? '–' : String(worker.pid),
      stateOf(worker),
      `${span(worker.ageMs)} ago`,
      worker.jobs === null ? '–' : count(worker.jobs),
      worker.recentCalls === null ? '–' : count(worker.recentCalls),
      errorOf(worker),
      worker.version ?? '–',
      worker.fileHash === null
        ? '–'
        : html`<code title="${worker.fileHash}">${worker.fileHash.slice(0, 8)}</code>`,
      time(worker.startedAt),
    ]),
    empty:
      'No process worked on runs within a day. `catalog-sync serve` and `catalog-sync worker` do, and `catalog-sync sync` while its run lasts: each is listed here from its start on.',
  });
}

/** What the processes that work disagree on; null: nothing. */
function differenceOf(workers: readonly WorkerRow[]): Html | null {
  const working = workers.filter(({ state }) => state === 'working');
  const files = new Set(working.flatMap(({ fileHash }) => fileHash ?? []));
  const versions = new Set(working.flatMap(({ version }) => version ?? []));
  if (files.size <= 1 && versions.size <= 1) return null;
  const what = [
    ...(files.size > 1 ? [`${count(files.size)} different sync files`] : []),
    ...(versions.size > 1 ? [`${count(versions.size)} versions`] : []),
  ];
  return html`<p class="notice warn">
    These processes have ${what.join(' and ')}: give all hosts the same, and restart them.
  </p>`;
}

/** `/workers`: which processes work on runs, and what they do. */
export async function workersPage(c: WebContext, deps: WebDeps): Promise<Response> {
  const workers = await deps.stores.workers.listProcesses();
  const body = html`<h1>Workers</h1>
    ${differenceOf(workers)} ${workerTable(workers)}
    <p class="muted">
      A process says every five seconds that it works. One that was killed stays here for a day as one without
      a heartbeat; its jobs go to the others. Jobs are those under way at its last heartbeat, calls those of
      the ${String(recentMinutes)} minutes before it.
    </p>`;
  return show(c, deps, { title: 'Workers', section: '/workers', body });
}
