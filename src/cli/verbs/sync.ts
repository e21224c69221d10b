import { InvalidArgumentError, type Command } from 'commander';
import { parseDurationMs } from '../../core/duration.ts';
import { AppError, coreErrors } from '../../core/errors.ts';
import { exitCodes } from '../../core/exit-codes.ts';
import { runToEnd } from '../../jobs/run-to-end.ts';
import type { SyncConfig } from '../../model/sync-config.ts';
import { addExamples } from '../add-examples.ts';
import type { CliContext } from '../context.ts';
import { isHeldAsDeclared } from '../permissions/is-held-as-declared.ts';
import { sourceBanner, withApp } from '../run-session.ts';
import { openSession, syncFileName } from '../session.ts';
import { createRunProgress, exitCodeOfRun, printRun } from '../show-run.ts';

interface SyncFlags {
  readonly feed?: string;
  readonly budget?: number;
  readonly deadline?: number;
  readonly strictExit?: true;
}

function parseCalls(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new InvalidArgumentError('Give a number of calls, 1 or more.');
  return Number(text);
}

function parseDeadline(text: string): number {
  const ms = parseDurationMs(text);
  if (ms === null || ms === 0) throw new InvalidArgumentError('Give a duration like 45m or 2h.');
  return ms;
}

/** @throws AppError CONFIG_FILE_INVALID when the file has no such feed */
function scopeOf(sync: SyncConfig, feed: string | undefined): { scope: string; feedNames: string[] } {
  const names = sync.feeds.map(({ name }) => name);
  if (feed === undefined) return { scope: 'all', feedNames: names };
  if (names.includes(feed)) return { scope: `feed:${feed}`, feedNames: [feed] };
  throw new AppError(
    coreErrors.CONFIG_FILE_INVALID,
    `${syncFileName} has no feed of the name ${feed}; it has ${names.join(', ')}`,
  );
}

/** `catalog-sync sync`: one run, in this process, to its end. */
export function registerSync(program: Command, context: CliContext): void {
  const command = program
    .command('sync')
    .description('Pull everything that is due, within the quota, and exit. For cron or by hand.')
    .option('--feed <name>', 'only this feed of catalog-sync.yaml')
    .option('--budget <calls>', 'at most this many calls', parseCalls)
    .option('--deadline <duration>', 'ask for nothing more after this time, like 45m', parseDeadline)
    .option(
      '--strict-exit',
      'exit 5 when stopped at the quota, 3 with quarantined rows, 6 when a run is active',
    )
    .action(async (flags: SyncFlags, self: Command) => {
      const session = openSession(self, context, { logs: 'service' });
      const sync = session.readSyncConfig();
      const { scope, feedNames } = scopeOf(sync, flags.feed);
      await withApp(session, { sync }, async (app, shutdown) => {
        session.talk(sourceBanner(app.source));
        const progress = createRunProgress(session, app, sync);
        const { runs, source } = app;
        const outcome = await runToEnd(
          {
            runs,
            conduct: (isOver) => app.conduct(isOver),
            drain: shutdown.drain,
            onProgress: progress.update,
          },
          {
            scope,
            feedNames,
            trigger: 'cli',
            source,
            budgetCalls: flags.budget ?? null,
            deadlineMs: flags.deadline ?? null,
          },
        );
        progress.done();
        if (outcome.kind === 'active') {
          session.talk(
            `run ${outcome.runId} of the same scope is active in another process; nothing was done`,
          );
          context.exitCode = flags.strictExit ? exitCodes.anotherRunActive : exitCodes.succeeded;
          return;
        }
        printRun(session, outcome.run);
        const isStrict = flags.strictExit ?? false;
        if (!isStrict && (await isHeldAsDeclared(outcome.run, app))) {
          session.talk('The rest waits for APIs that are declared as not granted: catalog-sync permissions');
          return;
        }
        context.exitCode = exitCodeOfRun(outcome.run, isStrict);
      });
    });
  addExamples(command, [
    'catalog-sync sync',
    'catalog-sync sync --feed shoes --budget 200',
    'catalog-sync sync --project /srv/catalog --deadline 45m --strict-exit',
  ]);
}
