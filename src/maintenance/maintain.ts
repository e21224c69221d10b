import { dayMs, minuteMs } from '../core/duration.ts';
import type { Logger } from '../core/log.ts';
import { toNamedError } from '../db/database-error.ts';
import type { RetentionStore } from './retention-store.ts';
import type { RetentionAges } from '../model/sync-config.ts';

export interface MaintainDeps {
  /** Makes the partitions of the coming months; gives the names of those it made. */
  readonly ensurePartitions: (now: Date) => Promise<readonly string[]>;
  /** Fits the planner's figures, when that is due. */
  readonly fitPlanner: (now: Date) => Promise<void>;
  readonly retention: RetentionStore;
  readonly ages: RetentionAges;
  readonly log: Logger;
}

/**
 * Time until remaining work is tried again. At a fifth, a query that reads a table for hours would make calls wait
 * behind our attempts too often; at five times, the short runs of a cron job would try only once.
 */
const retryAfterMs = 5 * minuteMs;

/** Windows of a month that rolls count for 31 days after their end; a year leaves some history. */
const minPeriodsMs = 366 * dayMs;

/** In one statement: a month of a minute's limit takes 45,000 windows, of a day's limit 31. */
const rowsAtOnce = 5_000;

/** One check. Returns whether something is left to do. */
async function maintain(
  { ensurePartitions, fitPlanner, retention, ages, log }: MaintainDeps,
  now: Date,
): Promise<boolean> {
  const made = await ensurePartitions(now);
  await fitPlanner(now);
  const { dropped, kept } = await retention.dropExpired(now, ages);
  const periodsEndedBefore = new Date(now.getTime() - Math.max(ages.callsMs, minPeriodsMs));
  const periodsDeleted = await retention.deleteQuotaPeriods(periodsEndedBefore, rowsAtOnce);
  const rowsDeleted = await retention.deleteRows(now, ages, rowsAtOnce);
  const deleted = [periodsDeleted, rowsDeleted.slots, rowsDeleted.observationStats, rowsDeleted.actions];
  if (made.length + dropped.length + kept.length + Math.max(...deleted) > 0) {
    const level = kept.length > 0 ? 'warn' : 'info';
    log[level](
      { made, dropped, kept, periodsDeleted, rowsDeleted },
      'created partitions of coming months, dropped old ones',
    );
  }
  return kept.length > 0 || deleted.includes(rowsAtOnce);
}

/**
 * What is to be done once a day: partitions for the coming months, the planner's figures, and an end to rows that are older
 * than they are kept. Returns a function that does it when the day has come, or a little after a day on which something was left
 * over. It never fails: a sync continues without it.
 */
export function createMaintenance(deps: MaintainDeps): (now: Date) => Promise<void> {
  let dueAtMs = 0;
  return async (now) => {
    if (now.getTime() < dueAtMs) return;
    dueAtMs = now.getTime() + retryAfterMs;
    try {
      const isLeft = await maintain(deps, now);
      if (!isLeft) dueAtMs = now.getTime() + dayMs;
    } catch (error) {
      const err = toNamedError(error);
      deps.log.warn({ err, code: err.code }, 'daily maintenance failed, trying again');
    }
  };
}
