import { countOf } from '../core/count-of.ts';
import type { Clock } from '../core/clock.ts';
import { truncateToWidth } from './display-width.ts';
import { safeText } from './safe-text.ts';

export interface ProgressState {
  /** What is being done: `searching`, `details` ... */
  readonly label: string;
  readonly callsUsed: number;
  /** Null: no budget but the quota. */
  readonly budgetCalls: number | null;
  readonly offers: number;
  /** Calls a second. */
  readonly ratePerSecond: number;
  /** Null: not known yet. */
  readonly secondsLeft: number | null;
}

export interface Progress {
  update(state: ProgressState): void;
  /** Leaves the last state on a line of its own. */
  done(): void;
}

export interface ProgressStream {
  write(text: string): unknown;
  readonly columns?: number | undefined;
}

export interface ProgressOptions {
  /** True: one line, rewritten. False: a plain line now and then. */
  readonly isTty: boolean;
  readonly clock: Clock;
}

/** Half of it fills cron mails, double of it looks stuck to who follows a log. */
const plainLineEveryMs = 5000;

/** Of a terminal without a known width: none, or 0. */
const usualColumns = 80;

const clearToEndOfLine = '\u001b[K';

function formatDuration(seconds: number): string {
  if (seconds < 90) return `${String(Math.ceil(seconds))} s`;
  if (seconds < 5400) return `${String(Math.round(seconds / 60))} min`;
  return `${(seconds / 3600).toFixed(1)} h`;
}

/** `details: 120 of 500 calls, 4,310 offers, 3.9 calls/s, about 2 min left` */
export function formatProgress(state: ProgressState): string {
  const { callsUsed, budgetCalls } = state;
  const calls =
    budgetCalls === null
      ? countOf(callsUsed, 'call')
      : `${callsUsed.toLocaleString('en')} of ${countOf(budgetCalls, 'call')}`;
  const parts = [
    `${safeText(state.label)}: ${calls}`,
    countOf(state.offers, 'offer'),
    `${state.ratePerSecond.toFixed(1)} calls/s`,
  ];
  if (state.secondsLeft !== null) parts.push(`about ${formatDuration(state.secondsLeft)} left`);
  return parts.join(', ');
}

/** Something that gets on, as one line of text. */
export interface LineProgress {
  update(line: string): void;
  /** Leaves the last line on a line of its own. */
  done(): void;
}

function createTtyLine(stream: ProgressStream): LineProgress {
  let isOpen = false;
  return {
    update: (text) => {
      isOpen = true;
      const columns = stream.columns ?? 0;
      const line = truncateToWidth(text, (columns > 0 ? columns : usualColumns) - 1);
      stream.write(`\r${line}${clearToEndOfLine}`);
    },
    done: () => {
      if (isOpen) stream.write('\n');
      isOpen = false;
    },
  };
}

function createPlainLines(stream: ProgressStream, clock: Clock): LineProgress {
  let lastWrittenMs = Number.NEGATIVE_INFINITY;
  let unwritten: string | null = null;
  const write = (line: string) => {
    lastWrittenMs = clock.now().getTime();
    unwritten = null;
    stream.write(`${line}\n`);
  };
  return {
    update: (line) => {
      if (clock.now().getTime() - lastWrittenMs >= plainLineEveryMs) write(line);
      else unwritten = line;
    },
    done: () => {
      if (unwritten !== null) write(unwritten);
    },
  };
}

/** One rewritten line on a terminal, sparse plain lines anywhere else; nothing when it is to be quiet. */
export function createLineProgress(
  stream: ProgressStream,
  { isTty, clock, isQuiet }: ProgressOptions & { readonly isQuiet: boolean },
): LineProgress {
  if (isQuiet) return { update: () => undefined, done: () => undefined };
  return isTty ? createTtyLine(stream) : createPlainLines(stream, clock);
}

/** Shows how a run gets on: one rewritten line on a terminal, sparse plain lines anywhere else. */
export function createProgress(stream: ProgressStream, options: ProgressOptions): Progress {
  const line = createLineProgress(stream, { ...options, isQuiet: false });
  return { update: (state) => line.update(formatProgress(state)), done: () => line.done() };
}

/** For `--quiet`. */
export const silentProgress: Progress = { update: () => undefined, done: () => undefined };
