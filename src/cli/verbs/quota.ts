import { InvalidArgumentError, type Command } from 'commander';
import { addExamples } from '../add-examples.ts';
import type { CliContext } from '../../app/context.ts';
import { parseCount } from '../parse-count.ts';
import { lazily } from '../lazily.ts';

const apiArgument = '<api>';
const apiHelp = "an operation like offer.detail, the name of its API, or '*' for the whole app";
const limitHelp = "an operation like offer.detail, the name of its API, a @group, or '*' for the whole app";
/** Far above any quota, and far below what a sum of them may be in Postgres. */
const maxCalls = 100_000_000;
const periodsHelp = {
  day: 'a day of Asia/Shanghai',
  month: 'a month of Asia/Shanghai',
  minute: 'a minute',
  second: 'a second, evenly spaced',
};

function parseReason(text: string): string {
  const reason = text.trim();
  if (reason !== '' && reason.length <= 200) return reason;
  throw new InvalidArgumentError('Give up to 200 characters.');
}

function addList(parent: Command, context: CliContext): void {
  const command = parent
    .command('list', { isDefault: true })
    .description('Show every limit with the calls that are left, and every hold.')
    .action(lazily(context, async () => (await import('../actions/quota.ts')).showLimits));
  addExamples(command, ['catalog-sync quota', 'catalog-sync quota list --json']);
}

function addSet(parent: Command, context: CliContext): void {
  const command = parent
    .command('set')
    .description('Set a limit for an API or the whole app that has no declared limit.')
    .argument(apiArgument, apiHelp);
  for (const [period, help] of Object.entries(periodsHelp))
    command.option(`--${period} <calls>`, `maximum number of calls ${help}`, parseCount(1, maxCalls));
  command.action(lazily(context, async () => (await import('../actions/quota.ts')).set));
  addExamples(command, [
    'catalog-sync quota set offer.detail --day 300',
    "catalog-sync quota set '*' --second 2 --minute 60",
  ]);
}

function addUnset(parent: Command, context: CliContext): void {
  const command = parent
    .command('unset')
    .description('Remove limits that were set. The limits of the account type apply again.')
    .argument(apiArgument, apiHelp);
  for (const period of Object.keys(periodsHelp))
    command.option(`--${period}`, `remove only the limit for a ${period}`);
  command.action(lazily(context, async () => (await import('../actions/quota.ts')).unset));
  addExamples(command, ['catalog-sync quota unset offer.detail', "catalog-sync quota unset '*' --second"]);
}

function addHold(parent: Command, context: CliContext): void {
  const command = parent
    .command('hold')
    .description('Stop the calls of an API, or all calls, until a person resumes them.')
    .argument(apiArgument, apiHelp)
    .option('--reason <text>', 'reason that other people see', parseReason)
    .action(lazily(context, async () => (await import('../actions/quota.ts')).hold));
  addExamples(command, [
    'catalog-sync quota hold search.image',
    "catalog-sync quota hold '*' --reason 'another program needs the key today'",
  ]);
}

function addResume(parent: Command, context: CliContext): void {
  const command = parent
    .command('resume')
    .description('End a hold. It does not matter who set it.')
    .argument(apiArgument, apiHelp)
    .action(lazily(context, async () => (await import('../actions/quota.ts')).resume));
  addExamples(command, ['catalog-sync quota resume search.image', "catalog-sync quota resume '*'"]);
}

function addExternalVerbs(parent: Command, context: CliContext): void {
  const external = parent
    .command('external')
    .description('Record calls that other programs made with the same key.');
  const command = external
    .command('add')
    .description('Add calls that other programs made today to the counts of the day and the month.')
    .argument(apiArgument, limitHelp)
    .argument('<calls>', 'number of calls', parseCount(1, maxCalls))
    .action(lazily(context, async () => (await import('../actions/quota.ts')).addExternalCalls));
  const examples = ['catalog-sync quota external add offer.detail 40'];
  addExamples(external, examples);
  addExamples(command, examples);
}

function addReconcile(parent: Command, context: CliContext): void {
  const command = parent
    .command('reconcile')
    .description("Set the used calls to the numbers that 1688's console shows.")
    .requiredOption('--api <api>', limitHelp)
    .option('--day <calls>', 'calls that the console shows for today', parseCount(0, maxCalls))
    .option('--month <calls>', 'calls that the console shows for this month', parseCount(0, maxCalls))
    .action(lazily(context, async () => (await import('../actions/quota.ts')).reconcile));
  addExamples(command, ['catalog-sync quota reconcile --api offer.detail --day 320 --month 6100']);
}

/** `catalog-sync quota`: the limits of calls, what is left of them, and all changes to them. */
export function registerQuota(program: Command, context: CliContext): void {
  const command = program
    .command('quota')
    .description(
      'Show call limits and the calls that are left; set limits, hold and resume APIs, correct counts.',
    );
  for (const add of [addList, addSet, addUnset, addHold, addResume, addExternalVerbs, addReconcile])
    add(command, context);
  addExamples(command, [
    'catalog-sync quota --json',
    'catalog-sync quota hold search.image',
    'catalog-sync quota external add offer.detail 40',
  ]);
}
