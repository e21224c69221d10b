import { dayMs } from '../core/duration.ts';
import type { Logger } from '../core/log.ts';
import { chooseApis } from '../extract/endpoints/endpoints.ts';
import type { ForecastStore } from '../refresh/queue/forecast-store.ts';
import type { QuotaLimitRow, QuotaReport } from '../ledger/quota-report.ts';
import { accountLimits } from '../ledger/limit-changes.ts';
import type { ApiHold, QuotaStore } from '../ledger/quota-store.ts';
import type { KeptSchedule, ScheduleStore } from './schedule-store.ts';
import type { RefreshQueue } from '../refresh/queue/refresh-queue.ts';
import type { ForecastFacts } from '../model/forecast-facts.ts';
import { apiOperations, type ApiOperation } from '../model/known-apis.ts';
import type { RunForecast } from '../model/run.ts';
import type { Schedule, SyncConfig } from '../model/sync-config.ts';
import { buildKnowledge } from '../refresh/forecast/build-knowledge.ts';
import { budgetLimit, heldLimit, toCallLimit, type PeriodLimit } from '../refresh/forecast/call-limits.ts';
import { forecast, type Forecast } from '../refresh/forecast/forecast.ts';
import { isGuess } from '../refresh/forecast/is-guess.ts';
import type { CallLimit, Knowledge } from '../refresh/forecast/knowledge.ts';
import { firstPrior } from '../refresh/planner/change-rate.ts';
import { firstVisibleShare, shareOf } from '../refresh/planner/visible-share.ts';
import { findUndecidedSlot } from './due-slots.ts';
import { listSlotTimes } from './slot-times.ts';

/** What to forecast. */
export interface ForecastRequest {
  readonly feedNames: readonly string[];
  /** Budget of the next run; null: no bound but the quota. */
  readonly budgetCalls: number | null;
}

export interface ForecastDeps {
  readonly facts: ForecastStore;
  readonly refreshQueue: Pick<RefreshQueue, 'planner'>;
  readonly report: Pick<QuotaReport, 'listLimits'>;
  readonly quota: Pick<QuotaStore, 'listHolds' | 'ledgerNow'>;
  readonly schedules: Pick<ScheduleStore, 'list'>;
  readonly sync: SyncConfig;
}

/** The ledger leaves a fifth more time between calls than the limit needs. */
const paceShare = 0.8;
/** Four weeks contain the slots of most schedules. For a schedule of every minute they would take seconds, and two days are enough. */
const [someDays, manyDays] = [2, 28];

/** Runs a day of a schedule; a schedule without a slot in the next weeks counts as one run in that time. */
function runsPerDay(schedule: Schedule, now: Date): number {
  const slotsIn = (days: number) =>
    listSlotTimes(schedule, now, new Date(now.getTime() + days * dayMs)).length;
  const slots = slotsIn(someDays);
  return slots > 4 * someDays ? slots / someDays : Math.max(1, slotsIn(manyDays)) / manyDays;
}

/**
 * Schedules that start runs: those of the file, which may not be stored yet, and those that were added. None that is paused or
 * unreadable.
 */
export function liveSchedules(file: readonly Schedule[], kept: readonly KeptSchedule[]): Schedule[] {
  const paused = new Set(kept.flatMap(({ name, pausedAt }) => (pausedAt === null ? [] : [name])));
  const added = kept.filter((schedule) => schedule.origin === 'cli' && findUndecidedSlot(schedule) !== null);
  return [...file.filter(({ name }) => !paused.has(name)), ...added];
}

