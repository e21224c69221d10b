import { CommanderError, type Command } from 'commander';
import { systemClock } from '../core/clock.ts';
import { processEnvironment } from '../config/process-environment.ts';
import { describeNoProject, isProject } from '../config/project-folder.ts';
import { AppError } from '../core/errors.ts';
import { exitCodes, type ExitCode } from '../core/exit-codes.ts';
import { commandFor } from '../app/command-for.ts';
import type { CliContext } from '../app/context.ts';
import { nameCommand } from './name-command.ts';
import { createProgram } from './program.ts';
import type { OutputStream } from '../terminal/output-stream.ts';
import { reportError } from '../terminal/report-error.ts';

/** Says what was thrown, and gives the exit code. What knows errors of the database is loaded by who has one only. */
async function report(thrown: unknown, stderr: OutputStream, command?: string): Promise<ExitCode> {
  const { toDatabaseError } = await import('../db/database-error.ts');
  return reportError(toDatabaseError(thrown), stderr, command);
}

/** Errors that a folder which is not the project's has, too. */
const folderCodes: ReadonlySet<string> = new Set([
  ...[
    'AUTH_TOKEN_MISSING',
    'CREDENTIALS_MISSING',
    'DATABASE_NOT_MIGRATED',
    'DATABASE_NOT_THERE',
    'NOTIFY_NOT_SET',
  ],
  'PROJECT_NOT_WRITABLE',
]);

/** Says what was thrown by a command line, and that its folder may be the wrong one, as that of cron. */
async function reportOf(program: Command, thrown: unknown, context: CliContext): Promise<ExitCode> {
  const { project } = program.opts<{ project: string }>();
  const exitCode = await report(thrown, context.stderr, commandFor(context, project));
  const mayBeElsewhere = thrown instanceof AppError && folderCodes.has(thrown.code);
  if (mayBeElsewhere && !isProject(project)) context.stderr.write(`${describeNoProject(project)}\n`);
  return exitCode;
}

/**
 * Runs one command line (without `node` and the script) and gives its exit code. Never throws: errors
 * are on stderr.
 */
export async function runCli(args: readonly string[], context: CliContext): Promise<ExitCode> {
  const program = createProgram(context);
  try {
    await program.parseAsync(args, { from: 'user' });
    return context.exitCode;
  } catch (error) {
    // Commander has printed the error on stderr; help and version are not errors.
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.succeeded : exitCodes.usage;
    return reportOf(program, error, context);
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
    command: nameCommand({ script: process.argv[1] ?? '', cwd: process.cwd(), env }),
    startedAtMs: 0,
    signals: process,
    exitCode: exitCodes.succeeded,
  });
  setTimeout(() => process.exit(), leaveAfterMs).unref();
}
