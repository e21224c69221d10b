import type { Command } from 'commander';
import type { CliContext } from '../../app/context.ts';
import { formatCompletion, type Shell } from '../completion/format-completion.ts';

/** Prints the script by which a shell completes commands and flags. */
export async function printCompletion(
  { stdout }: CliContext,
  shell: Shell,
  _flags: unknown,
  self: Command,
): Promise<void> {
  stdout.write(`${formatCompletion(self.parent ?? self, shell)}\n`);
}
