import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Pool } from 'pg';
import { openApp, type App } from '../../app/open-app.ts';
import { loadConfig, type Config } from '../../config/environment.ts';
import { isLoopbackUrl } from '../../core/loopback.ts';
import { dayMs } from '../../core/duration.ts';
import { AppError } from '../../core/errors.ts';
import type { CloseStack, Shutdown } from '../../core/lifecycle.ts';
import type { Logger } from '../../core/log.ts';
import { Secret } from '../../core/secret.ts';
import { runToEnd } from '../../runs/run-to-end.ts';
import { migrate } from '../../db/migrate.ts';
import { createPool } from '../../db/pool.ts';
import { createLedgerStore } from '../../ledger/ledger-store.ts';
import { demoTrigger, readDemoProgress } from '../../runs/demo-progress.ts';
import { holdDemoLock } from './demo-lock.ts';
import type { Run, RunRequest } from '../../model/run.ts';
import { cliErrors } from '../../app/errors.ts';
import { sourceBanner } from '../../app/run-session.ts';
import type { Session } from '../../app/session.ts';
import { syncFileName } from '../../config/project-folder.ts';
import { createRunProgress, exitCodeOfRun } from '../show-run.ts';
import { connectionLimits } from '../../db/connection-limits.ts';
import { demoSize, demoSync, demoSyncFile, demoWorld } from './demo-config.ts';
import { keepDemo } from './keep-demo.ts';
import { reportDemo, talkNext } from './report-demo.ts';
import { startSandboxProcess, type SandboxProcess } from './sandbox-process.ts';
import { chooseDay } from './world-day.ts';

/** What a demo plays on; all it opens goes onto `closing`. */
export interface Stage {
  readonly session: Session;
  readonly closing: CloseStack;
  readonly shutdown: Shutdown;
  /** The demo's own project folder. */
  readonly folder: string;
  readonly databaseUrl: string;
  /** Leave database and sandbox running until a signal. */
  readonly isKept: boolean;
}

/** @throws AppError INTERRUPTED when the process was stopped */
export function stopIfRequested({ shutdown }: Pick<Stage, 'shutdown'>): void {
  if (shutdown.drain.aborted) throw new AppError(cliErrors.INTERRUPTED, 'the demo was stopped by a signal');
}

/**
 * The configuration for a sandbox only.
 *
 * @throws AppError DEMO_NOT_LOOPBACK when its address is not on this machine
 */
export function demoConfig(folder: string, environment: Readonly<Record<string, string>>): Config {
  const config = loadConfig({ projectDir: folder, env: environment, readFiles: false });
  if (isLoopbackUrl(new URL(config.ALIBABA_API_URL))) return config;
  throw new AppError(cliErrors.DEMO_NOT_LOOPBACK, 'the demo only talks to a sandbox on this machine');
}

async function takeTurn({ session, closing, shutdown, databaseUrl }: Stage): Promise<void> {
  const onWait = (holder: string) =>
    session.talk(`another demo runs in this folder: waiting for it to end (${holder})`);
  const lock = await holdDemoLock(databaseUrl, onWait, shutdown.drain);
  if (lock) closing.add('demo lock', () => lock.release());
  stopIfRequested({ shutdown });
}

async function startWorld(stage: Stage, worldBeganAt: Date, day: number): Promise<SandboxProcess> {
  const { session, closing } = stage;
  const later = day === 2 ? ', 1 simulated day later' : `, ${day - 1} simulated days later`;
  session.talk(`starting the sandbox, a simulated 1688${day === 1 ? '' : later}`);
  const sandbox = await startSandboxProcess({
    ...demoSize,
    ...demoWorld,
    startAt: worldBeganAt,
    advancedMs: (day - 1) * dayMs,
  });
  closing.add('sandbox', () => sandbox.stop());
  return sandbox;
}

/** Runs that killed demos left active: this process has the lock, so no other drives them. Their data is kept. */
async function endDeadRuns({ runs }: App, pool: Pool, log: Logger): Promise<void> {
  // The sandbox died with them, so that no answer can come any more.
  await createLedgerStore({ pool, log, maxCallMs: 0 }).sweep();
  for (const { runId } of await runs.listActive()) await runs.end(runId, 'cancelled', 'killed');
}

