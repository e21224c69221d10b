import { InvalidArgumentError, type Command } from 'commander';
import { parseDurationMs } from '../../core/duration.ts';
import type { SyncConfig } from '../../model/sync-config.ts';
import { addExamples } from '../add-examples.ts';
import type { CliContext } from '../../app/context.ts';
import { parseCalls } from '../parse-count.ts';
import { scopeOf } from '../../runs/scope-of.ts';
import { msLeft, requireFeeds, runScope } from '../run-scope.ts';
import { openSession } from '../../app/session.ts';

interface SyncFlags {
  readonly feed?: string;
  readonly budget?: number;
  readonly deadline?: number;
  readonly strictExit?: true;
  readonly yes?: true;
}

function parseDeadline(text: string): number {
  const ms = parseDurationMs(text);
  if (ms === null || ms === 0) throw new InvalidArgumentError('Give a duration like 45m or 2h.');
  return ms;
}

/** @throws AppError CONFIG_FILE_INVALID when the file has no such feed */
function chooseFeeds(sync: SyncConfig, feed: string | undefined): { scope: string; feedNames: string[] } {
  const all = sync.feeds.map(({ name }) => name);
  if (feed !== undefined) requireFeeds(sync, [feed]);
  const feedNames = feed === undefined ? all : [feed];
  return { scope: scopeOf(feedNames, all), feedNames };
}

/** `catalog-sync sync`: one run, in this process, to its end. */
export function registerSync(program: Command, context: CliContext): void {
  const command = program
    .command('sync')
    .description('Fetch everything that is due, within the quota, and exit. Run it from cron or by hand.')
    .option('--feed <name>', 'only this feed of catalog-sync.yaml')
    .option('--budget <calls>', 'maximum number of calls', parseCalls)
    .option(
      '--deadline <duration>',
      'make no more calls after this time from the start, like 45m, and end within five seconds',
      parseDeadline,
    )
    .option('--yes', 'do not ask before a run that will use up the quota')
    .option(
      '--strict-exit',
      'exit 5 when the quota stopped the run, 3 with quarantined rows, 6 when a run is active, 7 with postponed targets',
    )
    .action(async (flags: SyncFlags, self: Command) => {
      const session = openSession(self, context, { logs: 'command' });
      const sync = session.readSyncConfig();
      const deadlineMs = flags.deadline ?? null;
      const chosen = { ...chooseFeeds(sync, flags.feed), trigger: 'cli', budgetCalls: flags.budget ?? null };
      // That of the run counts from now, by the clock of the ledger: other processes keep it, too.
      const leftMs = () => (deadlineMs === null ? null : Math.max(0, msLeft(context, deadlineMs)));
      context.exitCode = await runScope(
        session,
        sync,
        async () => ({ ...chosen, deadlineMs: leftMs() }),
        // A budget is a confirmation already.
        {
          isStrict: flags.strictExit ?? false,
          mayAsk: flags.yes !== true && flags.budget === undefined,
          deadlineMs,
        },
      );
    });
  addExamples(command, [
    'catalog-sync sync',
    'catalog-sync sync --feed shoes --budget 200',
    'catalog-sync sync --project /srv/catalog --deadline 45m --strict-exit',
  ]);
}
