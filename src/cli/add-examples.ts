import type { Command } from 'commander';

/** Ends a verb's help with commands that can be typed as they are. */
export function addExamples(command: Command, examples: readonly string[]): Command {
  return command.addHelpText('after', ['', 'Examples:', ...examples.map((line) => `  $ ${line}`)].join('\n'));
}
