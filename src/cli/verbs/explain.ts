import type { Command } from 'commander';
import { addExamples } from '../add-examples.ts';
import type { CliContext } from '../../app/context.ts';
import { parseCount } from '../parse-count.ts';
import { parseOfferId } from '../parse-offer-id.ts';
import { lazily } from '../lazily.ts';

/** `catalog-sync explain OFFER`: the calls, answers, runs and versions behind an offer and its prices. */
export function registerExplain(program: Command, context: CliContext): void {
  const command = program
    .command('explain')
    .description('Show the calls, answers and runs behind an offer and each of its prices.')
    .argument('<offer>', 'id of the offer', parseOfferId)
    .option('--last <number>', 'number of observations and changes to show', parseCount(1, 1000), 20)
    .action(lazily(context, async () => (await import('../actions/explain.ts')).showExplanation));
  addExamples(command, [
    'catalog-sync explain 610947572360',
    'catalog-sync explain 610947572360 --last 100 --json',
  ]);
}
