import type { Source } from './run.ts';

/** The state of the work. */
export interface Overview {
  /** The ledger's time, which is ahead of this machine's in a sandbox whose clock was moved. */
  readonly now: Date;
  readonly source: Source | null;
  readonly quarantined1d: number;
  readonly drifts1d: number;
  readonly unloaded: number;
  /** Targets that wait for their next try after an error. */
  readonly givenUp: number;
}

/** A day's limit and what is left of it. */
export interface DayQuota {
  readonly api: string;
  readonly callLimit: number;
  readonly used: number;
  readonly remaining: number;
  readonly resetAt: Date | null;
  readonly exhaustedAt: Date | null;
  readonly isAssumed: boolean;
  readonly holdCode: string | null;
}

/** Calls that are expected of an API at one time. */
export interface PlannedCalls {
  readonly api: string;
  readonly at: Date;
  readonly calls: number;
}

/** Calls that are still expected on a day. */
export interface PlannedDay {
  /** Schedules with a slot that is still to come. */
  readonly schedules: readonly string[];
  readonly activeRuns: number;
  readonly calls: readonly PlannedCalls[];
}
