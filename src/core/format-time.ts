import { shanghaiTime } from './shanghai-time.ts';

/** Below tables with times: days, quotas and the schedules' default are those of Shanghai, so the times are, too. */
export const zoneNote = 'Times are in Asia/Shanghai.';

/** A time in a table, as `shanghaiTime` writes it: `2026-11-25 09:30`; nothing for no time. */
export function formatTime(time: Date | null): string {
  return time === null ? '' : shanghaiTime(time);
}
