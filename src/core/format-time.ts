/** In UTC to the second: `2026-11-25 01:30:00Z`; nothing for no time. */
export function formatTime(time: Date | null): string {
  return time === null ? '' : `${time.toISOString().slice(0, 19).replace('T', ' ')}Z`;
}
