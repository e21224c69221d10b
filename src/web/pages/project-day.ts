import { dayMs, hourMs } from '../../core/duration.ts';
import { shanghaiAheadMs } from '../../core/shanghai-time.ts';
import type { DayQuota, PlannedDay } from '../../model/overview.ts';
import type { DayLimit, HourCalls, UsualHour } from '../reads/overview-pages.ts';

/** What the projection of a day goes by. */
export type Basis =
  | { readonly kind: 'plan'; readonly schedules: readonly string[]; readonly activeRuns: number }
  | { readonly kind: 'usual'; readonly days: number }
  | { readonly kind: 'none' };

/** The calls that are expected from now until midnight. */
export interface CallsToCome {
  readonly basis: Basis;
  readonly hours: readonly HourCalls[];
}

/** A day's limit with what will be left of it. */
export interface ProjectedDay extends DayLimit, Pick<DayQuota, 'exhaustedAt'> {
  /** What may still be called: no more than is left of the month. */
  readonly left: number;
  /** Calls that are still wanted; those that a hold refuses are not. */
  readonly wanted: number;
  /** What is left at the end of hours, from now on. */
  readonly ahead: readonly { readonly hour: number; readonly calls: number }[];
  readonly basis: Basis;
}

/** What is known of the calls of a day. */
export interface KnownOfDay {
  /** Null: there is no schedule and no active run. */
  readonly plan: PlannedDay | null;
  readonly usual: readonly UsualHour[];
  /** The calls that were made. */
  readonly today: readonly HourCalls[];
  readonly now: Date;
}

/** Hours since midnight in Shanghai, which has no daylight saving. */
export function hourOfDay(now: Date): number {
  return ((now.getTime() + shanghaiAheadMs) % dayMs) / hourMs;
}

/** The calls that count against a limit: of its API, of the members of its group, or of all by `*`. */
export const hoursOf = ({ api, members }: DayLimit, hours: readonly HourCalls[]): HourCalls[] =>
  hours.filter((row) => row.api === api || api === '*' || members.includes(row.api));

/**
 * What is expected of the rest of a day: what schedules and active runs still want; without any, the mean use of these hours
 * in the last days. Of the present hour that is what it usually has beyond the calls it has had. Pure.
 */
export function expectCalls({ plan, usual, today, now }: KnownOfDay): CallsToCome {
  if (plan !== null) {
    const { schedules, activeRuns, calls } = plan;
    const hours = calls.map(({ api, at, calls: own }) => ({
      api,
      hour: Math.floor(hourOfDay(at)),
      calls: own,
    }));
    return { basis: { kind: 'plan', schedules, activeRuns }, hours };
  }
  const [first] = usual;
  if (first === undefined) return { basis: { kind: 'none' }, hours: [] };
  const hours = usual
    .filter(({ hour }) => hour >= Math.floor(hourOfDay(now)))
    .map(({ api, hour, calls }) => {
      const had = today.find((row) => row.api === api && row.hour === hour)?.calls ?? 0;
      return { api, hour, calls: Math.max(0, calls - had) };
    });
  return { basis: { kind: 'usual', days: first.days }, hours };
}

/** Holds what is expected against what is left. A held API is not called, so nothing is expected of it. Pure. */
export function projectDay(quota: DayLimit, { basis, hours }: CallsToCome, now: Date): ProjectedDay {
  const nowHour = hourOfDay(now);
  const left = Math.min(quota.remaining, quota.monthRemaining ?? Infinity);
  const own = quota.holdCode === null ? hoursOf(quota, hours) : [];
  const ahead = [{ hour: nowHour, calls: left }];
  let exhaustedHour = left === 0 ? nowHour : null;
  let calls = left;
  for (let hour = Math.floor(nowHour); hour < 24; hour += 1) {
    const begin = Math.max(hour, nowHour);
    const wanted = own.filter((row) => row.hour === hour).reduce((sum, row) => sum + row.calls, 0);
    if (wanted > calls && exhaustedHour === null) {
      exhaustedHour = begin + ((hour + 1 - begin) * calls) / wanted;
      ahead.push({ hour: exhaustedHour, calls: 0 });
    }
    calls = Math.max(0, calls - wanted);
    ahead.push({ hour: hour + 1, calls });
  }
  const exhaustedAt =
    exhaustedHour === null ? null : new Date(now.getTime() + (exhaustedHour - nowHour) * hourMs);
  const wanted = own.reduce((sum, row) => sum + row.calls, 0);
  return { ...quota, left, wanted, ahead, basis, exhaustedAt };
}
