import { AppError } from '../core/errors.ts';
import type { Logger } from '../core/log.ts';
import type { Schedule } from '../model/sync-config.ts';
import type { KeptSchedule, ScheduleOrigin, ScheduleStore } from './schedule-store.ts';
import type { SlotStore } from './slot-store.ts';
import { decidedUntil, readDueSlots } from './due-slots.ts';
import { runErrors } from './errors.ts';

export interface ChangeDeps {
  readonly schedules: ScheduleStore;
  readonly slots: SlotStore;
  readonly ledgerNow: () => Promise<Date>;
  /** Runs the work while no tick is working, in any process. */
  readonly betweenTicks: (work: () => Promise<void>) => Promise<void>;
  readonly log: Logger;
}

/** Accounts for the slots up to now by the schedule as it was, before the schedule changes. */
async function settle({ slots, ledgerNow, log }: ChangeDeps, schedule: KeptSchedule): Promise<void> {
  const now = await ledgerNow();
  const outcome = schedule.pausedAt === null ? 'missed' : 'skipped';
  let since = decidedUntil(schedule);
  for (;;) {
    const due = readDueSlots(schedule, since, now, log).map(({ at }) => at);
    const newest = due.at(-1);
    if (newest === undefined) return;
    await slots.decideWithoutRun(schedule.name, due, outcome);
    since = newest;
  }
}

/** The longest name of a schedule that the sync file allows. */
const longestName = 40;

const makers = { file: 'catalog-sync.yaml', cli: '`catalog-sync schedule add`' } as const;

interface Named {
  readonly schedule: Schedule;
  readonly by: ScheduleOrigin;
}

const named = (schedule: Schedule, by: ScheduleOrigin): Named => ({ schedule, by });

/** The name with the lowest number that no schedule uses. */
function freeName(name: string, all: readonly Schedule[]): string {
  const taken = new Set(all.map((schedule) => schedule.name));
  for (let number = 2; ; number += 1) {
    const end = `-${String(number)}`;
    const free = name.slice(0, longestName - end.length) + end;
    if (!taken.has(free)) return free;
  }
}

/** @param both of one name @param isAddedKept whether one of them is kept that a command added */
function nameTaken(both: readonly Named[], isAddedKept: boolean, all: readonly Schedule[]): AppError {
  const name = both[0]?.schedule.name ?? '';
  const described = both.map(
    ({ schedule: { cron, timezone, feeds }, by }) =>
      `one of ${makers[by]} ('${cron}' in ${timezone} for ${feeds.join(', ')})`,
  );
  const removal = `\`catalog-sync schedule remove ${name}\` removes the one that was added, and `;
  const advice = `${isAddedKept ? removal : ''}${freeName(name, all)} is a name that is free`;
  return new AppError(
    runErrors.SCHEDULE_NAME_TAKEN,
    `there would be two schedules named ${name}: ${described.join(', ')}; ${advice}`,
  );
}

const hasOtherTimes = (left: Schedule, right: Schedule): boolean =>
  left.cron !== right.cron || left.timezone !== right.timezone;

const isOther = (left: Schedule, right: Schedule): boolean =>
  hasOtherTimes(left, right) ||
  left.budgetCalls !== right.budgetCalls ||
  left.missed !== right.missed ||
  left.feeds.join() !== right.feeds.join();

async function adopt(deps: ChangeDeps, schedule: Schedule, kept: KeptSchedule | undefined): Promise<void> {
  if (kept === undefined) return deps.schedules.insert(schedule, 'file');
  if (!isOther(schedule, kept)) return;
  const countsAnew = hasOtherTimes(schedule, kept);
  if (countsAnew) await settle(deps, kept);
  await deps.schedules.update(schedule, countsAnew);
}

/**
 * Stores the schedules of the sync file: new ones count from now on, those that the file no longer names are removed, and those
 * that a command added or paused stay so.
 *
 * @throws AppError SCHEDULE_NAME_TAKEN, before anything is changed
 */
export async function adoptSchedules(deps: ChangeDeps, file: readonly Schedule[]): Promise<void> {
  await deps.betweenTicks(async () => {
    const kept = new Map((await deps.schedules.list()).map((schedule) => [schedule.name, schedule]));
    for (const schedule of file) {
      const other = kept.get(schedule.name);
      if (other?.origin !== 'cli') continue;
      const both = [named(schedule, 'file'), named(other, 'cli')];
      throw nameTaken(both, true, [...file, ...kept.values()]);
    }
    for (const schedule of kept.values()) {
      if (schedule.origin === 'cli' || file.some(({ name }) => name === schedule.name)) continue;
      await settle(deps, schedule);
      await deps.schedules.remove(schedule.name);
      deps.log.info(
        { schedule: schedule.name },
        'schedule removed, because catalog-sync.yaml no longer has it',
      );
    }
    for (const schedule of file) await adopt(deps, schedule, kept.get(schedule.name));
  });
}

