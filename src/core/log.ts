import { pino, type DestinationStream, type Logger } from 'pino';
import pretty from 'pino-pretty';
import { AppError } from './errors.ts';

export type { Logger } from 'pino';

export interface LogOptions {
  readonly level: string;
  /** Human-readable lines for a terminal instead of JSON. */
  readonly pretty: boolean;
  readonly stream?: DestinationStream;
}

/** At half, the reason at the bottom of a chain could be cut; without a bound, causes in a circle never end. */
const mostCauses = 8;

/** The shape of an error in a log line: its code and facts, no enumerable extras of foreign error classes. */
function serializeError(error: unknown, causesLeft = mostCauses): Record<string, unknown> {
  if (!(error instanceof Error)) return { message: String(error) };
  const own = error instanceof AppError ? { ...error.facts, code: error.code, recovery: error.recovery } : {};
  const hasCause = error.cause !== undefined && causesLeft > 0;
  const cause = hasCause ? { cause: serializeError(error.cause, causesLeft - 1) } : {};
  return { name: error.name, message: error.message, ...own, stack: error.stack, ...cause };
}

/** pino on stderr: standard output belongs to data. */
export function createLogger(options: LogOptions): Logger {
  const destination =
    options.stream ??
    (options.pretty
      ? pretty({ destination: 2, ignore: 'pid,hostname', translateTime: 'HH:MM:ss', sync: true })
      : pino.destination({ dest: 2, sync: true }));
  return pino(
    {
      level: options.level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { err: (err) => serializeError(err), error: (error) => serializeError(error) },
    },
    destination,
  );
}
