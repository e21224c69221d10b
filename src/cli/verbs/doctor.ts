import { Option, type Command } from 'commander';
import { addExamples } from '../add-examples.ts';
import type { CliContext } from '../../app/context.ts';
import { lazily } from '../lazily.ts';

/** `catalog-sync doctor`: checks everything that a sync needs, and prints what to correct. */
export function registerDoctor(program: Command, context: CliContext): void {
  const command = program
    .command('doctor')
    .description('Check settings, sync file, database, token and gateway, and say what to do next.')
    .addOption(new Option('--offline', 'make no call to the gateway').conflicts(['yes', 'probe', 'contract']))
    .option('--probe', 'also call once each API whose permission is not known')
    .addOption(
      new Option(
        '--contract',
        'compare the form of answers with what is assumed of 1688, and write contract-report.json',
      ).conflicts('probe'),
    )
    .option('--yes', 'make the calls without asking: two, with --probe up to six, with --contract up to ten')
    .option('--all', 'on a terminal, also show each check that is fine; elsewhere all are shown')
    .action(lazily(context, async () => (await import('../actions/doctor.ts')).doctor));
  addExamples(command, [
    'catalog-sync doctor --offline',
    'catalog-sync doctor --probe',
    'catalog-sync doctor --contract',
    'catalog-sync doctor --yes --json',
    'catalog-sync doctor --project /srv/catalog',
  ]);
}
