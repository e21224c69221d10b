import { setMaxListeners } from 'node:events';
import { inject } from 'vitest';
import { openApp, type App, type AppOptions } from '../../src/app/open-app.ts';
import { loadConfig } from '../../src/config/environment.ts';
import { CloseStack } from '../../src/core/lifecycle.ts';
import { createLogger, type Logger } from '../../src/core/log.ts';
import { Secret } from '../../src/core/secret.ts';
import { runToEnd, type RunOutcome } from '../../src/runs/run-to-end.ts';
import type { Run, RunRequest } from '../../src/model/run.ts';
import type { SyncConfig } from '../../src/model/sync-config.ts';
import { parseSyncFile } from '../../src/config/parse-sync-file.ts';
import type { Sandbox, SandboxOptions } from '../../src/sandbox/create-sandbox.ts';
import { createTestDatabase, type TestDatabase } from './database.ts';
import { findTool } from './find-tool.ts';
import { startTestRedis } from './redis.ts';
import { sandboxSettings, startTestSandbox } from './sandbox.ts';

export type Backend = 'postgres' | 'redis';

/** The queue backends that tests can run on here; the global setup says why when one is missing. */
export function listBackends(): Backend[] {
  const hasRedis =
    inject('testServers').redisUrl !== null || findTool(['redis-server'], process.env) !== null;
  return hasRedis ? ['postgres', 'redis'] : ['postgres'];
}

export interface TestStackOptions {
  readonly backend: Backend;
  readonly sandbox?: SandboxOptions;
  readonly sync?: Partial<SyncConfig>;
  /** Settings beside those that lead to the sandbox and the queue. */
  readonly env?: Readonly<Record<string, string>>;
  /** For tests in which 1688 keeps a call waiting: less than production's half a minute. */
  readonly gatewayTimeouts?: AppOptions['gatewayTimeouts'];
}

export interface LogLine {
  readonly level: string;
  readonly msg: string;
  readonly [field: string]: unknown;
}

/** What a process of the product is to others: it works, and can be told to stop. */
export interface TestProcess {
  readonly app: App;
  /** Warnings and errors so far. */
  readonly logs: readonly LogLine[];
  /** What `catalog-sync sync` does. */
  sync(request?: Partial<RunRequest>): Promise<RunOutcome>;
  /** As `sync`, for tests in which nobody else is at it. */
  run(request?: Partial<RunRequest>): Promise<Run>;
  /** The first SIGTERM. */
  drain(): void;
  /** The second one. */
  stopNow(): void;
  close(): Promise<void>;
}

/** What another process of a stack has of its own. */
export interface ProcessOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly sync?: Partial<SyncConfig>;
  /** Where paths of pictures begin. */
  readonly projectDir?: string;
}

export interface TestStack extends TestProcess {
  readonly database: TestDatabase;
  readonly sandbox: Sandbox;
  /** The environment that leads a process to all of it. */
  readonly env: Readonly<Record<string, string>>;
  /** Another process of the product on the same database, queue and sandbox. */
  openProcess(options?: ProcessOptions): Promise<TestProcess>;
  query<Row extends object>(sql: string, params?: readonly unknown[]): Promise<Row[]>;
  /** Moves the sandbox's clock and the ledger's together. */
  advance(ms: number): Promise<void>;
}

/** Everything the world holds, as fast as it goes. */
const wholeWorld = parseSyncFile(
  `
account: business
feeds:
  - { name: all, categories: ["0"] }
quotas:
  per_second: 1000
`,
  'test',
);

function collectLogs(): { log: Logger; logs: LogLine[] } {
  const logs: LogLine[] = [];
  const stream = { write: (line: string) => void logs.push(JSON.parse(line) as LogLine) };
  return { log: createLogger({ level: 'warn', pretty: false, stream }), logs };
}