/** A demo's world, opened on its database. */
export interface DemoWorld {
  readonly app: App;
  readonly config: Config;
  readonly pool: Pool;
  readonly sandbox: SandboxProcess;
  /** The invented day, from 1. */
  readonly day: number;
}

/** The run of an invented day. */
export function requestOf({ source }: Pick<App, 'source'>, day: number): Omit<RunRequest, 'forecast'> {
  const feedNames = demoSync.feeds.map(({ name }) => name);
  return { scope: 'all', feedNames, trigger: demoTrigger(day), source, budgetCalls: null, deadlineMs: null };
}

/** Makes the database one of the sandbox, on its invented day. @throws AppError INTERRUPTED */
export async function beginDay(stage: Stage, { app, day }: Pick<DemoWorld, 'app' | 'day'>): Promise<void> {
  stage.session.talk(sourceBanner(app.source));
  await app.runs.claimSource(app.source);
  await app.quota.setLedgerOffset((day - 1) * dayMs);
  stopIfRequested(stage);
}

/** @throws AppError INTERRUPTED */
async function syncDay(stage: Stage, { app, day }: DemoWorld): Promise<Run> {
  const { session, shutdown } = stage;
  await beginDay(stage, { app, day });
  const progress = createRunProgress(session, app, demoSync);
  const outcome = await runToEnd({
    runs: app.runs,
    begin: () => app.begin(requestOf(app, day)),
    conduct: (isOver) => app.conduct(isOver),
    drain: shutdown.drain,
    onProgress: progress.update,
    countPostponed: () => app.leases.countPostponed(demoSync.feeds),
  });
  progress.done();
  if (outcome.kind === 'ended') return outcome.run;
  throw new AppError(
    cliErrors.DEMO_RUN_TAKEN,
    `another process began run ${outcome.runId} in the demo's database`,
  );
}

/**
 * Opens the next day of the invented world on a database, when no other demo works there.
 *
 * @throws AppError INTERRUPTED when a signal came meanwhile
 */
export async function openWorld(stage: Stage): Promise<DemoWorld> {
  const { session, closing, shutdown, databaseUrl } = stage;
  const { log, context } = session;
  await migrate({ connectionString: databaseUrl, log });
  await takeTurn(stage);
  // For `plan`, `doctor` and the pages, which read the folder like any other project.
  writeFileSync(join(stage.folder, syncFileName), demoSyncFile);
  const max = stage.isKept ? connectionLimits.pagesBesideWork : 1;
  const pool = createPool({ connectionString: databaseUrl, max, log });
  closing.add('pool', () => pool.end());
  const progress = await readDemoProgress(pool);
  const day = chooseDay(progress, context.clock.now());
  const sandbox = await startWorld(stage, progress.worldBeganAt, day);
  const config = demoConfig(stage.folder, sandbox.environment);
  const app = await openApp({
    config,
    sync: demoSync,
    databaseUrl: new Secret(databaseUrl),
    log,
    shutdown,
    hasPages: stage.isKept,
  });
  closing.add('app', () => app.close());
  await endDeadRuns(app, pool, log);
  return { app, config, pool, sandbox, day };
}

/**
 * One demo on an opened database: the next day of its invented world, synced by the parts that sync the real
 * one, and the report at its end.
 *
 * @throws AppError INTERRUPTED when a signal came before the run began
 */
export async function playDemo(stage: Stage): Promise<void> {
  const { session, shutdown, databaseUrl } = stage;
  const world = await openWorld(stage);
  const { app, pool, day } = world;
  const run = await syncDay(stage, world);
  session.context.exitCode = exitCodeOfRun(run, false);
  await reportDemo(session, { run, day, pool, quota: await app.quota.quotaStatus() });
  talkNext(session, stage.folder, run);
  const { drain } = shutdown;
  if (stage.isKept && !drain.aborted) await keepDemo({ session, databaseUrl, drain, ...world });
}
