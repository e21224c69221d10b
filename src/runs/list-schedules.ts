import { minuteMs } from '../core/duration.ts';
import { decidedUntil, findNextSlot } from './due-slots.ts';
import type { KeptSchedule, ScheduleOrigin } from './schedule-store.ts';
import type { Schedule, SyncConfig } from '../model/sync-config.ts';

/** `new`: in the sync file, but no process has stored it yet. */
type ScheduleState = 'active' | 'paused' | 'new';

/** A schedule as shown to users. */
export interface ScheduleRow extends Schedule {
  readonly origin: ScheduleOrigin;
  readonly state: ScheduleState;
  readonly pausedAt: Date | null;
  readonly lastSlot: KeptSchedule['lastSlot'];
  /** Null: no slot of it will start a run. */
  readonly nextSlotAt: Date | null;
  /** The problems, as whole sentences. */
  readonly remarks: readonly string[];
}

/** If a slot waits for longer than this, no process decides it: a tick comes every second. */
const unattendedMs = minuteMs;

const takesOver = 'from the next start of `serve` or `worker` on';

const definition = ({ cron, timezone, feeds, budgetCalls, missed }: Schedule): string =>
  JSON.stringify([cron, timezone, feeds, budgetCalls, missed]);

function remarkOnFile(kept: KeptSchedule, file: readonly Schedule[]): string[] {
  const written = file.find(({ name }) => name === kept.name);
  if (kept.origin === 'cli') {
    return written
      ? [
          `is also in catalog-sync.yaml, so \`serve\` and \`worker\` do not start: rename or remove one of the two.`,
        ]
      : [];
  }
  if (!written)
    return ['is no longer in catalog-sync.yaml, and ends at the next start of `serve` or `worker`.'];
  return definition(written) === definition(kept)
    ? []
    : [`was changed in catalog-sync.yaml; the change applies ${takesOver}.`];
}

function remarkOnFeeds({ feeds }: Schedule, { feeds: known }: SyncConfig): string[] {
  const gone = feeds.filter((feed) => known.every(({ name }) => name !== feed));
  if (gone.length === 0) return [];
  const consequence = gone.length === feeds.length ? 'its slots are skipped' : 'its runs go without them';
  return [`is for feeds that catalog-sync.yaml does not have (${gone.join(', ')}): ${consequence}.`];
}

function remarkOnDelay(waiting: Date | null, now: Date): string[] {
  if (waiting === null) return ['cannot be read by this Node: remove it and add it again.'];
  if (now.getTime() - waiting.getTime() < unattendedMs) return [];
  return ['has waiting slots, because no `serve` or `worker` is running: start one.'];
}

function describeKept(kept: KeptSchedule, sync: SyncConfig | null, now: Date): ScheduleRow {
  const { name, cron, timezone, feeds, budgetCalls, missed, origin, pausedAt, lastSlot } = kept;
  const ofFile = sync === null ? [] : [...remarkOnFile(kept, sync.schedules), ...remarkOnFeeds(kept, sync)];
  return {
    ...{ name, cron, timezone, feeds, budgetCalls, missed, origin, pausedAt, lastSlot },
    state: pausedAt === null ? 'active' : 'paused',
    nextSlotAt: pausedAt === null ? findNextSlot(kept, now) : null,
    remarks: [...ofFile, ...remarkOnDelay(findNextSlot(kept, decidedUntil(kept)), now)],
  };
}

/**
 * Every schedule that is stored or in the sync file, by name. Pure.
 *
 * @param sync null: there is no sync file, or none that can be read
 */
export function describeSchedules(
  kept: readonly KeptSchedule[],
  sync: SyncConfig | null,
  now: Date,
): ScheduleRow[] {
  const unknown = (sync?.schedules ?? []).filter(({ name }) => kept.every((other) => other.name !== name));
  const rows = [
    ...kept.map((schedule) => describeKept(schedule, sync, now)),
    ...unknown.map((schedule): ScheduleRow => ({
      ...schedule,
      ...{ origin: 'file', state: 'new', pausedAt: null, lastSlot: null },
      nextSlotAt: null,
      remarks: [`is new in catalog-sync.yaml, and starts runs ${takesOver}.`],
    })),
  ];
  return rows.sort((left, right) => (left.name < right.name ? -1 : 1));
}
