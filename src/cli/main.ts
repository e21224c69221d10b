import { CommanderError } from 'commander';
import { systemClock } from '../core/clock.ts';
import { processEnvironment } from '../config/process-environment.ts';
import { exitCodes, type ExitCode } from '../core/exit-codes.ts';
import type { CliContext } from '../app/context.ts';
import { createProgram } from './program.ts';
import type { OutputStream } from '../terminal/output-stream.ts';
import { reportError } from '../terminal/report-error.ts';

/** Says what was thrown, and gives the exit code. What knows errors of the database is loaded by who has one only. */
async function report(thrown: unknown, stderr: OutputStream): Promise<ExitCode> {
  const { toDatabaseError } = await import('../db/database-error.ts');
  return reportError(toDatabaseError(thrown), stderr);
}

/**
 * Runs one command line (without `node` and the script) and gives its exit code. Never throws: errors
 * are on stderr.
 */
export async function runCli(args: readonly string[], context: CliContext): Promise<ExitCode> {
  try {
    await createProgram(context).parseAsync(args, { from: 'user' });
    return context.exitCode;
  } catch (error) {
    // Commander has printed the error on stderr; help and version are not errors.
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.succeeded : exitCodes.usage;
    return report(error, context.stderr);
  }
}

/**
 * A reader that left (`catalog-sync sql ... | head`) is not an error. Node keeps the standard streams usable after
 * one, so this must be remembered here.
 */
function watchReader(stream: NodeJS.WriteStream): AbortSignal {
  const gone = new AbortController();
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    gone.abort();
  });
  return gone.signal;
}

/** What is left alone when the time is up must not keep the process: at double, a deadline would be missed by a second. */
const leaveAfterMs = 300;

/** The command line of this process. Sets its exit code; what is still open then keeps it for a moment only. */
export async function main(): Promise<void> {
  const { stdout, stderr, stdin } = process;
  watchReader(stderr);
  for (const event of ['uncaughtException', 'unhandledRejection'] as const) {
    process.on(event, (reason: unknown) => void report(reason, stderr).then((code) => process.exit(code)));
  }
  const env = processEnvironment();
  process.exitCode = await runCli(process.argv.slice(2), {
    stdout,
    stdoutGone: watchReader(stdout),
    stderr,
    stdin,
    isTty: {
      stdin: stdin.isTTY,
      stdout: stdout.isTTY,
      // A dumb terminal can't rewrite a line.
      stderr: stderr.isTTY && env['TERM'] !== 'dumb',
    },
    env,
    clock: systemClock,
    cwd: process.cwd(),
    startedAtMs: 0,
    signals: process,
    exitCode: exitCodes.succeeded,
  });
  setTimeout(() => process.exit(), leaveAfterMs).unref();
}
