import type { Command } from 'commander';
import { addExamples } from '../add-examples.ts';
import type { CliContext } from '../../app/context.ts';
import { parseCount } from '../parse-count.ts';
import { parseDay } from '../permissions/parse-day.ts';
import { parseDeclaredState } from '../../health/permissions/declared-states.ts';
import { lazily } from '../lazily.ts';

const stateFlag = '--state <state>';
const stateHelp = 'state that the console shows: not_applied, pending, under_review, granted or rejected';
const calls = parseCount(1, 1_000_000_000);

function addSet(parent: Command, context: CliContext): void {
  const command = parent
    .command('set')
    .description("Declare the state of one API in 1688's console, and the volumes that 1688 approved.")
    .argument('<operation>', 'operation as listed by `permissions`, or the name of its API')
    .requiredOption(stateFlag, stateHelp, parseDeclaredState)
    .option('--on <day>', 'first day of this state, in Chinese time; default: today', parseDay)
    .option('--daily <calls>', 'approved calls a day, with --state granted', calls)
    .option('--monthly <calls>', 'approved calls a month, with --state granted', calls)
    .action(lazily(context, async () => (await import('../actions/permissions.ts')).setPermission));
  addExamples(command, [
    'catalog-sync permissions set search.keyword --state pending --on 2026-11-20',
    'catalog-sync permissions set search.keyword --state granted --daily 500 --monthly 15000',
  ]);
}

function addApp(parent: Command, context: CliContext): void {
  const command = parent
    .command('app')
    .description("Declare the state of the application itself in 1688's console.")
    .requiredOption(stateFlag, stateHelp, parseDeclaredState)
    .option('--on <day>', 'first day of this state, in Chinese time; default: today', parseDay)
    .action(lazily(context, async () => (await import('../actions/permissions.ts')).setApplication));
  addExamples(command, ['catalog-sync permissions app --state under_review --on 2026-11-20']);
}

function addResume(parent: Command, context: CliContext): void {
  const command = parent
    .command('resume')
    .description('End the hold of an API. The next run tries it with one call first.')
    .argument('<operation>', 'operation as listed by `permissions`, or the name of its API')
    .action(lazily(context, async () => (await import('../actions/permissions.ts')).resumeApi));
  addExamples(command, ['catalog-sync permissions resume offer.detail']);
}

function addApply(parent: Command, context: CliContext): void {
  const command = parent
    .command('apply')
    .description("Print in Chinese what to paste into 1688's form for each API that catalog-sync.yaml needs.")
    .argument('[operation]', 'operation as listed by `permissions`, or the name of its API; default: all')
    .action(lazily(context, async () => (await import('../actions/permissions.ts')).printForms));
  addExamples(command, [
    'catalog-sync permissions apply',
    'catalog-sync permissions apply offer.detail --json',
  ]);
}

function addList(parent: Command, context: CliContext): void {
  const command = parent
    .command('list', { isDefault: true })
    .description('Show for every API the declared state, the state that calls showed, and what to do.')
    .action(lazily(context, async () => (await import('../actions/permissions.ts')).showPermissions));
  addExamples(command, ['catalog-sync permissions', 'catalog-sync permissions list --json']);
}

/** `catalog-sync permissions`: the permissions of the app, as declared and as observed. */
export function registerPermissions(program: Command, context: CliContext): void {
  const command = program
    .command('permissions')
    .description('Show which APIs 1688 granted and what to do; declare permissions and resume APIs.');
  for (const add of [addList, addApply, addSet, addApp, addResume]) add(command, context);
  addExamples(command, [
    'catalog-sync permissions --json',
    'catalog-sync permissions set search.keyword --state granted --daily 500',
  ]);
}
