import { Option, type Command } from 'commander';
import { addExamples } from '../add-examples.ts';
import type { CliContext } from '../../app/context.ts';
import { parseCalls, parseCount } from '../parse-count.ts';
import { parseWhatIf } from '../parse-what-if.ts';
import { lazily } from '../lazily.ts';

/** `catalog-sync plan`: what catalog-sync.yaml will cost in calls, before any is made. */
export function registerPlan(program: Command, context: CliContext): void {
  const command = program
    .command('plan')
    .description(
      'Estimate calls, duration and data age from catalog-sync.yaml and the database. Makes no call.',
    )
    .option('--feed <name>', 'only this feed of catalog-sync.yaml')
    .option('--budget <calls>', 'exit 5 when more calls are due for the next run', parseCalls)
    .option('--yes', 'exit 0 even when more calls are due than the budget allows')
    .addOption(
      new Option(
        '--what-if <operation=limits>',
        'show data ages and calls with other daily limits; repeat for every combination with another operation',
      )
        .argParser(parseWhatIf)
        .conflicts('monthly'),
    )
    .option('--days <n>', 'how many days --what-if looks ahead; default 10', parseCount(1, 60))
    .option('--monthly', 'show the call volumes to apply for; uses only catalog-sync.yaml')
    .action(lazily(context, async () => (await import('../actions/plan.ts')).showPlan));
  addExamples(command, [
    'catalog-sync plan',
    'catalog-sync plan --feed shoes --budget 200',
    'catalog-sync plan --what-if offer.detail=500,1000,2000',
    'catalog-sync plan --monthly',
    'catalog-sync plan --json',
  ]);
}
