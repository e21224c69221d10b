import type { LoadReport } from './catalog.ts';

export type RunStatus =
  'queued' | 'running' | 'succeeded' | 'partial_quota' | 'partial_error' | 'failed' | 'cancelled';

/** Where the data comes from. Sandbox and live data never share a database. */
export type Source = 'sandbox' | 'live';

/** What a run was expected to do, before it began. */
export interface RunForecast {
  /** Nothing was known of its feeds yet, so the figures are upper bounds. Absent: stored by a version without this field. */
  readonly isGuess?: boolean;
  /** By operation, like `offer.detail`. */
  readonly calls: Readonly<Record<string, number>>;
  readonly newOffers: number;
  readonly changedOffers: number;
  readonly seconds: number;
}

/** One pass over a scope of feeds with one budget of calls and one outcome. */
export interface Run {
  readonly runId: string;
  /** `all`, or `feed:<name>`: at most one run of a scope is active. */
  readonly scope: string;
  readonly feedNames: readonly string[];
  readonly status: RunStatus;
  /** Why it ended as it did: an error code, `quota`, `budget`, `deadline` ... */
  readonly cause: string | null;
  /** Null: no bound but the quota. */
  readonly budgetCalls: number | null;
  /** Calls granted to it and not refunded. */
  readonly callsUsed: number;
  readonly startedAt: Date | null;
  readonly deadlineAt: Date | null;
  readonly endedAt: Date | null;
  readonly counts: RunCounts;
  /** Targets that the run postponed, since they could not be fetched for a reason that may pass. */
  readonly postponed: number;
  /** When the first of them is tried again; null: there are none. */
  readonly nextTryAt: Date | null;
  /** Null: no forecast could be made. */
  readonly forecast: RunForecast | null;
  /** The `hashSyncFile` of the sync file that the run follows. Null: begun by a version that did not record it; any process drives it. */
  readonly syncFileHash: string | null;
}

/** What the run's loads changed, and how many of its targets were refused. */
export interface RunCounts extends LoadReport {
  readonly errors: number;
}

/**
 * Offers that a run found or whose detail it fetched. One for which it did both counts once; a known one that only its search rows
 * showed again does not count.
 */
export const offersFoundOrFetched = ({
  offersNew,
  offersCompleted,
  offersChanged,
  offersUnchanged,
}: Pick<RunCounts, 'offersNew' | 'offersCompleted' | 'offersChanged' | 'offersUnchanged'>): number =>
  Math.max(offersNew, offersCompleted) + offersChanged + offersUnchanged;

export interface RunRequest {
  readonly scope: string;
  readonly feedNames: readonly string[];
  /** `cli`, `demo`, or the name of a schedule. */
  readonly trigger: string;
  readonly source: Source;
  readonly budgetCalls: number | null;
  readonly deadlineMs: number | null;
  /** Absent: no forecast could be made. */
  readonly forecast?: RunForecast | null;
  /** Absent: any process may drive it. */
  readonly syncFileHash?: string;
}

/** The cause of a run that left only targets that are tried again. */
export const targetsPostponed = 'targets_postponed';

export type RunEnd = Exclude<RunStatus, 'queued' | 'running'>;
