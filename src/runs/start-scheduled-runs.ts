import type { Logger } from '../core/log.ts';
import type { Source } from '../model/run.ts';
import type { KeptSchedule, ScheduleStore } from './schedule-store.ts';
import type { SlotStore } from './slot-store.ts';
import type { BeginRun } from './begin-run.ts';
import { decidedUntil, readDueSlots, type Slot } from './due-slots.ts';
import { scopeOf } from './scope-of.ts';

export interface ScheduleDeps {
  readonly schedules: Pick<ScheduleStore, 'list'>;
  readonly slots: SlotStore;
  readonly begin: BeginRun;
  readonly source: Source;
  /** Names of the feeds that this process knows. */
  readonly feeds: readonly string[];
  readonly log: Logger;
}

async function startRun(deps: ScheduleDeps, schedule: KeptSchedule, slotAt: Date): Promise<void> {
  const { slots, begin, source, log } = deps;
  const { name, budgetCalls } = schedule;
  const feeds = schedule.feeds.filter((feed) => deps.feeds.includes(feed));
  if (feeds.length < schedule.feeds.length) {
    const gone = schedule.feeds.filter((feed) => !feeds.includes(feed));
    log.warn({ schedule: name, gone }, 'a schedule names feeds that are not in catalog-sync.yaml');
  }
  if (feeds.length === 0) return slots.decideWithoutRun(name, [slotAt], 'skipped');
  const scope = scopeOf(feeds, deps.feeds);
  const begun = await begin({
    ...{ scope, feedNames: feeds, trigger: name, source, budgetCalls },
    deadlineMs: null,
  });
  const outcome = begun.kind === 'started' ? 'ran' : 'merged';
  const runId = begun.kind === 'active' ? begun.runId : begun.run.runId;
  await slots.decide(name, slotAt, outcome, runId);
  log.info({ schedule: name, slotAt, runId, outcome }, 'schedule slot reached');
}

async function decideSlots(deps: ScheduleDeps, schedule: KeptSchedule, now: Date): Promise<void> {
  const { name, pausedAt } = schedule;
  const due = readDueSlots(schedule, decidedUntil(schedule), now, deps.log);
  const isIdle = (slot: Slot) => pausedAt !== null || slot.isMissed;
  const idle = due.filter(isIdle).map(({ at }) => at);
  await deps.slots.decideWithoutRun(name, idle, pausedAt === null ? 'missed' : 'skipped');
  for (const slot of due) if (!isIdle(slot)) await startRun(deps, schedule, slot.at);
}

/**
 * Decides every slot that has come: it starts a run, is merged into an active one, is missed, or is skipped while its schedule is
 * paused. If the process is killed between start and decision, the run stays active, and the next tick merges the slot into it.
 */
export async function startScheduledRuns(deps: ScheduleDeps, now: Date): Promise<void> {
  for (const schedule of await deps.schedules.list()) await decideSlots(deps, schedule, now);
}
