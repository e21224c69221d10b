import type { Logger } from '../core/log.ts';
import type { Source } from '../model/run.ts';
import type { Schedule } from '../model/sync-config.ts';
import type { RunStore } from '../load/stores/run-store.ts';
import type { SlotStore } from '../load/stores/slot-store.ts';
import { listDueSlots } from './due-slots.ts';

export interface ScheduleDeps {
  readonly schedules: readonly Schedule[];
  readonly slots: SlotStore;
  readonly runs: RunStore;
  readonly source: Source;
  readonly log: Logger;
}

/** `feed:x` for one feed as `sync --feed x` has it, so that both know each other's runs. */
function scopeOf(schedule: Schedule): string {
  return schedule.feeds.length === 1 ? `feed:${schedule.feeds.join()}` : `schedule:${schedule.name}`;
}

async function startRun(deps: ScheduleDeps, schedule: Schedule, slotAt: Date): Promise<void> {
  const begun = await deps.runs.begin({
    scope: scopeOf(schedule),
    feedNames: schedule.feeds,
    trigger: schedule.name,
    source: deps.source,
    budgetCalls: schedule.budgetCalls,
    deadlineMs: null,
  });
  const isMerged = begun.kind === 'active';
  const runId = isMerged ? begun.runId : begun.run.runId;
  await deps.slots.decide(schedule.name, slotAt, isMerged ? 'merged' : 'ran', runId);
  deps.log.info({ schedule: schedule.name, slotAt, runId, isMerged }, 'schedule slot reached');
}

/**
 * Decides every slot that has come: it starts a run, is merged into one that is active, or is missed. A process
 * that is killed between start and decision leaves an active run, into which the next tick merges the slot.
 */
export async function startScheduledRuns(deps: ScheduleDeps, now: Date): Promise<void> {
  for (const schedule of deps.schedules) {
    const last = await deps.slots.lastDecided(schedule.name);
    for (const slot of listDueSlots(schedule, last, now)) {
      if (slot.isMissed) await deps.slots.decide(schedule.name, slot.at, 'missed', null);
      else await startRun(deps, schedule, slot.at);
    }
  }
}