/**
 * Adds a schedule beside those of the sync file.
 *
 * @throws AppError SCHEDULE_NAME_TAKEN
 */
export async function addSchedule(
  deps: ChangeDeps,
  schedule: Schedule,
  file: readonly Schedule[],
): Promise<void> {
  await deps.betweenTicks(async () => {
    const all = await deps.schedules.list();
    const isSame = ({ name }: Schedule) => name === schedule.name;
    const [written, kept] = [file.find(isSame), all.find(isSame)];
    const other = written ? named(written, 'file') : kept && named(kept, kept.origin);
    if (other) throw nameTaken([other, named(schedule, 'cli')], kept?.origin === 'cli', [...file, ...all]);
    await deps.schedules.insert(schedule, 'cli');
  });
}

/** Reads the schedules of the sync file when they are needed; null: there is no file. */
type ReadFile = () => readonly Schedule[] | null;

/**
 * Changes one schedule. Its slots up to now are decided by its old state. `kept` is null for a schedule of the sync file that no
 * process has stored yet.
 *
 * @throws AppError SCHEDULE_UNKNOWN
 */
async function change(
  deps: ChangeDeps,
  { name, readFile }: { readonly name: string; readonly readFile: ReadFile },
  work: (kept: KeptSchedule | null, schedule: Schedule) => Promise<void>,
): Promise<void> {
  await deps.betweenTicks(async () => {
    const all = await deps.schedules.list();
    const kept = all.find((schedule) => schedule.name === name);
    if (kept) return work(kept, kept);
    const file = readFile() ?? [];
    const written = file.find((schedule) => schedule.name === name);
    if (!written) throw unknownSchedule(name, [...all, ...file]);
    return work(null, written);
  });
}

/** The error for a name that no schedule has. */
export function unknownSchedule(name: string, all: readonly Schedule[]): AppError {
  const names = [...new Set(all.map((schedule) => schedule.name))].join(', ');
  const known = names === '' ? 'there is none' : `there are ${names}`;
  return new AppError(runErrors.SCHEDULE_UNKNOWN, `no schedule is named ${name}; ${known}`);
}

/**
 * Skips slots from now on. A schedule of the sync file that is not stored yet is stored now, as paused.
 *
 * @returns false when it was paused already
 * @throws AppError SCHEDULE_UNKNOWN
 */
export async function pauseSchedule(
  deps: ChangeDeps,
  name: string,
  readFile: ReadFile = () => null,
): Promise<boolean> {
  let isPending = true;
  await change(deps, { name, readFile }, async (kept, schedule) => {
    isPending = !kept?.pausedAt;
    if (!isPending) return;
    if (kept === null) await deps.schedules.insert(schedule, 'file');
    else await settle(deps, kept);
    await deps.schedules.pause(name);
  });
  return isPending;
}

/**
 * Slots start runs again from now on; skipped slots are not run later.
 *
 * @returns false when it was not paused
 * @throws AppError SCHEDULE_UNKNOWN
 */
export async function resumeSchedule(
  deps: ChangeDeps,
  name: string,
  readFile: ReadFile = () => null,
): Promise<boolean> {
  let isPending = false;
  await change(deps, { name, readFile }, async (kept) => {
    if (!kept?.pausedAt) return;
    isPending = true;
    await settle(deps, kept);
    await deps.schedules.resume(name);
  });
  return isPending;
}

/** True if the next start of a `serve` or `worker` would add the schedule; without a file at hand, for schedules that came from one. */
function isOfFile({ name, origin }: KeptSchedule, readFile: ReadFile): boolean {
  return origin === 'file' && (readFile()?.some((schedule) => schedule.name === name) ?? true);
}

/**
 * Removes a schedule that a command added, or that the sync file no longer has. The outcomes of its slots stay.
 *
 * @throws AppError SCHEDULE_UNKNOWN, or SCHEDULE_IN_FILE for one of the sync file
 */
export async function removeSchedule(
  deps: ChangeDeps,
  name: string,
  readFile: ReadFile = () => null,
): Promise<void> {
  await change(deps, { name, readFile }, async (kept) => {
    if (kept === null || isOfFile(kept, readFile)) {
      const message = `catalog-sync.yaml defines schedule ${name} and would add it again; \`catalog-sync schedule pause ${name}\` stops it`;
      throw new AppError(runErrors.SCHEDULE_IN_FILE, message);
    }
    await settle(deps, kept);
    await deps.schedules.remove(name);
  });
}
