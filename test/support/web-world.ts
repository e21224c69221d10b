import { Command } from 'commander';
import { openSession } from '../../src/app/session.ts';
import { connectionLimits } from '../../src/db/connection-limits.ts';
import { createWebDeps } from '../../src/app/web/create-web-deps.ts';
import type { Environment } from '../../src/config/environment.ts';
import { Secret } from '../../src/core/secret.ts';
import { parseSyncFile } from '../../src/config/parse-sync-file.ts';
import { closeQueueServer, openQueueServer } from '../../src/jobs/queue-server.ts';
import { startWebServer } from '../../src/web/start-web-server.ts';
import type { WebDeps } from '../../src/web/web-deps.ts';
import { createProject, createWorld } from './in-process.ts';
import type { TestDatabase } from './database.ts';

export interface WebWorld {
  readonly port: number;
  readonly origin: string;
  /** What its pages are made from. */
  readonly deps: WebDeps;
  /** As a browser at `localhost` sends it, with the cookies of the answers so far. Follows no redirect. */
  request(path: string, init?: RequestInit): Promise<Response>;
  get(path: string): Promise<string>;
  /** Sends a form with the session's CSRF token, which any page of it shows. */
  post(path: string, fields?: Readonly<Record<string, string>>): Promise<Response>;
  close(): Promise<void>;
}

export interface WebWorldOptions {
  readonly database: TestDatabase;
  readonly env?: Environment;
  /** Default: any free one. */
  readonly port?: number;
  /** Replaces parts of what pages are made from. */
  readonly deps?: Partial<WebDeps>;
}

const syncFile = `
account: business
feeds:
  - { name: bags, categories: ["54"] }
schedules:
  - { name: nightly, cron: "30 2 * * *", feeds: [bags] }
`;

/** What a sandbox is reached by, without one. */
const sandboxEnvironment = {
  ALIBABA_API_URL: 'http://127.0.0.1:9/openapi',
  ALIBABA_APP_KEY: '1000000',
  ALIBABA_APP_SECRET: 'sandbox-secret',
};

/** The pages as `catalog-sync web` serves them, over a database of the test. */
export async function openWebWorld({
  database,
  env = {},
  port = 0,
  deps = {},
}: WebWorldOptions): Promise<WebWorld> {
  const environment = { ...sandboxEnvironment, DATABASE_URL: database.url, LOG_LEVEL: 'silent', ...env };
  const project = createProject({ 'catalog-sync.yaml': syncFile });
  const command = new Command().setOptionValue('project', project);
  const { context } = createWorld({ env: environment, cwd: project });
  const session = openSession(command, context, { logs: 'service' });
  const drain = new AbortController();
  const queueServer = openQueueServer({
    redisUrl: session.config.REDIS_URL ?? null,
    databaseUrl: new Secret(database.url),
    maxConnections: connectionLimits.queuesToSee,
    log: session.log,
  });
  const made: WebDeps = {
    ...createWebDeps({
      session,
      pool: database.pool,
      queueServer,
      sync: parseSyncFile(syncFile, 'test'),
      env: environment,
      drain: drain.signal,
    }),
    ...deps,
  };
  const server = await startWebServer(made, port);
  const origin = `http://localhost:${String(server.port)}`;
  let cookie = '';
  const request: WebWorld['request'] = async (path, init = {}) => {
    const headers = new Headers({ accept: 'text/html', ...(cookie === '' ? {} : { cookie }) });
    new Headers(init.headers).forEach((value, name) => headers.set(name, value));
    const response = await fetch(origin + path, { redirect: 'manual', ...init, headers });
    const set = response.headers.get('set-cookie');
    if (set !== null) cookie = set.split(';')[0] ?? '';
    return response;
  };
  const get = async (path: string) => (await request(path)).text();
  return {
    port: server.port,
    origin,
    deps: made,
    request,
    get,
    post: async (path, fields = {}) => {
      const page = await get('/problems');
      const csrf = /name="csrf" value="([^"]+)"/.exec(page)?.[1] ?? '';
      return request(path, { method: 'POST', body: new URLSearchParams({ csrf, ...fields }) });
    },
    close: async () => {
      drain.abort();
      await server.close();
      await closeQueueServer(queueServer);
    },
  };
}
