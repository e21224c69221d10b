import type { Pool } from 'pg';
import type { App } from '../../app/open-app.ts';
import type { Config } from '../../config/environment.ts';
import { AppError } from '../../core/errors.ts';
import { webErrors } from '../../web/errors.ts';
import { startWebServer, type WebServer } from '../../web/start-web-server.ts';
import type { WebDeps } from '../../web/web-deps.ts';
import type { Session } from '../../app/session.ts';
import { createWebDeps } from '../../app/web/create-web-deps.ts';
import { demoSync } from './demo-config.ts';
import type { SandboxProcess } from './sandbox-process.ts';

export interface KeptDemo {
  readonly session: Session;
  readonly databaseUrl: string;
  readonly drain: AbortSignal;
  readonly config: Config;
  readonly app: App;
  readonly pool: Pool;
  readonly sandbox: SandboxProcess;
}

/** At the usual port, or at another one if it is in use. */
async function startPages(deps: WebDeps, port: number): Promise<WebServer> {
  try {
    return await startWebServer(deps, port);
  } catch (error) {
    if (!(error instanceof AppError) || error.kind !== webErrors.WEB_NOT_LISTENING) throw error;
    return startWebServer(deps, 0);
  }
}

/**
 * Serves the pages over the data of the demo, and works on runs that are started there, until a signal.
 *
 * @param port null: the usual one, or another one if it is in use
 */
export async function keepDemo(demo: KeptDemo, port: number | null = null): Promise<void> {
  const { session, databaseUrl, drain, config, app, pool, sandbox } = demo;
  const deps = createWebDeps({
    session: { ...session, config },
    pool,
    workPool: app.pool,
    queueServer: app.queueServer,
    sync: demoSync,
    env: sandbox.environment,
    drain,
  });
  const server = port === null ? await startPages(deps, config.PORT) : await startWebServer(deps, port);
  const stats = new URL('/_sandbox/stats', sandbox.environment['ALIBABA_API_URL']);
  session.talk(
    [
      '\nKept running until Ctrl-C.',
      `  pages:     ${server.url}`,
      `  database:  ${databaseUrl}`,
      `  sandbox:   ${stats.href}`,
    ].join('\n'),
  );
  try {
    await app.conduct(() => Promise.resolve(false));
  } finally {
    await server.close();
  }
}
