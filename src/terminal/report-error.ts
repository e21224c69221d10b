import { toAppError, type AppError } from '../core/errors.ts';
import { exitCodes, type ExitCode } from '../core/exit-codes.ts';
import type { OutputStream } from '../app/context.ts';
import { safeLines } from './safe-text.ts';

/** Halts that a person ends by correcting settings or credentials, as opposed to the state of the data. */
const configurationCode =
  /^(CONFIG|CREDENTIALS|AUTH|TOKEN|GATEWAY|SCHEDULE|NOTIFY)_|^DATABASE_(REFUSED|TOO_OLD|OTHER_SOURCE)$/;

/** 4 for configuration and credentials, 1 for anything else. */
export function exitCodeOf(error: AppError): ExitCode {
  const isConfiguration = error.recovery === 'halt' && configurationCode.test(error.code);
  return isConfiguration ? exitCodes.configuration : exitCodes.failed;
}

/**
 * Says what happened and what to do on stderr, and gives the exit code. Our own defects come with their stack,
 * since nobody could report them without it.
 */
export function reportError(thrown: unknown, stderr: OutputStream): ExitCode {
  const error = toAppError(thrown);
  const lines = [`error ${error.code}: ${error.message}`, `what to do: ${error.kind.remedy}`];
  if (error.code === 'INTERNAL' && thrown instanceof Error && thrown.stack) lines.push(thrown.stack);
  stderr.write(`${safeLines(lines.join('\n'))}\n`);
  return exitCodeOf(error);
}