/** Days between two runs of some feeds, and the most calls of a day, by their schedules; without schedules, one run a day. */
export function readRhythm(schedules: readonly Schedule[], feedNames: readonly string[], now: Date) {
  const own = schedules.filter(({ feeds }) => feeds.some((feed) => feedNames.includes(feed)));
  if (own.length === 0) return { hasSchedule: false, runEveryDays: 1, callsPerDay: Infinity };
  const rhythms = own.map((schedule) => {
    const runs = runsPerDay(schedule, now);
    return { runs, calls: runs * (schedule.budgetCalls ?? Infinity) };
  });
  const callsPerDay = rhythms.reduce((sum, { calls }) => sum + calls, 0);
  return {
    hasSchedule: true,
    runEveryDays: 1 / Math.max(...rhythms.map(({ runs }) => runs)),
    callsPerDay,
  };
}

/** The limits that the sync file states, or the preset of its account. */
export function limitsOfFile({ account, quotas }: SyncConfig): PeriodLimit[] {
  const preset = accountLimits[account];
  const own = apiOperations.flatMap((operation): PeriodLimit[] => {
    const day = quotas.approved[operation]?.daily ?? preset.day;
    const month = quotas.approved[operation]?.monthly ?? preset.month;
    const one = { operations: [operation], leftToday: null };
    return [
      ...(day === undefined ? [] : [{ ...one, period: 'day' as const, calls: day }]),
      ...(month === undefined ? [] : [{ ...one, period: 'month' as const, calls: month }]),
    ];
  });
  const shared = quotas.groups.flatMap(({ operations, daily, monthly }): PeriodLimit[] => [
    ...(daily === null ? [] : [{ operations, leftToday: null, period: 'day' as const, calls: daily }]),
    ...(monthly === null ? [] : [{ operations, leftToday: null, period: 'month' as const, calls: monthly }]),
  ]);
  return [...own, ...shared];
}

function operationsOf(api: string, { apis, quotas }: SyncConfig): readonly ApiOperation[] {
  if (api === '*') return apiOperations;
  const group = quotas.groups.find(({ name }) => api === `@${name}`);
  if (group) return group.operations;
  const chosen = chooseApis(apis);
  return apiOperations.filter((operation) => chosen[operation] === api);
}

function toPeriodLimit({ api, period, callLimit, use }: QuotaLimitRow, sync: SyncConfig): PeriodLimit[] {
  if (use === null || (period !== 'day' && period !== 'month')) return [];
  const { remaining, share, usedToday } = use;
  const leftToday = share === null ? remaining : Math.min(remaining, Math.max(0, share - (usedToday ?? 0)));
  return [{ operations: operationsOf(api, sync), period, calls: callLimit, leftToday }];
}

/** Assumes a root in place of each category, until the tree was fetched, and that every offer of a watch list is new. */
function assumedFacts(sync: SyncConfig): ForecastFacts {
  const nodes = sync.feeds.flatMap(({ name, categories }) =>
    categories.map((id) => ({ feed: name, level: id === '0' ? 0 : 1, nodes: 1, unvisited: 1, due: 1 })),
  );
  const unheld = sync.feeds.map(({ name, offers }) => ({ feed: name, offers: offers.length }));
  return { windows: [], nodes, unheld, sample: [], offersPerSample: 0, callsPerSecond: null };
}

function narrow(sync: SyncConfig, { feedNames }: ForecastRequest): SyncConfig {
  return { ...sync, feeds: sync.feeds.filter(({ name }) => feedNames.includes(name)) };
}

/** A hold in force, and the operations that it stops. */
export interface HeldOperations extends Pick<ApiHold, 'api' | 'code'> {
  readonly operations: readonly ApiOperation[];
}

export function withOperations(
  holds: readonly Pick<ApiHold, 'api' | 'code'>[],
  sync: SyncConfig,
): HeldOperations[] {
  return holds.map(({ api, code }) => ({ api, code, operations: operationsOf(api, sync) }));
}

/** What a forecast is made from, and the limits as shown to users. */
export interface ForecastInputs {
  readonly knowledge: Knowledge;
  readonly limits: readonly PeriodLimit[];
  /** Bounds of budgets, schedules and holds, beside the limits. */
  readonly bounds: readonly CallLimit[];
  /** Holds in force. */
  readonly holds: readonly HeldOperations[];
  /** A schedule starts runs of these feeds. */
  readonly hasSchedule: boolean;
  /** By the ledger's clock. */
  readonly now: Date;
}

