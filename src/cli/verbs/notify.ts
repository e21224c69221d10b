import type { Command } from 'commander';
import { addExamples } from '../add-examples.ts';
import type { CliContext } from '../../app/context.ts';
import { lazily } from '../lazily.ts';

function addTest(parent: Command, context: CliContext): void {
  const command = parent
    .command('test')
    .description('Send a test message and show the response of the receiver. Needs no database.')
    .action(lazily(context, async () => (await import('../actions/notify.ts')).sendTest));
  addExamples(command, ['catalog-sync notify test', 'catalog-sync notify test --json']);
}

/** `catalog-sync notify`: whether the webhook that is set works. */
export function registerNotify(program: Command, context: CliContext): void {
  const command = program.command('notify').description('Send a test notification to the webhook.');
  addTest(command, context);
  addExamples(command, ['catalog-sync notify test']);
}
