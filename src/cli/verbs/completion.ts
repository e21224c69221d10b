import { Argument, type Command } from 'commander';
import { addExamples } from '../add-examples.ts';
import type { CliContext } from '../../app/context.ts';
import { lazily } from '../lazily.ts';

/** `catalog-sync completion SHELL`: a script by which a shell completes commands and flags. */
export function registerCompletion(program: Command, context: CliContext): void {
  const command = program
    .command('completion')
    .description('Print a script by which bash or zsh completes commands and flags.')
    .addArgument(new Argument('<shell>', 'shell that reads the script').choices(['bash', 'zsh']))
    .action(lazily(context, async () => (await import('../actions/completion.ts')).printCompletion));
  addExamples(command, [
    'catalog-sync completion bash > /etc/bash_completion.d/catalog-sync',
    'catalog-sync completion zsh > ~/.catalog-sync.zsh',
  ]);
}
