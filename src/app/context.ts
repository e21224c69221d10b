import type { Clock } from '../core/clock.ts';
import type { Environment } from '../config/environment.ts';
import type { ExitCode } from '../core/exit-codes.ts';
import type { OutputStream } from '../terminal/output-stream.ts';

/** The world as verbs see it, so that a test can run one without a process. */
export interface CliContext {
  /** Data only. */
  readonly stdout: OutputStream;
  /** Aborts when the reader of stdout is gone (`| head`): further output is discarded. Absent: never. */
  readonly stdoutGone?: AbortSignal;
  /** Talk: progress, logs, errors. */
  readonly stderr: OutputStream;
  readonly stdin: NodeJS.ReadableStream;
  readonly isTty: { readonly stdin: boolean; readonly stdout: boolean; readonly stderr: boolean };
  readonly env: Environment;
  readonly clock: Clock;
  readonly cwd: string;
  /** How the user starts this program, such as `node bin/catalog-sync.js`. */
  readonly command: string;
  /** When the process started, as `performance.now()` counts. */
  readonly startedAtMs: number;
  /** Where SIGTERM and SIGINT arrive. */
  readonly signals: NodeJS.EventEmitter;
  /** What the process will exit with; verbs set it. */
  exitCode: ExitCode;
}
