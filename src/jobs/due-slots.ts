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

function parseCron({ cron, timezone }: Schedule, currentDate: Date) {
  return CronExpressionParser.parse(cron, { tz: timezone, currentDate });
}

/** Slots up to `now`, oldest first; walking forwards, each day has its slot once when clocks change. */
function listTimes(schedule: Schedule, after: Date, now: Date, most: number): Date[] {
  const cron = parseCron(schedule, after);
  const times: Date[] = [];
  for (let at = cron.next().toDate(); at <= now && times.length < most; at = cron.next().toDate())
    times.push(at);
  return times;
}

/** Just before the slot that is so many slots back. */
function goBack(schedule: Schedule, now: Date, slots: number): Date {
  // prev() looks strictly before its date: a slot that is right now counts too.
  const cron = parseCron(schedule, new Date(now.getTime() + 1));
  let at = now;
  for (let i = 0; i < slots; i += 1) at = cron.prev().toDate();
  return new Date(at.getTime() - 1);
}

/**
 * The slots of a schedule after the last one that was decided, oldest first; at most the newest one is to run.
 * A schedule that was never seen before begins with its newest slot, as missed.
 */
export function listDueSlots(schedule: Schedule, lastDecided: Date | null, now: Date): Slot[] {
  if (lastDecided === null) {
    const times = listTimes(schedule, goBack(schedule, now, 1), now, 1);
    return times.map((at) => ({ at, isMissed: true }));
  }
  let times = listTimes(schedule, lastDecided, now, mostSlots + 1);
  if (times.length > mostSlots)
    times = listTimes(schedule, goBack(schedule, now, mostSlots), now, 2 * mostSlots).slice(-mostSlots);
  const newest = times.at(-1);
  const isLate = newest !== undefined && now.getTime() - newest.getTime() > missedAfterMs;
  return times.map((at) => ({ at, isMissed: at !== newest || (isLate && schedule.missed === 'skip') }));
}
