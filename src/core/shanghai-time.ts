import { dayMs, hourMs } from './duration.ts';

/** Asia/Shanghai is UTC+8 all year, since 1992. */
export const shanghaiAheadMs = 8 * hourMs;

/** The day that an instant belongs to in Asia/Shanghai, as `2026-11-20`. */
export function shanghaiDay(at: Date): string {
  return new Date(at.getTime() + shanghaiAheadMs).toISOString().slice(0, 10);
}

/** An instant in Asia/Shanghai, as `2026-11-20 09:30`, with its seconds where it has some. */
export function shanghaiTime(at: Date): string {
  const text = new Date(at.getTime() + shanghaiAheadMs).toISOString();
  return text.slice(0, text.slice(16, 19) === ':00' ? 16 : 19).replace('T', ' ');
}

/** The first moment of a day in Asia/Shanghai; null when there is no such day. */
export function startOfShanghaiDay(day: string): Date | null {
  const start = new Date(`${day}T00:00:00+08:00`);
  // February 30 would become March 2, and text of another form some day.
  return Number.isNaN(start.getTime()) || shanghaiDay(start) !== day ? null : start;
}

/**
 * Business days of Asia/Shanghai that have begun after the day of `since`, up to the day of `now`: Monday to Friday.
 * Chinese holidays, and weekends that are worked to make up for them, are announced year by year and not known here.
 */
export function businessDaysSince(since: Date, now: Date): number {
  const dayOf = (at: Date) => Math.floor((at.getTime() + shanghaiAheadMs) / dayMs);
  let count = 0;
  for (let day = dayOf(since) + 1; day <= dayOf(now); day++) {
    const weekday = new Date(day * dayMs).getUTCDay();
    if (weekday !== 0 && weekday !== 6) count++;
  }
  return count;
}
