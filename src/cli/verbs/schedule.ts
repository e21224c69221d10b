import { InvalidArgumentError, Option, type Command } from 'commander';
import type { z } from 'zod';
import {
  addSchedule,
  pauseSchedule,
  removeSchedule,
  resumeSchedule,
  unknownSchedule,
} from '../../runs/change-schedules.ts';
import { nextSlotTime } from '../../runs/slot-times.ts';
import { scopeOf } from '../../runs/scope-of.ts';
import type { MissedRunPolicy } from '../../model/sync-config.ts';
import { cron, name as nameOf, timezone } from '../../config/sync-config-values.ts';
import { addExamples } from '../add-examples.ts';
import type { CliContext } from '../../app/context.ts';
import { parseCalls, parseCount } from '../parse-count.ts';
import { requireFeeds, runScope } from '../run-scope.ts';
import { formatSchedules, formatSlots } from '../schedules/format-schedules.ts';
import { describeSchedules } from '../../runs/list-schedules.ts';
import { readSyncFileIfAny, withSchedules } from '../schedules/open-schedules.ts';
import { openSession } from '../../app/session.ts';
import { formatTime } from '../../core/format-time.ts';
import { safeJson } from '../../terminal/safe-text.ts';

const namedSchedule = 'name as listed by `schedule`';

/** A parser of flags whose values the sync file may have too. */
function parseAs(type: z.ZodType<string, string>): (text: string) => string {
  return (text) => {
    const parsed = type.safeParse(text);
    if (parsed.success) return parsed.data;
    throw new InvalidArgumentError(`It ${parsed.error.issues.map(({ message }) => message).join(', ')}.`);
  };
}

function addList(parent: Command, context: CliContext): void {
  const command = parent
    .command('list', { isDefault: true })
    .description('Show every schedule with its last and its next slot.')
    .action(async (_flags: unknown, self: Command) => {
      const session = openSession(self, context, { logs: 'command' });
      const sync = readSyncFileIfAny(session);
      const rows = await withSchedules(session, async ({ schedules, ledgerNow }) =>
        describeSchedules(await schedules.list(), sync, await ledgerNow()),
      );
      session.print(session.isJson ? safeJson(rows) : formatSchedules(rows, context.stdout.columns ?? null));
    });
  addExamples(command, ['catalog-sync schedule', 'catalog-sync schedule list --json']);
}

interface AddFlags {
  readonly cron: string;
  readonly timeZone: string;
  readonly feed: string[];
  readonly budget?: number;
  readonly missed: MissedRunPolicy;
}

function addAdd(parent: Command, context: CliContext): void {
  const command = parent
    .command('add')
    .description('Add a schedule to those of catalog-sync.yaml. A running serve or worker uses it at once.')
    .argument('<name>', 'name of the schedule', parseAs(nameOf('schedule')))
    .requiredOption('--cron <fields>', 'minute, hour, day of month, month, weekday', parseAs(cron))
    .option('--time-zone <zone>', 'time zone of these fields', parseAs(timezone), 'Asia/Shanghai')
    .requiredOption('--feed <names...>', 'feeds of catalog-sync.yaml')
    .option('--budget <calls>', 'maximum number of calls for each run', parseCalls)
    .addOption(
      new Option('--missed <policy>', 'missed slots: one run for all of them, or no run')
        .choices(['once', 'skip'])
        .default('once'),
    )
    .action(async (name: string, flags: AddFlags, self: Command) => {
      const session = openSession(self, context, { logs: 'command' });
      const sync = session.readSyncConfig();
      const feeds = [...new Set(flags.feed)];
      requireFeeds(sync, feeds);
      const { timeZone, budget = null, missed } = flags;
      const schedule = { name, cron: flags.cron, timezone: timeZone, feeds, budgetCalls: budget, missed };
      const nextAt = await withSchedules(session, async (deps) => {
        await addSchedule(deps, schedule, sync.schedules);
        return nextSlotTime(schedule, await deps.ledgerNow());
      });
      session.talk(
        `Schedule ${name} is added; its first slot is ${formatTime(nextAt)}, while a serve or worker runs.`,
      );
    });
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
    .action(async (name: string, _flags: unknown, self: Command) => {
      const session = openSession(self, context, { logs: 'command' });
      const isPending = await withSchedules(session, (deps) => pauseSchedule(deps, name));
      session.talk(isPending ? `Schedule ${name} is paused.` : `Schedule ${name} was already paused.`);
    });
  addExamples(command, ['catalog-sync schedule pause nightly']);
}

function addResume(parent: Command, context: CliContext): void {
  const command = parent
    .command('resume')
    .description('End the pause of a schedule. Skipped slots are not run later.')
    .argument('<name>', namedSchedule)
    .action(async (name: string, _flags: unknown, self: Command) => {
      const session = openSession(self, context, { logs: 'command' });
      const isPending = await withSchedules(session, (deps) => resumeSchedule(deps, name));
      session.talk(isPending ? `Schedule ${name} continues.` : `Schedule ${name} was not paused.`);
    });
  addExamples(command, ['catalog-sync schedule resume nightly']);
}

function addRemove(parent: Command, context: CliContext): void {
  const command = parent
    .command('remove')
    .description('Remove a schedule that `schedule add` created. The history of its slots stays.')
    .argument('<name>', namedSchedule)
    .action(async (name: string, _flags: unknown, self: Command) => {
      const session = openSession(self, context, { logs: 'command' });
      await withSchedules(session, (deps) => removeSchedule(deps, name));
      session.talk(`Schedule ${name} is removed.`);
    });
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
    .action(async (name: string, flags: { readonly strictExit?: true }, self: Command) => {
      const session = openSession(self, context, { logs: 'command' });
      const sync = session.readSyncConfig();
      const isStrict = flags.strictExit ?? false;
      context.exitCode = await runScope(
        session,
        sync,
        async (app) => {
          const all = [...(await app.schedules.list()), ...sync.schedules];
          const schedule = all.find((known) => known.name === name);
          if (!schedule) throw unknownSchedule(name, all);
          const { feeds, budgetCalls } = schedule;
          requireFeeds(sync, feeds);
          const scope = scopeOf(
            feeds,
            sync.feeds.map((feed) => feed.name),
          );
          return { scope, feedNames: feeds, trigger: name, budgetCalls, deadlineMs: null };
        },
        { isStrict, mayAsk: false, deadlineMs: null },
      );
    });
  addExamples(command, ['catalog-sync schedule run nightly']);
}

function addHistory(parent: Command, context: CliContext): void {
  const command = parent
    .command('history')
    .description('Show past slots, newest first: ran, merged, missed or skipped.')
    .argument('[name]', 'only this schedule; it may have been removed')
    .option('--limit <number>', 'maximum number of slots', parseCount(1, 10_000), 20)
    .action(async (name: string | undefined, { limit }: { readonly limit: number }, self: Command) => {
      const session = openSession(self, context, { logs: 'command' });
      const slots = await withSchedules(session, (deps) => deps.slots.list(name ?? null, limit));
      session.print(session.isJson ? safeJson(slots) : formatSlots(slots));
    });
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
