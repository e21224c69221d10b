import { toAppError } from '../core/errors.ts';
import { exitCodeOf } from '../core/exit-code-of.ts';
import type { ExitCode } from '../core/exit-codes.ts';
import { spellCommands } from '../core/spell-commands.ts';
import type { OutputStream } from './output-stream.ts';
import { safeLines } from './safe-text.ts';

/**
 * Says what happened and what to do on stderr, and gives the exit code. Our own defects come with their stack,
 * since nobody could report them without it.
 *
 * @param command how the user starts the program
 */
export function reportError(thrown: unknown, stderr: OutputStream, command = 'catalog-sync'): ExitCode {
  const error = toAppError(thrown);
  const lines = [`error ${error.code}: ${error.message}`, `what to do: ${error.kind.remedy}`];
  if (error.code === 'INTERNAL' && thrown instanceof Error && thrown.stack) lines.push(thrown.stack);
  stderr.write(`${spellCommands(safeLines(lines.join('\n')), command)}\n`);
  return exitCodeOf(error);
}
