import type { Command } from 'commander';
import { addExamples } from '../add-examples.ts';
import type { CliContext } from '../../app/context.ts';
import { parseCount } from '../parse-count.ts';
import {
  declareApi,
  declaredDay,
  findApi,
  parseDay,
  type DeclareFlags,
} from '../permissions/declare-permission.ts';
import { parseDeclaredState } from '../../health/permissions/declared-states.ts';
import { formatPermissions } from '../permissions/format-permissions.ts';
import { listPermissions } from '../../health/permissions/list-permissions.ts';
import { withPermissions } from '../permissions/open-permissions.ts';
import { shanghaiDay } from '../../core/shanghai-time.ts';
import { openSession } from '../../app/session.ts';
import { safeJson } from '../../terminal/safe-text.ts';

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
    .action(async (name: string, flags: DeclareFlags, self: Command) => {
      if (flags.state !== 'granted' && (flags.daily ?? flags.monthly) !== undefined) {
        self.error('error: --daily and --monthly are what was approved: give them with --state granted');
      }
      const session = openSession(self, context, { logs: 'command' });
      const said = await withPermissions(session, async (open) => {
        const on = await declaredDay(open, flags.on, self);
        return declareApi(open, findApi(open, name, self), { ...flags, on });
      });
      for (const line of said) session.talk(line);
    });
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
    .action(async (flags: Pick<DeclareFlags, 'state' | 'on'>, self: Command) => {
      const session = openSession(self, context, { logs: 'command' });
      const on = await withPermissions(session, async (open) => {
        const declaredAt = await declaredDay(open, flags.on, self);
        await open.permissions.declareApplication({ declared: flags.state, declaredAt });
        return declaredAt;
      });
      session.talk(`The application is declared ${flags.state} since ${shanghaiDay(on)}.`);
    });
  addExamples(command, ['catalog-sync permissions app --state under_review --on 2026-11-20']);
}

function addResume(parent: Command, context: CliContext): void {
  const command = parent
    .command('resume')
    .description('End the hold of an API. The next run tries it with one call first.')
    .argument('<operation>', 'operation as listed by `permissions`, or the name of its API')
    .action(async (name: string, _flags: unknown, self: Command) => {
      const session = openSession(self, context, { logs: 'command' });
      const { operation, wasHeld } = await withPermissions(session, async (open) => {
        const granted = findApi(open, name, self);
        return { operation: granted.operation, wasHeld: await open.quota.resumeApi(granted.api) };
      });
      session.talk(wasHeld ? `${operation} is no longer held.` : `${operation} was not held.`);
    });
  addExamples(command, ['catalog-sync permissions resume offer.detail']);
}

function addList(parent: Command, context: CliContext): void {
  const command = parent
    .command('list', { isDefault: true })
    .description('Show for every API the declared state, the state that calls showed, and what to do.')
    .action(async (_flags: unknown, self: Command) => {
      const session = openSession(self, context, { logs: 'command' });
      const report = await withPermissions(session, listPermissions);
      const width = context.stdout.columns ?? null;
      session.print(session.isJson ? safeJson(report) : formatPermissions(report, width));
    });
  addExamples(command, ['catalog-sync permissions', 'catalog-sync permissions list --json']);
}

/** `catalog-sync permissions`: the permissions of the app, as declared and as observed. */
export function registerPermissions(program: Command, context: CliContext): void {
  const command = program
    .command('permissions')
    .description('Show which APIs 1688 granted and what to do; declare permissions and resume APIs.');
  for (const add of [addList, addSet, addApp, addResume]) add(command, context);
  addExamples(command, [
    'catalog-sync permissions --json',
    'catalog-sync permissions set search.keyword --state granted --daily 500',
  ]);
}
