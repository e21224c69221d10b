import type { Command } from 'commander';
import type { CliContext } from '../../app/context.ts';
import { printAnswer, type QuotaAnswer } from '../quota/answer.ts';
import {
  periodKinds,
  setLimits,
  unsetLimits,
  type OpenWithFile,
  type PeriodNumbers,
} from '../quota/change-limits.ts';
import { addExternal, reconcileCounts, type ConsoleNumbers } from '../quota/correct-counts.ts';
import { formatQuota } from '../quota/format-quota.ts';
import { holdCalls, resumeCalls } from '../quota/hold-calls.ts';
import { withQuota, type OpenQuota } from '../quota/open-quota.ts';
import { readQuota } from '../quota/read-quota.ts';
import type { PeriodKind } from '../../model/ledger.ts';
import { openSession } from '../../app/session.ts';
import { safeJson } from '../../terminal/safe-text.ts';

/** Opens the project's quota, changes it, and prints the result. */
async function change(
  self: Command,
  context: CliContext,
  work: (open: OpenQuota) => Promise<QuotaAnswer>,
): Promise<void> {
  const session = openSession(self, context, { logs: 'command' });
  printAnswer(session, await withQuota(session, work));
}

/** As `change`, for what depends on the sync file. @throws AppError CONFIG_FILE_MISSING when there is none */
async function changeWithFile(
  self: Command,
  context: CliContext,
  work: (open: OpenWithFile) => Promise<QuotaAnswer>,
): Promise<void> {
  const session = openSession(self, context, { logs: 'command' });
  const sync = session.readSyncConfig();
  printAnswer(session, await withQuota(session, (open) => work({ ...open, sync })));
}

/** Shows every limit with the calls that are left, and every hold. */
export async function showLimits(context: CliContext, _flags: unknown, self: Command): Promise<void> {
  const session = openSession(self, context, { logs: 'command' });
  const overview = await withQuota(session, readQuota);
  const width = context.stdout.columns ?? null;
  session.print(session.isJson ? safeJson(overview) : formatQuota(overview, width));
}

/** Sets limits of an API or the app. */
export function set(context: CliContext, text: string, numbers: PeriodNumbers, self: Command): Promise<void> {
  return changeWithFile(self, context, (open) => setLimits(open, text, numbers, self));
}

/** Removes limits that were set: those of the chosen periods, or all. */
export function unset(
  context: CliContext,
  text: string,
  chosen: Readonly<Partial<Record<PeriodKind, true>>>,
  self: Command,
): Promise<void> {
  const periods = periodKinds.filter((period) => chosen[period]);
  return changeWithFile(self, context, (open) => unsetLimits(open, text, periods, self));
}

/** Stops the calls of an API or the app. */
export function hold(
  context: CliContext,
  text: string,
  { reason }: { readonly reason?: string },
  self: Command,
): Promise<void> {
  return change(self, context, (open) => holdCalls(open, text, reason ?? null, self));
}

/** Ends a hold. */
export function resume(context: CliContext, text: string, _flags: unknown, self: Command): Promise<void> {
  return change(self, context, (open) => resumeCalls(open, text, self));
}

/** Adds calls of other programs to the counts. */
export async function addExternalCalls(
  context: CliContext,
  ...[text, calls, , self]: [text: string, calls: number, flags: unknown, self: Command]
): Promise<void> {
  await change(self, context, (open) => addExternal(open, text, calls, self));
}

/** Sets the used calls to what 1688's console shows. */
export function reconcile(
  context: CliContext,
  flags: ConsoleNumbers & { readonly api: string },
  self: Command,
): Promise<void> {
  return change(self, context, (open) => reconcileCounts(open, flags.api, flags, self));
}
