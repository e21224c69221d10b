import type { Command } from 'commander';
import type { z } from 'zod';
import {
  addSchedule,
  pauseSchedule,
  removeSchedule,
  resumeSchedule,
  unknownSchedule,
} from '../../runs/change-schedules.ts';
import { runErrors } from '../../runs/errors.ts';
import { nextSlotTime } from '../../runs/slot-times.ts';
import { scopeOf } from '../../runs/scope-of.ts';
import type { MissedRunPolicy } from '../../model/sync-config.ts';
import { cron, name as nameOf, timezone } from '../../config/sync-config-values.ts';
import type { CliContext } from '../../app/context.ts';
import { withPings } from '../../app/heartbeat.ts';
import { AppError } from '../../core/errors.ts';
import type { App } from '../../app/open-app.ts';
import { describeUnknownFeeds, refuseUnknownFeeds } from '../refuse-unknown-feeds.ts';
import { runScope } from '../run-scope.ts';
import { formatSchedules, formatSlots } from '../schedules/format-schedules.ts';
import { describeSchedules } from '../../runs/list-schedules.ts';
import { readSyncFileIfAny, withSchedules } from '../schedules/open-schedules.ts';
import { openSession, type Session } from '../../app/session.ts';
import { shanghaiTime } from '../../core/shanghai-time.ts';
import { safeJson } from '../../terminal/safe-text.ts';

interface AddFlags {
  readonly cron: string;
  readonly timeZone: string;
  readonly feed: string[];
  readonly budget?: number;
  readonly missed: MissedRunPolicy;
}

/** What the sync file says; null: there is no file. @throws AppError CONFIG_FILE_* */
const fileOf = (session: Session) => readSyncFileIfAny(session)?.schedules ?? null;

/** Ends with a usage error when the sync file could not have the value either. */
function requireValid(type: z.ZodType<string, string>, what: string, text: string, command: Command): void {
  const { error } = type.safeParse(text);
  if (!error) return;
  const reasons = error.issues.map(({ message }) => message).join(', ');
  command.error(`error: ${what} '${text}' ${reasons}`);
}

/** Shows every schedule. */
export async function listSchedules(context: CliContext, _flags: unknown, self: Command): Promise<void> {
  const session = openSession(self, context, { logs: 'command' });
  const sync = readSyncFileIfAny(session);
  const rows = await withSchedules(session, async ({ schedules, ledgerNow }) =>
    describeSchedules(await schedules.list(), sync, await ledgerNow()),
  );
  session.print(session.isJson ? safeJson(rows) : formatSchedules(rows, context.stdout.columns ?? null));
}

/** Adds a schedule. */
export async function addToSchedules(
  context: CliContext,
  name: string,
  flags: AddFlags,
  self: Command,
): Promise<void> {
  requireValid(nameOf('schedule'), 'the name', name, self);
  requireValid(cron, '--cron', flags.cron, self);
  requireValid(timezone, '--time-zone', flags.timeZone, self);
  const session = openSession(self, context, { logs: 'command' });
  const sync = session.readSyncConfig();
  const feeds = [...new Set(flags.feed)];
  refuseUnknownFeeds(sync, feeds, self);
  const { timeZone, budget = null, missed } = flags;
  const schedule = { name, cron: flags.cron, timezone: timeZone, feeds, budgetCalls: budget, missed };
  const nextAt = await withSchedules(session, async (deps) => {
    await addSchedule(deps, schedule, sync.schedules);
    return nextSlotTime(schedule, await deps.ledgerNow());
  });
  session.talk(
    `Schedule ${name} is added; its first slot is ${shanghaiTime(nextAt)} (Shanghai), while a serve or worker runs.`,
  );
}

/** Skips the slots of a schedule from now on. */
export async function pause(
  context: CliContext,
  name: string,
  _flags: unknown,
  self: Command,
): Promise<void> {
  const session = openSession(self, context, { logs: 'command' });
  const isPending = await withSchedules(session, (deps) => pauseSchedule(deps, name, () => fileOf(session)));
  session.talk(isPending ? `Schedule ${name} is paused.` : `Schedule ${name} was already paused.`);
}

/** Ends the pause of a schedule. */
export async function resume(
  context: CliContext,
  name: string,
  _flags: unknown,
  self: Command,
): Promise<void> {
  const session = openSession(self, context, { logs: 'command' });
  const isPending = await withSchedules(session, (deps) => resumeSchedule(deps, name, () => fileOf(session)));
  session.talk(isPending ? `Schedule ${name} continues.` : `Schedule ${name} was not paused.`);
}

/** Removes a schedule. */
export async function remove(
  context: CliContext,
  name: string,
  _flags: unknown,
  self: Command,
): Promise<void> {
  const session = openSession(self, context, { logs: 'command' });
  await withSchedules(session, (deps) => removeSchedule(deps, name, () => fileOf(session)));
  session.talk(`Schedule ${name} is removed.`);
}

/** Starts the run of a schedule, and waits for its end. */
export async function runNow(
  context: CliContext,
  name: string,
  flags: { readonly strictExit?: true },
  self: Command,
): Promise<void> {
  const session = openSession(self, context, { logs: 'command' });
  const sync = session.readSyncConfig();
  const isStrict = flags.strictExit ?? false;
  const start = async (app: App) => {
    const all = [...(await app.schedules.list()), ...sync.schedules];
    const schedule = all.find((known) => known.name === name);
    if (!schedule) throw unknownSchedule(name, all);
    const { feeds, budgetCalls } = schedule;
    const problem = describeUnknownFeeds(sync, feeds);
    if (problem !== null) throw new AppError(runErrors.SCHEDULE_FEED_UNKNOWN, `schedule ${name}: ${problem}`);
    const scope = scopeOf(
      feeds,
      sync.feeds.map((feed) => feed.name),
    );
    return { scope, feedNames: feeds, trigger: name, budgetCalls, deadlineMs: null };
  };
  context.exitCode = await withPings(session, null, () =>
    runScope(session, sync, start, { isStrict, mayAsk: false, deadlineMs: null }),
  );
}

/** Shows past slots. */
export async function showHistory(
  context: CliContext,
  name: string | undefined,
  { limit }: { readonly limit: number },
  self: Command,
): Promise<void> {
  const session = openSession(self, context, { logs: 'command' });
  const slots = await withSchedules(session, async ({ slots: store, schedules }) => {
    const found = await store.list(name ?? null, limit);
    if (name === undefined || found.length > 0) return found;
    const all = [...(await schedules.list()), ...(fileOf(session) ?? [])];
    if (!all.some((known) => known.name === name)) throw unknownSchedule(name, all);
    return found;
  });
  session.print(session.isJson ? safeJson(slots) : formatSlots(slots));
}
