import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { Command, InvalidArgumentError, Option } from 'commander';
import { logLevels } from '../core/log-levels.ts';
import { productVersion } from '../core/product-version.ts';
import { spellCommands } from '../core/spell-commands.ts';
import { addExamples } from './add-examples.ts';
import { nearestKey } from '../config/nearest-key.ts';
import type { CliContext } from '../app/context.ts';
import { registerAuth } from './verbs/auth.ts';
import { registerCompletion } from './verbs/completion.ts';
import { registerDemo } from './verbs/demo.ts';
import { registerDoctor } from './verbs/doctor.ts';
import { registerEraseSeller } from './verbs/erase-seller.ts';
import { registerExplain } from './verbs/explain.ts';
import { registerExport } from './verbs/export.ts';
import { registerInit } from './verbs/init.ts';
import { registerMigrate } from './verbs/migrate.ts';
import { registerNotify } from './verbs/notify.ts';
import { registerPermissions } from './verbs/permissions.ts';
import { registerPlan } from './verbs/plan.ts';
import { registerQuarantine } from './verbs/quarantine.ts';
import { registerQuota } from './verbs/quota.ts';
import { registerRecord } from './verbs/record.ts';
import { registerReprocess } from './verbs/reprocess.ts';
import { registerRetry } from './verbs/retry.ts';
import { registerSandbox } from './verbs/sandbox.ts';
import { registerSchedule } from './verbs/schedule.ts';
import { registerServe } from './verbs/serve.ts';
import { registerSql } from './verbs/sql.ts';
import { registerStatus } from './verbs/status.ts';
import { registerSync } from './verbs/sync.ts';
import { registerTrackers } from './verbs/trackers.ts';
import { registerWatch } from './verbs/watch.ts';
import { registerWeb } from './verbs/web.ts';
import { registerWorker } from './verbs/worker.ts';

const verbs = [
  registerAuth,
  registerCompletion,
  registerDemo,
  registerDoctor,
  registerEraseSeller,
  registerExplain,
  registerExport,
  registerInit,
  registerMigrate,
  registerNotify,
  registerPermissions,
  registerPlan,
  registerQuarantine,
  registerQuota,
  registerRecord,
  registerReprocess,
  registerRetry,
  registerSandbox,
  registerSchedule,
  registerServe,
  registerSql,
  registerStatus,
  registerSync,
  registerTrackers,
  registerWatch,
  registerWeb,
  registerWorker,
];

function parseProjectDir(cwd: string, dir: string): string {
  const path = resolve(cwd, dir);
  if (!statSync(path, { throwIfNoEntry: false })?.isDirectory()) {
    throw new InvalidArgumentError('There is no such folder.');
  }
  return path;
}

function addGlobalFlags(program: Command, context: CliContext): void {
  program
    .option(
      '--project <dir>',
      'folder with catalog-sync.yaml, .env files and the embedded database',
      (dir) => parseProjectDir(context.cwd, dir),
      context.cwd,
    )
    .option('--json', 'print data as JSON')
    .option('--quiet', 'print errors only, no progress and no notes')
    .addOption(new Option('--log-level <level>', 'how much to log on stderr').choices(logLevels));
}

/** A word that is no command is not an argument too many of the command that runs when none is named. */
function refuseUnknownCommands(group: Command): void {
  group.hook('preSubcommand', ({ args: [word], commands }) => {
    const names = commands.map((command) => command.name());
    if (word === undefined || word.startsWith('-') || names.includes(word)) return;
    const nearest = nearestKey(word, names) ?? 'help';
    group.error(`error: unknown command '${word}' of '${group.name()}'\n(Did you mean ${nearest}?)`, {
      code: 'commander.unknownCommand',
      exitCode: 1,
    });
  });
}

/** The command line: every verb, its flags and its help. Reads nothing and starts nothing until it is parsed. */
export function createProgram(context: CliContext): Command {
  const program = new Command('catalog-sync')
    .description('Scheduled catalog sync for 1688.com, within the approved call quota.')
    .version(productVersion(), '--version')
    .showHelpAfterError('Add --help for flags and examples.')
    .configureHelp({ showGlobalOptions: true, sortSubcommands: true })
    .configureOutput({
      writeOut: (text) => void context.stdout.write(spellCommands(text, context.command)),
      writeErr: (text) => void context.stderr.write(text),
      getOutHelpWidth: () => context.stdout.columns ?? 100,
      getErrHelpWidth: () => context.stderr.columns ?? 100,
    })
    .exitOverride();
  addGlobalFlags(program, context);
  addExamples(program, [
    'catalog-sync serve --sandbox',
    'catalog-sync init',
    'catalog-sync doctor --offline',
    'catalog-sync sync --help',
  ]);
  for (const register of verbs) register(program, context);
  for (const group of program.commands.filter(({ commands }) => commands.length > 0))
    refuseUnknownCommands(group);
  return program;
}
