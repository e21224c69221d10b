import { minuteMs } from '../core/duration.ts';
import type { Logger } from '../core/log.ts';
import type { KeptSchedule } from './schedule-store.ts';
import type { MissedRunPolicy } from '../model/sync-config.ts';
import { runErrors } from './errors.ts';
import { listSlotTimes, nextSlotTime, type SlotRule } from './slot-times.ts';

/** A time at which a schedule starts a run. */
export interface Slot {
  readonly at: Date;
  /** True: no process was running at its time, and its schedule does not run it later. */
  readonly isMissed: boolean;
}

/**
 * A slot that is noticed this late had no running process. At half, a slow restart would lose slots; at double,
 * a `skip` schedule would start runs that belong to the past.
 */
const missedAfterMs = 5 * minuteMs;

/**
 * Slots read at once, which takes a fifth of a second; after a longer downtime the next tick continues. At double, a tick would
 * be late for its heartbeats on a slow machine. At a third, reading could stop within a day on which the clocks change, and the
 * order of its slots is only known at its end.
 */
const maxSlots = 5000;

/**
 * The slots of a schedule after the last decided one, oldest first. At most one of them is to run, the newest. Slots that are
 * left out after a long downtime come with the next tick.
 */
export function listDueSlots(
  schedule: SlotRule & { readonly missed: MissedRunPolicy },
  decidedUntil: Date,
  now: Date,
): Slot[] {
  const times = listSlotTimes(schedule, decidedUntil, now, maxSlots);
  const newest = times.at(-1);
  if (newest === undefined) return [];
  const isLate = now.getTime() - newest.getTime() > missedAfterMs;
  const isPast = nextSlotTime(schedule, newest) <= now || (isLate && schedule.missed === 'skip');
  return times.map((at) => ({ at, isMissed: at !== newest || isPast }));
}

/** The time up to which the slots of a schedule are decided. */
export function decidedUntil({ lastSlot, countsFrom }: KeptSchedule): Date {
  return lastSlot !== null && lastSlot.at > countsFrom ? lastSlot.at : countsFrom;
}

/** `listDueSlots`; none for an invalid row, which must not block other schedules. */
export function readDueSlots(schedule: KeptSchedule, since: Date, now: Date, log: Logger): Slot[] {
  try {
    return listDueSlots(schedule, since, now);
  } catch (err) {
    const { code } = runErrors.SCHEDULE_UNREADABLE;
    log.error({ err, code, schedule: schedule.name }, 'a schedule cannot be read, its slots wait');
    return [];
  }
}

/** `nextSlotTime`; null for an invalid row, which was changed by hand or comes from another Node with other zones. */
export function findNextSlot(rule: SlotRule, after: Date): Date | null {
  try {
    return nextSlotTime(rule, after);
  } catch {
    // `doctor` reports the invalid row; a reader of all schedules must not fail because of one.
    return null;
  }
}

/** The first undecided slot of a schedule; null: none, or its row is invalid. */
export function findUndecidedSlot(schedule: KeptSchedule): Date | null {
  return schedule.pausedAt === null ? findNextSlot(schedule, decidedUntil(schedule)) : null;
}
