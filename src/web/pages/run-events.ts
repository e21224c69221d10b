import { streamSSE, type SSEStreamingApi } from 'hono/streaming';
import { sleep } from '../../core/clock.ts';
import type { WebContext, WebDeps } from '../web-deps.ts';
import { spellPage } from '../spell-page.ts';
import { readId } from './read-ids.ts';
import { runProgress } from './run-progress.ts';

/** A read costs one row; faster, the numbers could not be read. */
const checkEveryMs = 1000;

/** Browsers that follow a run at once. Each asks the database once a second; the next one gets a page that reloads. */
const maxStreams = 20;

async function sendProgress(
  stream: SSEStreamingApi,
  { stores, drain, command }: WebDeps,
  runId: string,
): Promise<void> {
  const gone = new AbortController();
  const leave = () => gone.abort();
  stream.onAbort(leave);
  drain.addEventListener('abort', leave, { once: true });
  while (!gone.signal.aborted && !drain.aborted) {
    const [run, now] = await Promise.all([stores.runs.readRun(runId), stores.quota.ledgerNow()]);
    if (run === null) break;
    // A line each, as the protocol has it.
    const data = spellPage(runProgress(run, now).toString(), command).replace(/\s+/g, ' ');
    await stream.writeSSE({ event: 'progress', data });
    if (run.endedAt !== null) {
      await stream.writeSSE({ event: 'end', data: run.status });
      break;
    }
    await sleep(checkEveryMs, gone.signal);
  }
  drain.removeEventListener('abort', leave);
}

/** `/runs/:id/events`: the progress of a run, until it has ended. */
export function createRunEvents(deps: WebDeps): (c: WebContext) => Response {
  let streams = 0;
  return (c) => {
    const runId = readId(c.req.param('id'));
    if (runId === null) return c.text('run not found\n', 404);
    if (streams >= maxStreams) return c.text('too many viewers\n', 503, { 'retry-after': '30' });
    streams += 1;
    return streamSSE(
      c,
      (stream) =>
        sendProgress(stream, deps, runId).finally(() => {
          streams -= 1;
        }),
      async (err) => deps.log.warn({ err }, 'progress of a run broke off'),
    );
  };
}
