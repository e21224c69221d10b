import type { Origin } from '../core/errors.ts';

export type { Origin } from '../core/errors.ts';

/**
 * How urgent a health issue is, wherever it is shown.
 *
 * - `act`: a person is needed
 * - `warn`: the product continues by itself for now; somebody should check
 * - `note`: information; the pages show it, no notification is sent
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
  /** The subject of the issue: the same issue has the same key at each check, as in `hold:*:HELD_BY_HAND`. */
  readonly key: string;
  /** `state`: it lasts until it is fixed, and its end is reported. `event`: it happened, and has no end. */
  readonly kind: 'state' | 'event';
  readonly severity: Severity;
  /** What has happened, in one sentence; code stands between backticks. */
  readonly summary: string;
  /** What to do, in the same form; empty: nothing. */
  readonly remedy: string;
  /** The path of the page that shows it, as in `/runs/12`. */
  readonly path: string;
  /** Who can end it. */
  readonly origin: Origin;
  /** When it began; null: not known. */
  readonly since: Date | null;
  /** True: it ends without a person. */
  readonly healsItself: boolean;
  /** The earliest time at which it can end by itself; null: not known. */
  readonly healsAt: Date | null;
  /** The run that shows it; null: none. */
  readonly runId: string | null;
  /** The code of docs/errors.md, or of 1688, behind it; null: none. */
  readonly code: string | null;
}
