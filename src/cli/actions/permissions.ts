import type { Command } from 'commander';
import type { CliContext } from '../../app/context.ts';
import { declareApi, declaredDay, findApi, type DeclareFlags } from '../permissions/declare-permission.ts';
import { formatPermissions } from '../permissions/format-permissions.ts';
import { syncFileName } from '../../config/project-folder.ts';
import { listPermissions } from '../../health/permissions/list-permissions.ts';
import { withPermissions } from '../permissions/open-permissions.ts';
import { formatForms, listForms } from '../permissions/permission-forms.ts';
import { readWatchedSync } from '../read-watched-sync.ts';
import { shanghaiDay } from '../../core/shanghai-time.ts';
import { openSession } from '../../app/session.ts';
import { safeJson } from '../../terminal/safe-text.ts';

/** Declares the state of one API. */
export async function setPermission(
  context: CliContext,
  name: string,
  flags: DeclareFlags,
  self: Command,
): Promise<void> {
  if (flags.state !== 'granted' && (flags.daily ?? flags.monthly) !== undefined) {
    self.error('error: --daily and --monthly are what was approved: give them with --state granted');
  }
  const session = openSession(self, context, { logs: 'command' });
  const said = await withPermissions(session, async (open) => {
    const on = await declaredDay(open, flags.on, self);
    return declareApi(open, findApi(open, name, self), { ...flags, on });
  });
  for (const line of said) session.talk(line);
}

/** Declares the state of the app. */
export async function setApplication(
  context: CliContext,
  flags: Pick<DeclareFlags, 'state' | 'on'>,
  self: Command,
): Promise<void> {
  const session = openSession(self, context, { logs: 'command' });
  const on = await withPermissions(session, async (open) => {
    const declaredAt = await declaredDay(open, flags.on, self);
    await open.permissions.declareApplication({ declared: flags.state, declaredAt });
    return declaredAt;
  });
  session.talk(`The application is declared ${flags.state} since ${shanghaiDay(on)}.`);
}

/** Ends the hold of an API. */
export async function resumeApi(
  context: CliContext,
  name: string,
  _flags: unknown,
  self: Command,
): Promise<void> {
  const session = openSession(self, context, { logs: 'command' });
  const { operation, wasHeld } = await withPermissions(session, async (open) => {
    const granted = findApi(open, name, self);
    return { operation: granted.operation, wasHeld: await open.quota.resumeApi(granted.api) };
  });
  session.talk(wasHeld ? `${operation} is no longer held.` : `${operation} was not held.`);
}

/** Prints what to paste into the forms of 1688, for one API or for all that the sync file needs. Reads no database. */
export async function printForms(
  context: CliContext,
  name: string | undefined,
  _flags: unknown,
  self: Command,
): Promise<void> {
  const session = openSession(self, context, { logs: 'command', ignoresEnvironment: true });
  const sync = await readWatchedSync(session);
  const operation = name === undefined ? null : findApi({ sync }, name, self).operation;
  const forms = listForms(sync).filter((form) => operation === null || form.operation === operation);
  if (forms.length === 0) self.error(`error: ${syncFileName} needs no call of ${operation ?? 'any API'}`);
  session.print(session.isJson ? safeJson(forms) : formatForms(forms));
  session.talk(
    `\nThe volumes are upper bounds, from ${syncFileName} alone: \`catalog-sync plan --monthly\` shows how they arise. Change the texts where they do not fit your business.`,
  );
}

/** Shows the permissions, as declared and as observed. */
export async function showPermissions(context: CliContext, _flags: unknown, self: Command): Promise<void> {
  const session = openSession(self, context, { logs: 'command' });
  const report = await withPermissions(session, listPermissions);
  const width = context.stdout.columns ?? null;
  session.print(session.isJson ? safeJson(report) : formatPermissions(report, width));
}
