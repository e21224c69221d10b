import type { Logger } from '../core/log.ts';
import type { KeptSchedule } from '../load/stores/schedule-store.ts';
import { listDueSlots, type Slot } from './due-slots.ts';
import { jobErrors } from './errors.ts';
import { nextSlotTime } from './slot-times.ts';

/** Until when the slots of a schedule are decided. */
export function decidedUntil({ lastSlot, countsFrom }: KeptSchedule): Date {
  return lastSlot !== null && lastSlot.at > countsFrom ? lastSlot.at : countsFrom;
}

/** `listDueSlots`; none of a row that can't be understood, which must not stand in the way of other schedules. */
export function readDueSlots(schedule: KeptSchedule, since: Date, now: Date, log: Logger): Slot[] {
  try {
    return listDueSlots(schedule, since, now);
  } catch (err) {
    const { code } = jobErrors.SCHEDULE_UNREADABLE;
    log.error({ err, code, schedule: schedule.name }, 'a schedule can not be read, its slots wait');
    return [];
  }
}

/** The first time at which a schedule wants a run that nobody has decided about; null: none, or it can't be understood. */
export function findUndecidedSlot(schedule: KeptSchedule): Date | null {
  if (schedule.pausedAt !== null) return null;
  try {
    return nextSlotTime(schedule, decidedUntil(schedule));
  } catch {
    // `doctor` names what can't be read; who looks at all schedules must not fail over one.
    return null;
  }
}