interface Known {
  readonly facts: ForecastFacts;
  readonly planner: Parameters<typeof buildKnowledge>[2]['planner'];
  readonly limits: readonly PeriodLimit[];
  readonly holds: ForecastInputs['holds'];
  readonly schedules: readonly Schedule[];
  readonly now: Date;
}

function assemble(sync: SyncConfig, request: ForecastRequest, known: Known): ForecastInputs {
  const { facts, planner, limits, holds, schedules, now } = known;
  const held = holds.flatMap(({ operations }) => operations);
  const { hasSchedule, runEveryDays, callsPerDay } = readRhythm(schedules, request.feedNames, now);
  const bounds = [budgetLimit(callsPerDay, request.budgetCalls ?? Infinity), ...held.map(heldLimit)];
  const knowledge = buildKnowledge(narrow(sync, request), facts, {
    planner,
    limits: [...limits.map(toCallLimit), ...bounds],
    runEveryDays,
    callsPerSecond: paceShare * sync.quotas.perSecond,
  });
  return { knowledge, limits, bounds, holds, hasSchedule, now };
}

/** The knowledge without a database: the sync file, and general assumptions. */
export function assumeKnowledge(sync: SyncConfig, request: ForecastRequest, now: Date): ForecastInputs {
  return assemble(sync, request, {
    facts: assumedFacts(narrow(sync, request)),
    planner: { prior: firstPrior, visibleShare: shareOf(firstVisibleShare), shown: null, meanPopularity: 1 },
    limits: limitsOfFile(sync),
    holds: [],
    schedules: sync.schedules,
    now,
  });
}

/** The limits in effect; if there are none yet, those of the sync file. */
export async function readPeriodLimits({
  report,
  sync,
}: Pick<ForecastDeps, 'report' | 'sync'>): Promise<PeriodLimit[]> {
  const rows = (await report.listLimits()).flatMap((row) => toPeriodLimit(row, sync));
  return rows.length > 0 ? rows : limitsOfFile(sync);
}

/** The knowledge of the database about some feeds, and assumptions for the rest. */
export async function readKnowledge(deps: ForecastDeps, request: ForecastRequest): Promise<ForecastInputs> {
  const { facts, refreshQueue, report, quota, sync } = deps;
  const { feeds, freshness } = narrow(sync, request);
  const holds = await quota.listHolds();
  return assemble(sync, request, {
    facts: await facts.read(feeds, freshness),
    planner: await refreshQueue.planner(),
    limits: await readPeriodLimits({ report, sync }),
    holds: withOperations(holds, sync),
    schedules: liveSchedules(sync.schedules, await deps.schedules.list()),
    now: await quota.ledgerNow(),
  });
}

const round = (value: number) => Math.round(value * 10) / 10;

/** The forecast that is stored with a run, to compare it with the actual figures. */
export function toRunForecast(result: Forecast): RunForecast {
  const { apis, nextRun } = result;
  const { newOffers, changedOffers, seconds } = nextRun;
  return {
    isGuess: isGuess(result),
    calls: Object.fromEntries(apis.map(({ operation, nextRun: own }) => [operation, own])),
    newOffers: round(newOffers),
    changedOffers: round(changedOffers),
    seconds: round(seconds),
  };
}

/** Forecasts a run that begins now. Null when that fails: no run fails for lack of a forecast. */
export async function forecastRun(
  deps: ForecastDeps & { readonly log: Logger },
  request: ForecastRequest,
): Promise<Forecast | null> {
  try {
    return forecast((await readKnowledge(deps, request)).knowledge);
  } catch (err) {
    deps.log.warn({ err }, 'no forecast could be made for the run');
    return null;
  }
}
