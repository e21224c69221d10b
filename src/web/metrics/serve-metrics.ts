import type { Registry } from 'prom-client';
import { sleep } from '../../core/clock.ts';
import { isSameText } from '../guard/is-same-text.ts';
import type { WebContext, WebDeps } from '../web-deps.ts';
import { catalogFamilies } from './catalog-families.ts';
import { findHealthIssues } from '../../health/issues/find-health-issues.ts';
import { databaseFamilies } from './database-families.ts';
import { healthFamily } from './health-families.ts';
import { toRegistry, type Family } from './metric-table.ts';
import { poolFamilies, readQueueFamilies } from './process-families.ts';
import { StoredHistogram } from './stored-histogram.ts';

/** Prometheus gives up after ten seconds; a failure must be known before that. */
const maxReadMs = 4000;

async function within<T>(work: Promise<T>): Promise<T> {
  const over = new AbortController();
  const late = sleep(maxReadMs, over.signal).then(() => {
    throw new Error(`no answer within ${String(maxReadMs)} ms`);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    late.catch(() => undefined);
    over.abort();
  }
}

/** The value, or null with a line in the log: the other metrics are shown all the same. */
async function attempt<T>({ log }: WebDeps, part: string, work: () => Promise<T>): Promise<T | null> {
  try {
    return await within(work());
  } catch (err) {
    log.warn({ err, part }, 'metrics could not be read');
    return null;
  }
}

const upFamily = (name: string, help: string, read: unknown): Family => ({
  ...{ type: 'gauge', name, help, samples: [{ value: Number(read !== null) }] },
});

async function collect(deps: WebDeps): Promise<Registry> {
  const { store, pools } = deps.metrics;
  const [database, issues, catalog, queues] = await Promise.all([
    attempt(deps, 'database', () => store.read()),
    attempt(deps, 'health', async () => findHealthIssues(await deps.stores.issues.read(), deps.findRemedy)),
    deps.catalog.get(),
    attempt(deps, 'queues', async () => readQueueFamilies(deps.queues.list())),
  ]);
  const registry = toRegistry([
    upFamily('database_up', 'Whether Postgres answers.', database),
    upFamily('queue_up', 'Whether the queues answer: Redis, or Postgres without it.', queues),
    healthFamily(issues),
    ...poolFamilies(pools),
    ...(queues ?? []),
    ...(database === null ? [] : databaseFamilies(database)),
    ...(database === null || catalog === null ? [] : catalogFamilies(catalog)),
  ]);
  if (database !== null) registry.registerMetric(new StoredHistogram(database.calls));
  return registry;
}

/** Who may read: everyone if the pages are open to everyone, otherwise requests with the token of the metrics. */
function mayRead({ access, metrics }: WebDeps, header: string | undefined): boolean {
  if (metrics.token === null) return access.token === null;
  return isSameText(`Bearer ${metrics.token.reveal()}`, header ?? '');
}

/** `/metrics`, for Prometheus. */
export async function serveMetrics(c: WebContext, deps: WebDeps): Promise<Response> {
  if (!mayRead(deps, c.req.header('authorization'))) {
    const message =
      deps.metrics.token === null
        ? 'closed: set METRICS_TOKEN, and send it as a bearer token\n'
        : 'send METRICS_TOKEN as a bearer token\n';
    return c.text(message, 401, { 'www-authenticate': 'Bearer' });
  }
  const registry = await collect(deps);
  return c.body(await registry.metrics(), 200, { 'content-type': registry.contentType });
}
