import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { openApp } from '../../app.ts';
import { loadConfig, type Config } from '../../core/config.ts';
import { CloseStack, listenForShutdown, type Shutdown } from '../../core/lifecycle.ts';
import { Secret } from '../../core/secret.ts';
import { runToEnd } from '../../jobs/run-to-end.ts';
import { migrate } from '../../load/migrate.ts';
import { createPool } from '../../load/pool.ts';
import { listPriceMoves, readCatalogSize } from '../../load/stores/demo-store.ts';
import { holdDemoLock } from '../../load/stores/demo-lock.ts';
import type { Run } from '../../model/run.ts';
import { addExamples } from '../add-examples.ts';
import type { CliContext } from '../context.ts';
import { demoSize, demoSync } from '../demo/demo-config.ts';
import { printMoves, printQuota, printSize } from '../demo/print-demo.ts';
import { startSandboxProcess, type SandboxProcess } from '../demo/sandbox-process.ts';
import { readWorld, writeWorld, type DemoWorld } from '../demo/world-file.ts';
import { openDatabase, stateFolder } from '../open-database.ts';
import { sourceBanner } from '../run-session.ts';
import { openSession, type Session } from '../session.ts';
import { createRunProgress, exitCodeOfRun, printRun } from '../show-run.ts';

const dayMs = 86_400_000;

interface Stage {
  readonly session: Session;
  readonly closing: CloseStack;
  readonly shutdown: Shutdown;
  readonly databaseUrl: string;
}

async function openWorld(
  stage: Stage,
  folder: string,
): Promise<{ world: DemoWorld; sandbox: SandboxProcess }> {
  const { session, closing } = stage;
  const world = readWorld(folder) ?? { startAt: session.context.clock.now(), daysAhead: 0 };
  writeWorld(folder, world);
  session.talk(
    world.daysAhead === 0
      ? 'starting the sandbox, a made-up 1688'
      : `starting the sandbox, ${world.daysAhead} made-up ${world.daysAhead === 1 ? 'day' : 'days'} later`,
  );
  const sandbox = await startSandboxProcess({
    ...demoSize,
    startAt: world.startAt,
    advancedMs: world.daysAhead * dayMs,
  });
  closing.add('sandbox', () => sandbox.stop());
  return { world, sandbox };
}

/** One run against the sandbox, and what there is to see afterwards. */
async function syncOnce(stage: Stage, config: Config, daysAhead: number): Promise<Run | null> {
  const { session, shutdown, closing, databaseUrl } = stage;
  const { log } = session;
  const app = await openApp({ config, sync: demoSync, databaseUrl: new Secret(databaseUrl), log, shutdown });
  closing.add('app', () => app.close());
  session.talk(sourceBanner(app.source));
  await app.runs.claimSource(app.source);
  await app.quota.setLedgerOffset(daysAhead * dayMs);
  const since = await app.quota.ledgerNow();
  const progress = createRunProgress(session, app, demoSync);
  const feedNames = demoSync.feeds.map(({ name }) => name);
  const outcome = await runToEnd(
    {
      runs: app.runs,
      conduct: (isOver) => app.conduct(isOver),
      drain: shutdown.drain,
      onProgress: progress.update,
    },
    { scope: 'all', feedNames, trigger: 'demo', source: app.source, budgetCalls: null, deadlineMs: null },
  );
  progress.done();
  if (outcome.kind === 'active') return null;
  const pool = createPool({ connectionString: databaseUrl, max: 1, log });
  closing.add('pool', () => pool.end());
  printRun(session, outcome.run);
  if (session.isJson) return outcome.run;
  session.print('');
  printSize(session, await readCatalogSize(pool));
  session.print('');
  printQuota(session, await app.quota.quotaStatus());
  const moves = await listPriceMoves(pool, since, 8);
  if (moves.length > 0) {
    session.print('\nPrice changes that this run found, the largest first:\n');
    printMoves(session, moves);
  }
  return outcome.run;
}

function talkNext(session: Session, folder: string): void {
  session.talk(
    [
      '',
      'Look around:  node bin/catalog-sync.js sql --project ' + folder + ' "select * from usage.daily"',
      'See changes:  run the demo again; each time a made-up day has passed',
      'Go live:      docs/go-live.md',
    ].join('\n'),
  );
}

async function playDemo(session: Session, stage: Stage, folder: string, isKept: boolean): Promise<void> {
  const { closing, shutdown, databaseUrl } = stage;
  const { log } = session;
  await migrate({ connectionString: databaseUrl, log });
  const lock = await holdDemoLock(databaseUrl, () => {
    session.talk('another demo runs in this folder; waiting for it to end');
  });
  closing.add('demo lock', () => lock.release());
  const { world, sandbox } = await openWorld(stage, folder);
  const config = loadConfig({ projectDir: folder, env: sandbox.environment, readFiles: false });
  const run = await syncOnce(stage, config, world.daysAhead);
  if (run?.status === 'succeeded') writeWorld(folder, { ...world, daysAhead: world.daysAhead + 1 });
  session.context.exitCode = run ? exitCodeOfRun(run, false) : 1;
  talkNext(session, folder);
  if (!isKept || shutdown.drain.aborted) return;
  session.talk(`\nkept running; database: ${databaseUrl}\nStop it with Ctrl-C.`);
  await once(shutdown.drain, 'abort');
}

/** `catalog-sync demo`: everything, on made-up data, with nothing but Node. */
export function registerDemo(program: Command, context: CliContext): void {
  const command = program
    .command('demo')
    .description('Sync a made-up catalog into a database of its own: no account, no settings, no network.')
    .option('--keep', 'leave the database and the sandbox running until Ctrl-C')
    .action(async (flags: { keep?: true }, self: Command) => {
      const session = openSession(self, context, { logs: 'command', ignoresEnvironment: true });
      const folder = join(stateFolder(session.config.projectDir), 'demo');
      mkdirSync(folder, { recursive: true });
      const shutdown = listenForShutdown(context.signals);
      shutdown.stopNow.addEventListener('abort', () => process.exit(1));
      const closing = new CloseStack();
      try {
        session.talk('starting Postgres (the first time it is set up, which takes some seconds)');
        const database = await openDatabase({ ...session.config, projectDir: folder }, session.log);
        closing.add('database', () => database.release());
        const stage = { session, closing, shutdown, databaseUrl: database.url };
        await playDemo(session, stage, folder, flags.keep ?? false);
      } finally {
        await closing.close(session.log);
        shutdown.dispose();
      }
    });
  addExamples(command, ['catalog-sync demo', 'catalog-sync demo --keep']);
}
