import { CronExpressionParser } from 'cron-parser';
import { dayMs, minuteMs } from '../core/duration.ts';
import type { Schedule } from '../model/sync-config.ts';

/** The part of a schedule that says when. */
export type SlotRule = Pick<Schedule, 'cron' | 'timezone'>;

/** Further than any two offsets of one zone are apart, so that a change of clocks lies between. */
const beyondChangeMs = dayMs;

/** How far the clocks of a zone are ahead of UTC at an instant, in milliseconds. */
function createOffsetReader(timeZone: string): (atMs: number) => number {
  const format = new Intl.DateTimeFormat('en', { timeZone, timeZoneName: 'longOffset' });
  return (atMs) => {
    const name = format.formatToParts(atMs).find(({ type }) => type === 'timeZoneName')?.value ?? '';
    const [, sign, hours, minutes] = /([+-])(\d+):(\d+)/.exec(name) ?? [];
    const offsetMs = (Number(hours ?? 0) * 60 + Number(minutes ?? 0)) * minuteMs;
    return sign === '-' ? -offsetMs : offsetMs;
  };
}

/** The wall clock times that a cron expression names, after `fromMs`, which is a wall clock time too. */
function* listWallTimes(cron: string, fromMs: number): Generator<number, never> {
  const walk = CronExpressionParser.parse(cron, { tz: 'UTC', currentDate: new Date(fromMs) });
  for (;;) yield walk.next().getTime();
}

interface Reader {
  readonly cron: string;
  readonly offsetAt: (atMs: number) => number;
  /** True: an hour that comes twice has its slots twice. */
  readonly isHourly: boolean;
}

function openReader({ cron, timezone }: SlotRule): Reader {
  const hours = CronExpressionParser.parse(cron, { tz: 'UTC' }).fields.hour.values;
  return { cron, offsetAt: createOffsetReader(timezone), isHourly: hours.length === 24 };
}

/** The instants at which the wall clock shows the time of a slot. */
function instantsOf(wallMs: number, { offsetAt, isHourly }: Reader): number[] {
  const [before, after] = [offsetAt(wallMs - beyondChangeMs), offsetAt(wallMs + beyondChangeMs)];
  if (before === after) return [wallMs - before];
  const shown = [wallMs - before, wallMs - after].filter((atMs) => atMs + offsetAt(atMs) === wallMs);
  // A slot in the hour that the clocks leap over comes as long after the hour before as on any other day.
  if (shown.length === 0) return [wallMs - before];
  return isHourly ? shown : shown.slice(0, 1);
}

/** The lowest and the highest wall clock time of an instant, by the offsets a day before it and a day after it. */
function wallsAround(at: Date, { offsetAt }: Reader): { lowest: number; highest: number } {
  const [atMs, offsets] = [
    at.getTime(),
    [-beyondChangeMs, beyondChangeMs].map((ms) => offsetAt(at.getTime() + ms)),
  ];
  return { lowest: atMs + Math.min(...offsets), highest: atMs + Math.max(...offsets) };
}

/**
 * The slots after `after` up to `until`, oldest first. `max` limits their number to about that many; the newest are then left
 * out. On the day of a spring change, a slot that the clocks leap over comes at the same distance after the leap. On the day of
 * an autumn change, a slot comes once, at the first of both times, unless the cron expression names every hour of the day.
 *
 * cron-parser reads only the cron expression, not the zone: 5.10.3 skips the slots of a changed hour when it begins within that
 * hour, and fails for Lord Howe, whose clocks change by half an hour.
 */
export function listSlotTimes(rule: SlotRule, after: Date, until: Date, max?: number): Date[] {
  const reader = openReader(rule);
  const { highest } = wallsAround(until, reader);
  const found = new Set<number>();
  let [read, untilMs] = [0, until.getTime()];
  for (const wallMs of listWallTimes(rule.cron, wallsAround(after, reader).lowest)) {
    if (wallMs > highest) break;
    const instants = instantsOf(wallMs, reader);
    for (const atMs of instants) found.add(atMs);
    read += 1;
    if (max === undefined || read < max) continue;
    // A later wall clock time may still come before the newest of these instants.
    untilMs = Math.min(untilMs, Math.min(...instants) - beyondChangeMs);
    break;
  }
  const times = [...found].filter((atMs) => atMs > after.getTime() && atMs <= untilMs);
  return times.sort((left, right) => left - right).map((atMs) => new Date(atMs));
}

/** The first slot after `after`. */
export function nextSlotTime(rule: SlotRule, after: Date): Date {
  const reader = openReader(rule);
  for (const wallMs of listWallTimes(rule.cron, wallsAround(after, reader).lowest)) {
    const atMs = instantsOf(wallMs, reader).find((instant) => instant > after.getTime());
    if (atMs === undefined) continue;
    const [first] = listSlotTimes(rule, after, new Date(atMs));
    return first ?? new Date(atMs);
  }
  throw new Error('a cron expression without times');
}
