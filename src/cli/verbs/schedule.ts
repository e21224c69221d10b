import { Option, type Command } from 'commander';
import { addExamples } from '../add-examples.ts';
import type { CliContext } from '../../app/context.ts';
import { parseCalls, parseCount } from '../parse-count.ts';
import { lazily } from '../lazily.ts';

const namedSchedule = 'name as listed by `schedule`';

function addList(parent: Command, context: CliContext): void {
  const command = parent
    .command('list', { isDefault: true })
    .description('Show every schedule with its last and its next slot.')
    .action(lazily(context, async () => (await import('../actions/schedule.ts')).listSchedules));
  addExamples(command, ['catalog-sync schedule', 'catalog-sync schedule list --json']);
}

function addAdd(parent: Command, context: CliContext): void {
  const command = parent
    .command('add')
    .description('Add a schedule to those of catalog-sync.yaml. A running serve or worker uses it at once.')
    .argument('<name>', 'name of the schedule')
    .requiredOption('--cron <fields>', 'minute, hour, day of month, month, weekday')
    .option('--time-zone <zone>', 'time zone of these fields', 'Asia/Shanghai')
    .requiredOption('--feed <names...>', 'feeds of catalog-sync.yaml')
    .option('--budget <calls>', 'maximum number of calls for each run', parseCalls)
    .addOption(
      new Option('--missed <policy>', 'missed slots: one run for all of them, or no run')
        .choices(['once', 'skip'])
        .default('once'),
    )
    .action(lazily(context, async () => (await import('../actions/schedule.ts')).addToSchedules));
  addExamples(command, [
    "catalog-sync schedule add nightly --cron '30 2 * * *' --feed bags",
    "catalog-sync schedule add weekly --cron '0 4 * * 0' --time-zone UTC --feed bags shoes --budget 200 --missed skip",
  ]);
}

function addPause(parent: Command, context: CliContext): void {
  const command = parent
    .command('pause')
    .description('Skip the slots of a schedule from now on, also after restarts. An active run continues.')
    .argument('<name>', namedSchedule)
    .action(lazily(context, async () => (await import('../actions/schedule.ts')).pause));
  addExamples(command, ['catalog-sync schedule pause nightly']);
}

function addResume(parent: Command, context: CliContext): void {
  const command = parent
    .command('resume')
    .description('End the pause of a schedule. Skipped slots are not run later.')
    .argument('<name>', namedSchedule)
    .action(lazily(context, async () => (await import('../actions/schedule.ts')).resume));
  addExamples(command, ['catalog-sync schedule resume nightly']);
}

function addRemove(parent: Command, context: CliContext): void {
  const command = parent
    .command('remove')
    .description('Remove a schedule that `schedule add` created. The history of its slots stays.')
    .argument('<name>', namedSchedule)
    .action(lazily(context, async () => (await import('../actions/schedule.ts')).remove));
  addExamples(command, ['catalog-sync schedule remove nightly']);
}

function addRun(parent: Command, context: CliContext): void {
  const command = parent
    .command('run')
    .description(
      'Start the run of a schedule now, in this process, and exit when it ends. Works while it is paused.',
    )
    .argument('<name>', namedSchedule)
    .option('--strict-exit', 'use the exit codes of `sync --strict-exit`')
    .action(lazily(context, async () => (await import('../actions/schedule.ts')).runNow));
  addExamples(command, ['catalog-sync schedule run nightly']);
}

function addHistory(parent: Command, context: CliContext): void {
  const command = parent
    .command('history')
    .description('Show past slots, newest first: ran, merged, missed or skipped.')
    .argument('[name]', 'only this schedule; it may have been removed')
    .option('--limit <number>', 'maximum number of slots', parseCount(1, 10_000), 20)
    .action(lazily(context, async () => (await import('../actions/schedule.ts')).showHistory));
  addExamples(command, [
    'catalog-sync schedule history',
    'catalog-sync schedule history nightly --limit 100',
  ]);
}

/** `catalog-sync schedule`: the schedules, and the outcomes of their slots. */
export function registerSchedule(program: Command, context: CliContext): void {
  const command = program
    .command('schedule')
    .description('Show when the catalog syncs automatically; add, pause and run schedules.');
  for (const add of [addList, addAdd, addPause, addResume, addRemove, addRun, addHistory])
    add(command, context);
  addExamples(command, [
    'catalog-sync schedule',
    "catalog-sync schedule add nightly --cron '30 2 * * *' --feed bags",
  ]);
}
