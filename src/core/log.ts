import { pino, type DestinationStream, type Logger } from 'pino';
import pretty from 'pino-pretty';
import { systemClock } from './clock.ts';
import { AppError, coreErrors, errorMessage } from './errors.ts';

export type { Logger } from 'pino';

export interface LogOptions {
  readonly level: string;
  /** Human-readable lines for a terminal instead of JSON. */
  readonly pretty: boolean;
  readonly stream?: DestinationStream;
}

/** At half, the reason at the bottom of a chain could be cut; without a bound, causes in a circle never end. */
const maxCauses = 8;

/** The shape of an error in a log line: its code and facts, no enumerable extras of foreign error classes. */
function serializeError(error: unknown, causesLeft = maxCauses): Record<string, unknown> {
  if (!(error instanceof Error)) return { message: String(error) };
  const own = error instanceof AppError ? { ...error.facts, code: error.code, recovery: error.recovery } : {};
  const hasCause = error.cause !== undefined && causesLeft > 0;
  const cause = hasCause ? { cause: serializeError(error.cause, causesLeft - 1) } : {};
  return { name: error.name, message: error.message, ...own, stack: error.stack, ...cause };
}

/** The messages of the chain of causes, the nearest first. */
function causesOf(error: Error): string {
  const messages: string[] = [];
  for (let at = error.cause; at !== undefined && messages.length < maxCauses;) {
    messages.push(errorMessage(at));
    at = at instanceof Error ? at.cause : undefined;
  }
  return messages.join('; ');
}

/**
 * The shape of an error in a line for people: where the code is known, what to do about it says more than a stack.
 * Defects keep theirs.
 */
function serializeForPeople(error: unknown): Record<string, unknown> {
  if (!(error instanceof AppError) || error.kind === coreErrors.INTERNAL) return serializeError(error);
  const { code, message, kind } = error;
  const because = causesOf(error);
  return { code, message, ...(because === '' ? {} : { because }), remedy: kind.remedy };
}

/**
 * What can lie on a terminal and JSON does not escape: C1 controls, DEL, and the marks that end lines or reorder
 * text. Errors of others quote what sellers wrote.
 */
const unsafe = /[\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

function escapeUnsafe(line: string): string {
  return line.replace(unsafe, (mark) => `\\u${mark.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** For pino-pretty, which would undo an escape; the C0 controls it handles itself. */
function replaceUnsafe(line: string): string {
  return line.replace(unsafe, '\ufffd');
}

/** A line for each thing that happened, also on a terminal; only errors take more. */
export const prettyLines = {
  ignore: 'pid,hostname',
  translateTime: 'HH:MM:ss',
  singleLine: true,
} as const;

/** At half, an outage fills disks; at double, its end is seen later. */
const outageLineEveryMs = 1000;

/** Whether a warning repeats an outage that the log has a line of within the last second. */
function createRepeatCheck(): (fields: unknown) => boolean {
  const writtenAtMs = new Map<string, number>();
  return (fields) => {
    const err = typeof fields === 'object' && fields !== null && 'err' in fields ? fields.err : null;
    if (!(err instanceof AppError) || err.kind.isOutage !== true) return false;
    const nowMs = systemClock.now().getTime();
    const passedMs = nowMs - (writtenAtMs.get(err.code) ?? Number.NEGATIVE_INFINITY);
    // A clock that was set back must not silence the log.
    if (passedMs >= 0 && passedMs < outageLineEveryMs) return true;
    writtenAtMs.set(err.code, nowMs);
    return false;
  };
}

/** pino on stderr: standard output belongs to data. Of an outage it has one warning a second and code. */
export function createLogger(options: LogOptions): Logger {
  const destination =
    options.stream ??
    (options.pretty
      ? pretty({ ...prettyLines, destination: 2, sync: true })
      : pino.destination({ dest: 2, sync: true }));
  // pino gives serializers more than the value.
  const serialize = options.pretty ? serializeForPeople : (error: unknown) => serializeError(error);
  const isRepeat = createRepeatCheck();
  return pino(
    {
      level: options.level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      hooks: {
        streamWrite: options.pretty ? replaceUnsafe : escapeUnsafe,
        logMethod(input, method, level) {
          if (level !== pino.levels.values['warn'] || !isRepeat(input[0])) method.apply(this, input);
        },
      },
      formatters: { level: (label) => ({ level: label }) },
      serializers: { err: serialize, error: serialize },
    },
    destination,
  );
}
