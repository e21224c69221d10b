import type { Origin } from '../core/errors.ts';

export type { Origin } from '../core/errors.ts';

/**
 * Something that people who run the product should know, wherever they are told.
 *
 * - `act`: a person is needed
 * - `warn`: it goes on by itself, for now; somebody should look
 * - `note`: how things stand; the pages show it, no notification is sent
 */
export type Severity = 'act' | 'warn' | 'note';

/** What can be wrong; each is a section of docs/health.md. */
export const healthIssueIds = [
  'setup',
  'database',
  'worker-failing',
  'worker-lost',
  'run',
  'run-alone',
  'run-late',
  'run-missed',
  'hold',
  'log-in',
  'quota-low',
  'quota-unknown',
  'calls-unknown',
  'no-answers',
  'answers-unloaded',
  'drift',
  'category-unknown',
  'partitions',
  'undelivered',
  'used-up',
  'count',
] as const;

export type HealthIssueId = (typeof healthIssueIds)[number];

export interface HealthIssue {
  readonly id: HealthIssueId;
  /** What it is about: the same issue has the same key each time it is looked for, as in `hold:*:HELD_BY_HAND`. */
  readonly key: string;
  /** `state`: it lasts until it is mended, and its end is worth telling. `event`: it happened, and that is that. */
  readonly kind: 'state' | 'event';
  readonly severity: Severity;
  /** What has happened, in one sentence; code stands between backticks. */
  readonly summary: string;
  /** What to do, in the same form; empty: nothing. */
  readonly remedy: string;
  /** The page that shows it, as in `/runs/12`. */
  readonly path: string;
  /** Who can end it. */
  readonly origin: Origin;
  /** When it began; null: not known. */
  readonly since: Date | null;
  /** True: it ends without a person. */
  readonly healsItself: boolean;
  /** From when on it can end by itself; null: not known. */
  readonly healsAt: Date | null;
  /** The run that shows it; null: none. */
  readonly runId: string | null;
  /** The code of docs/errors.md, or of 1688, behind it; null: none. */
  readonly code: string | null;
}