async function openProcess(
  databaseUrl: string,
  env: Readonly<Record<string, string>>,
  {
    sync,
    gatewayTimeouts,
    projectDir,
  }: Pick<Required<AppOptions>, 'sync' | 'gatewayTimeouts'> & {
    readonly projectDir: string;
  },
): Promise<TestProcess> {
  const { log, logs } = collectLogs();
  const [drain, stopNow] = [new AbortController(), new AbortController()];
  setMaxListeners(0, drain.signal, stopNow.signal);
  const opened = await openApp({
    config: loadConfig({ projectDir, env, readFiles: false }),
    sync,
    databaseUrl: new Secret(databaseUrl),
    log,
    shutdown: { drain: drain.signal, stopNow: stopNow.signal, cut: new AbortController().signal },
    retryDelayMs: 20,
    gatewayTimeouts,
  });
  const conducting = new Set<Promise<unknown>>();
  const app: App = {
    ...opened,
    conduct: (isOver) => {
      const over = opened.conduct(isOver);
      conducting.add(over);
      return over;
    },
  };
  const { runs, source } = app;
  const feedNames = sync.feeds.map(({ name }) => name);
  const process_: Omit<TestProcess, 'run'> = {
    app,
    logs,
    sync: (request = {}) =>
      runToEnd({
        runs,
        begin: () =>
          app.begin({
            scope: 'all',
            feedNames,
            trigger: 'test',
            source,
            budgetCalls: null,
            deadlineMs: null,
            ...request,
          }),
        conduct: (isOver) => app.conduct(isOver),
        drain: drain.signal,
        onProgress: async () => undefined,
        countPostponed: () => app.leases.countPostponed(sync.feeds),
      }),
    drain: () => drain.abort(),
    stopNow: () => stopNow.abort(),
    close: async () => {
      // A test that failed may have left its run going: nothing is closed below it.
      drain.abort();
      stopNow.abort();
      await Promise.allSettled(conducting);
      await app.close();
    },
  };
  return {
    ...process_,
    run: async (request) => {
      const outcome = await process_.sync(request);
      if (outcome.kind === 'active') throw new Error(`run ${outcome.runId} is active`);
      return outcome.run;
    },
  };
}

/**
 * The whole product on a database of its own, talking to a sandbox of its own: nothing is replaced but 1688.
 * Close it at the end of the test.
 */
export async function openTestStack(options: TestStackOptions): Promise<TestStack> {
  const closing = new CloseStack();
  const { log } = collectLogs();
  const sync = { ...wholeWorld, ...options.sync };
  try {
    const database = await createTestDatabase();
    closing.add('database', () => database.drop());
    const sandbox = await startTestSandbox(options.sandbox);
    closing.add('sandbox', () => sandbox.close());
    const redis = options.backend === 'redis' ? await startTestRedis() : null;
    if (redis) closing.add('redis', () => redis.close());
    const env = {
      ...sandboxSettings(sandbox),
      ...(redis?.url ? { REDIS_URL: redis.url } : {}),
      ...options.env,
    };
    const open = async (changed: ProcessOptions = {}) => {
      const opened = await openProcess(
        database.url,
        { ...env, ...changed.env },
        {
          gatewayTimeouts: options.gatewayTimeouts ?? {},
          sync: { ...sync, ...changed.sync },
          projectDir: changed.projectDir ?? '/nowhere',
        },
      );
      closing.add('process', () => opened.close());
      return opened;
    };
    const main = await open();
    let aheadMs = 0;
    return {
      ...main,
      database,
      sandbox,
      env: { ...env, DATABASE_URL: database.url },
      openProcess: open,
      query: async <Row extends object>(text: string, params: readonly unknown[] = []) => {
        const { rows } = await database.pool.query<Row>(text, [...params]);
        return rows;
      },
      advance: async (ms) => {
        aheadMs += ms;
        sandbox.advance(ms);
        await main.app.quota.setLedgerOffset(aheadMs);
      },
      close: () => closing.close(log),
    };
  } catch (error) {
    await closing.close(log);
    throw error;
  }
}

/** Opens a stack for one test, and closes it whatever comes. */
export async function withTestStack(
  options: TestStackOptions,
  work: (stack: TestStack) => Promise<void>,
): Promise<void> {
  const stack = await openTestStack(options);
  try {
    await work(stack);
  } finally {
    await stack.close();
  }
}
