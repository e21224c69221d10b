import { InvalidArgumentError, type Command } from 'commander';
import { addExamples } from '../add-examples.ts';
import type { CliContext } from '../../app/context.ts';
import { parseCount } from '../parse-count.ts';
import { printAnswer, type QuotaAnswer } from '../quota/answer.ts';
import { setLimits, unsetLimits, type OpenWithFile, type PeriodNumbers } from '../quota/change-limits.ts';
import { addExternal, reconcileCounts, type ConsoleNumbers } from '../quota/correct-counts.ts';
import { formatQuota } from '../quota/format-quota.ts';
import { holdCalls, resumeCalls } from '../quota/hold-calls.ts';
import { withQuota, type OpenQuota } from '../quota/open-quota.ts';
import { readQuota } from '../quota/read-quota.ts';
import { openSession } from '../../app/session.ts';
import { safeJson } from '../../terminal/safe-text.ts';

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

/** Opens the project's quota, changes it, and prints the result. */
async function change(
  self: Command,
  context: CliContext,
  work: (open: OpenQuota) => Promise<QuotaAnswer>,
): Promise<void> {
  const session = openSession(self, context, { logs: 'command' });
  printAnswer(session, await withQuota(session, work));
}

/** As `change`, for what depends on the sync file. @throws AppError CONFIG_FILE_INVALID when there is none */
async function changeWithFile(
  self: Command,
  context: CliContext,
  work: (open: OpenWithFile) => Promise<QuotaAnswer>,
): Promise<void> {
  const session = openSession(self, context, { logs: 'command' });
  const sync = session.readSyncConfig();
  printAnswer(session, await withQuota(session, (open) => work({ ...open, sync })));
}

function addList(parent: Command, context: CliContext): void {
  const command = parent
    .command('list', { isDefault: true })
    .description('Show every limit with the calls that are left, and every hold.')
    .action(async (_flags: unknown, self: Command) => {
      const session = openSession(self, context, { logs: 'command' });
      const overview = await withQuota(session, readQuota);
      const width = context.stdout.columns ?? null;
      session.print(session.isJson ? safeJson(overview) : formatQuota(overview, width));
    });
  addExamples(command, ['catalog-sync quota', 'catalog-sync quota list --json']);
}

function addSet(parent: Command, context: CliContext): void {
  const command = parent
    .command('set')
    .description('Set a limit for an API or the whole app that has no declared limit.')
    .argument(apiArgument, apiHelp);
  for (const [period, help] of Object.entries(periodsHelp))
    command.option(`--${period} <calls>`, `maximum number of calls ${help}`, parseCount(1, maxCalls));
  command.action((text: string, numbers: PeriodNumbers, self: Command) =>
    changeWithFile(self, context, (open) => setLimits(open, text, numbers, self)),
  );
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
  command.action((text: string, chosen: Partial<Record<keyof typeof periodsHelp, true>>, self: Command) => {
    const periods = (Object.keys(periodsHelp) as (keyof typeof periodsHelp)[]).filter(
      (period) => chosen[period],
    );
    return changeWithFile(self, context, (open) => unsetLimits(open, text, periods, self));
  });
  addExamples(command, ['catalog-sync quota unset offer.detail', "catalog-sync quota unset '*' --second"]);
}

function addHold(parent: Command, context: CliContext): void {
  const command = parent
    .command('hold')
    .description('Stop the calls of an API, or all calls, until a person resumes them.')
    .argument(apiArgument, apiHelp)
    .option('--reason <text>', 'reason that other people see', parseReason)
    .action((text: string, { reason }: { readonly reason?: string }, self: Command) =>
      change(self, context, (open) => holdCalls(open, text, reason ?? null, self)),
    );
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
    .action((text: string, _flags: unknown, self: Command) =>
      change(self, context, (open) => resumeCalls(open, text, self)),
    );
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
    .action((text: string, calls: number, _flags: unknown, self: Command) =>
      change(self, context, (open) => addExternal(open, text, calls, self)),
    );
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
    .action((flags: ConsoleNumbers & { readonly api: string }, self: Command) =>
      change(self, context, (open) => reconcileCounts(open, flags.api, flags, self)),
    );
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
