import { CronExpressionParser } from 'cron-parser';
import type { Schedule } from '../model/sync-config.ts';

/** A time at which a schedule wants a run. */
export interface Slot {
  readonly at: Date;
  /** True: nothing was running when it came, and its schedule does not want it made up for. */
  readonly isMissed: boolean;
}

/**
 * A slot that is noticed this late had nobody to notice it. At half, a slow restart would lose slots; at double,
 * a `skip` schedule would start runs that belong to the past.
 */
const missedAfterMs = 5 * 60_000;

/** After a long downtime, slots further back than this many are not written down one by one. */
const mostSlots = 100;

/**
 * The slots of a schedule after the last one that was decided, oldest first; at most the newest one is to run.
 * A schedule that was never seen before begins with its newest slot, as missed.
 */
export function listDueSlots(schedule: Schedule, lastDecided: Date | null, now: Date): Slot[] {
  // prev() looks strictly before its date: a slot that is right now counts too.
  const times = CronExpressionParser.parse(schedule.cron, {
    tz: schedule.timezone,
    currentDate: new Date(now.getTime() + 1),
  });
  const slots: Slot[] = [];
  while (slots.length < mostSlots) {
    const at = times.prev().toDate();
    if (lastDecided !== null && at <= lastDecided) break;
    const isNewest = slots.length === 0;
    const isLate = now.getTime() - at.getTime() > missedAfterMs;
    const isRun = isNewest && lastDecided !== null && (!isLate || schedule.missed === 'once');
    slots.push({ at, isMissed: !isRun });
    if (lastDecided === null) break;
  }
  return slots.toReversed();
}
