import { minuteMs } from '../core/duration.ts';
import type { MissedRunPolicy } from '../model/sync-config.ts';
import { listSlotTimes, nextSlotTime, type SlotRule } from './slot-times.ts';

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
const missedAfterMs = 5 * minuteMs;

/**
 * Slots looked at at once, which takes a fifth of a second; after a longer downtime the next look goes on. At double,
 * a tick would be late for its heartbeats on a slow machine; at a third, it could end within a day of changing clocks,
 * whose order only shows at its end.
 */
const mostSlots = 5000;

/**
 * The slots of a schedule after the last one that was decided, the oldest first; at most one is to run, the newest of
 * all. Slots that are left out after a long downtime come with the next look.
 */
export function listDueSlots(
  schedule: SlotRule & { readonly missed: MissedRunPolicy },
  decidedUntil: Date,
  now: Date,
): Slot[] {
  const times = listSlotTimes(schedule, decidedUntil, now, mostSlots);
  const newest = times.at(-1);
  if (newest === undefined) return [];
  const isLate = now.getTime() - newest.getTime() > missedAfterMs;
  const isPast = nextSlotTime(schedule, newest) <= now || (isLate && schedule.missed === 'skip');
  return times.map((at) => ({ at, isMissed: at !== newest || isPast }));
}
