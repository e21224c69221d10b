import { InvalidArgumentError, type Command } from 'commander';
import { dayMs, parseDurationMs } from '../../core/duration.ts';
import { addExamples } from '../add-examples.ts';
import type { CliContext } from '../../app/context.ts';
import { parseCalls } from '../parse-count.ts';
import { lazily } from '../lazily.ts';

function parseDeadline(text: string): number {
  const ms = parseDurationMs(text);
  // Later ones are no time for Postgres at some point.
  if (ms === null || ms === 0 || ms > 366 * dayMs)
    throw new InvalidArgumentError('Give a duration like 45m or 2h, at most 366d.');
  return ms;
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
      'exit 5 when the quota, budget or deadline stopped the run, 3 with quarantined rows, 6 when a run is active, 7 with postponed targets',
    )
    .action(lazily(context, async () => (await import('../actions/sync.ts')).syncNow));
  addExamples(command, [
    'catalog-sync sync',
    'catalog-sync sync --feed shoes --budget 200',
    'catalog-sync sync --project /srv/catalog --deadline 45m --strict-exit',
  ]);
}
