import { dayMs } from '../core/duration.ts';
import type { Logger } from '../core/log.ts';
import { shanghaiDay, startOfShanghaiDay } from '../core/shanghai-time.ts';
import { chooseApis } from '../extract/endpoints/endpoints.ts';
import { apiOperations, type ApiOperation } from '../model/known-apis.ts';
import type { PlannedCalls, PlannedDay } from '../model/overview.ts';
import type { Run } from '../model/run.ts';
import type { Schedule } from '../model/sync-config.ts';
import { forecastRun, type ForecastDeps, type ForecastRequest } from './forecast-run.ts';
import { findNextSlot } from './due-slots.ts';
import { listSlotTimes } from './slot-times.ts';
import type { RunStore } from './run-store.ts';

export interface PlanTodayDeps extends ForecastDeps {
  readonly runs: Pick<RunStore, 'listActive'>;
  readonly log: Logger;
}

/** What a slot will fetch, as far as is known now. */
export interface PlannedSlot {
  readonly schedule: string;
  readonly at: Date;
  readonly feeds: readonly string[];
  readonly budgetCalls: number | null;
}

/** Calls of each operation that are due now, and that become due in a day. */
export type SlotForecast = Readonly<
  Partial<Record<ApiOperation, { readonly nextRun: number; readonly perDay: number }>>
>;

type OperationCalls = Readonly<Partial<Record<ApiOperation, number>>>;

/** The number of slots in a day of a schedule for every minute. */
const maxSlots = 1440;

/** The slots of a day that are still to come, in order; a schedule that cannot be read has none. */
export function listSlotsToCome(schedules: readonly Schedule[], now: Date): PlannedSlot[] {
  const midnight = new Date((startOfShanghaiDay(shanghaiDay(now)) ?? now).getTime() + dayMs);
  const slots = schedules.flatMap(({ name, feeds, budgetCalls, ...rule }) =>
    (findNextSlot(rule, now) === null ? [] : listSlotTimes(rule, now, midnight, maxSlots))
      .filter((at) => at < midnight)
      .map((at) => ({ schedule: name, at, feeds, budgetCalls })),
  );
  return slots.toSorted((a, b) => a.at.getTime() - b.at.getTime());
}

const sum = (calls: OperationCalls): number => Object.values(calls).reduce((total, own) => total + own, 0);

function mapCalls(
  calls: OperationCalls,
  of: (own: number, operation: ApiOperation) => number,
): OperationCalls {
  return Object.fromEntries(
    apiOperations.flatMap((operation) => {
      const own = calls[operation] ?? 0;
      return own > 0 ? [[operation, of(own, operation)] as const] : [];
    }),
  );
}

/**
 * The calls of slots. The first slot of some feeds fetches all that is due. A later slot fetches what became due since then; so
 * does a slot after a run that is fetching the feeds (`fetching`: since when). No slot makes more calls than its budget. Pure.
 */
export function planSlots(
  slots: readonly PlannedSlot[],
  forecastOf: (feeds: readonly string[]) => SlotForecast,
  fetching: ReadonlyMap<string, Date> = new Map(),
): { readonly at: Date; readonly calls: OperationCalls }[] {
  const fetchedAt = new Map(fetching);
  return slots.map(({ at, feeds, budgetCalls }) => {
    const expected = forecastOf(feeds);
    const before = feeds.map((feed) => fetchedAt.get(feed));
    const isFirst = before.some((time) => time === undefined);
    const sinceMs = at.getTime() - Math.max(...before.map((time) => time?.getTime() ?? 0));
    for (const feed of feeds) fetchedAt.set(feed, at);
    const wanted: OperationCalls = Object.fromEntries(
      Object.entries(expected).map(([operation, { nextRun, perDay }]) => [
        operation,
        isFirst ? nextRun : (perDay * sinceMs) / dayMs,
      ]),
    );
    const total = sum(wanted);
    const share = budgetCalls === null || total <= budgetCalls ? 1 : budgetCalls / total;
    return { at, calls: mapCalls(wanted, (own) => own * share) };
  });
}

/** The calls that an active run still needs of its forecast; none without a forecast. */
export function callsLeftOf({ forecast, callsUsed, budgetCalls }: Run): OperationCalls {
  if (forecast === null) return {};
  const total = sum(forecast.calls);
  const left = Math.max(0, Math.min(total, budgetCalls ?? Infinity) - callsUsed);
  return mapCalls(forecast.calls, (own) => (own * left) / total);
}

async function forecastEach(
  deps: PlanTodayDeps,
  slots: readonly PlannedSlot[],
): Promise<(feeds: readonly string[]) => SlotForecast> {
  const found = new Map<string, SlotForecast>();
  for (const { feeds } of slots) {
    if (found.has(feeds.join())) continue;
    const request: ForecastRequest = { feedNames: feeds, budgetCalls: null };
    const expected = await forecastRun(deps, request);
    const apis = expected?.apis.map(({ operation, ...calls }) => [operation, calls] as const) ?? [];
    found.set(feeds.join(), Object.fromEntries(apis));
  }
  return (feeds) => found.get(feeds.join()) ?? {};
}

/**
 * The calls that active runs with a forecast and the slots of schedules still need until midnight in Shanghai. Null: there are
 * neither, so future calls are not known.
 */
export async function planToday(deps: PlanTodayDeps, now: Date): Promise<PlannedDay | null> {
  const schedules = (await deps.schedules.list()).filter(({ pausedAt }) => pausedAt === null);
  const active = (await deps.runs.listActive()).filter(({ forecast }) => forecast !== null);
  if (schedules.length === 0 && active.length === 0) return null;
  const apis = chooseApis(deps.sync.apis);
  const slots = listSlotsToCome(schedules, now);
  // A run with a budget leaves the rest of what is due to the next slot.
  const unbounded = active.filter(({ budgetCalls }) => budgetCalls === null);
  const fetching = new Map(
    unbounded.flatMap(({ feedNames }) => feedNames.map((feed) => [feed, now] as const)),
  );
  const planned = planSlots(slots, await forecastEach(deps, slots), fetching);
  const calls = [...active.map((run) => ({ at: now, calls: callsLeftOf(run) })), ...planned].flatMap(
    (part): PlannedCalls[] =>
      apiOperations.flatMap((operation) => {
        const own = part.calls[operation] ?? 0;
        return own > 0 ? [{ api: apis[operation], at: part.at, calls: own }] : [];
      }),
  );
  return { schedules: [...new Set(slots.map(({ schedule }) => schedule))], activeRuns: active.length, calls };
}
