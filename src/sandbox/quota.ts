import { secondMs } from '../core/duration.ts';
import { createCalendar } from './calendar.ts';
import { Refusal } from './gateway-answer.ts';

/** Limits of the app. `null`: none. Keys of `packages` and `perApi` are `namespace:name:version`. */
export interface QuotaLimits {
  /** Where a day and a month begin; the real one's zone is unverified. */
  readonly timeZone: string;
  readonly appPerDay: number | null;
  readonly appPerMonth: number | null;
  readonly appPerSecond: number | null;
  /** For each API of its own, unless `perApi` says otherwise. */
  readonly apiPerDay: number | null;
  readonly apiPerMonth: number | null;
  readonly apiPerSecond: number | null;
  readonly perApi: Readonly<Record<string, ApiLimits>>;
  /** Calls left of bought packages; they never renew. APIs that are not listed have no package. */
  readonly packages: Readonly<Record<string, number>>;
}

interface ApiLimits {
  readonly perDay?: number | null;
  readonly perMonth?: number | null;
  readonly perSecond?: number | null;
}

/** The defaults of a sandbox. */
export const noLimits: QuotaLimits = {
  timeZone: 'Asia/Shanghai',
  appPerDay: null,
  appPerMonth: null,
  appPerSecond: null,
  apiPerDay: null,
  apiPerMonth: null,
  apiPerSecond: null,
  perApi: {},
  packages: {},
};

/** The counters of one app. */
export interface Quota {
  limits(): QuotaLimits;
  /** Changes some limits; what was counted stays counted. */
  change(limits: Partial<QuotaLimits>): void;
  /** Counts a call that passed the signature, whatever is decided about it afterwards. */
  count(api: string, at: number): void;
  /**
   * Lets a counted call through, or not.
   *
   * @throws Refusal `gw.NoUsageLeftError`, `gw.QosAppFrequencyLimit` or `gw.QosAPIFrequencyLimit`
   */
  admit(api: string, at: number): void;
}

const appKey = 'app';

/** Times of the calls let through in the last second, one list a scope. */
function createPace() {
  const passed = new Map<string, number[]>();
  const recentOf = (scope: string, at: number): number[] => {
    const times = passed.get(scope) ?? [];
    while ((times[0] ?? at) <= at - secondMs) times.shift();
    passed.set(scope, times);
    return times;
  };
  return {
    countIn: (scope: string, at: number) => recentOf(scope, at).length,
    pass: (scope: string, at: number) => recentOf(scope, at).push(at),
  };
}

/**
 * Counters of the app and of each API per calendar day and month, a limiter over the last second, and
 * packages. What the real gateway answers at the end of a plain daily quota is not known to anyone; here it is
 * the frequency wording. Whether refused calls count is not known either; here they do against days and
 * months, not against the second.
 */
export function createQuota(initial: Partial<QuotaLimits>): Quota {
  let limits: QuotaLimits = { ...noLimits, ...initial };
  let day = createCalendar(limits.timeZone);
  const used = new Map<string, number>();
  const pace = createPace();
  const keysOf = (scope: string, at: number) =>
    [`${scope} ${day(at)}`, `${scope} ${day(at).slice(0, 7)}`] as const;
  const isOver = (scope: string, at: number, own: ApiLimits) => {
    const [dayKey, monthKey] = keysOf(scope, at);
    return (
      (used.get(dayKey) ?? 0) > (own.perDay ?? Infinity) ||
      (used.get(monthKey) ?? 0) > (own.perMonth ?? Infinity) ||
      pace.countIn(scope, at) >= (own.perSecond ?? Infinity)
    );
  };
  const limitsOf = (api: string): ApiLimits => ({
    perDay: limits.apiPerDay,
    perMonth: limits.apiPerMonth,
    perSecond: limits.apiPerSecond,
    ...limits.perApi[api],
  });
  return {
    limits: () => limits,
    change(changed) {
      limits = { ...limits, ...changed };
      day = createCalendar(limits.timeZone);
    },
    count(api, at) {
      for (const key of [...keysOf(appKey, at), ...keysOf(api, at)]) used.set(key, (used.get(key) ?? 0) + 1);
    },
    admit(api, at) {
      const left = limits.packages[api];
      if (left !== undefined && left <= 0) {
        throw new Refusal('gw.NoUsageLeftError', 'SLA bill has no usage left');
      }
      const { appPerDay: perDay, appPerMonth: perMonth, appPerSecond: perSecond } = limits;
      if (isOver(appKey, at, { perDay, perMonth, perSecond })) {
        throw new Refusal('gw.QosAppFrequencyLimit', 'App call exceeds limited frequency');
      }
      if (isOver(api, at, limitsOf(api))) {
        throw new Refusal('gw.QosAPIFrequencyLimit', 'API call exceeds limited frequency');
      }
      pace.pass(appKey, at);
      pace.pass(api, at);
      if (left !== undefined) limits = { ...limits, packages: { ...limits.packages, [api]: left - 1 } };
    },
  };
}
