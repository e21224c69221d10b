/**
 * Something that people who run the product should know, wherever they are told.
 *
 * - `act`: a person is needed
 * - `warn`: it goes on by itself, for now; somebody should look
 * - `note`: how things stand; the pages show it, no notification is sent
 */
export type Severity = 'act' | 'warn' | 'note';

export interface HealthIssue {
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
}
