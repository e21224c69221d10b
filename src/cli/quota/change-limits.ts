import type { Command } from 'commander';
import { AppError } from '../../core/errors.ts';
import { chooseApis } from '../../extract/endpoints/endpoints.ts';
import type { QuotaPresets } from '../../ledger/limit-changes.ts';
import type { PeriodKind } from '../../model/ledger.ts';
import type { SyncConfig } from '../../model/sync-config.ts';
import { cliErrors } from '../../app/errors.ts';
import type { QuotaAnswer } from './answer.ts';
import { findSubject, displayName, typedName, type QuotaSubject } from './find-subject.ts';
import { formatNamedLimit } from './format-quota.ts';
import { findDeclaration, type Declaration } from './limit-origin.ts';
import type { OpenQuota } from './open-quota.ts';
import { readQuota, type ShownLimit } from './read-quota.ts';

/** In the order in which they are shown. */
export const periodKinds = ['second', 'minute', 'day', 'month'] as const satisfies readonly PeriodKind[];

export type PeriodNumbers = Readonly<Partial<Record<PeriodKind, number>>>;

/** With the sync file, which has the limits of the next start. */
export type OpenWithFile = OpenQuota & { readonly sync: SyncConfig };

const places: Record<Declaration, string> = {
  'quotas.approved': 'in quotas.approved of catalog-sync.yaml',
  'quotas.groups': 'in quotas.groups of catalog-sync.yaml',
  permissions: 'by `catalog-sync permissions set`',
};

/** @throws AppError QUOTA_LIMIT_DECLARED */
async function requireUndeclared(
  open: OpenWithFile,
  { api, name }: QuotaSubject,
  periods: readonly PeriodKind[],
): Promise<void> {
  const declarations = { sync: open.sync, permissions: await open.permissions.listApis() };
  for (const period of periods) {
    const declared = findDeclaration({ api, period }, declarations);
    if (declared === null) continue;
    const message = `nothing was changed: the ${period}'s limit of ${name} is declared ${places[declared.by]}, which every process applies at its start`;
    throw new AppError(cliErrors.QUOTA_LIMIT_DECLARED, message);
  }
}

async function listLimitsOf(open: OpenQuota, { api }: QuotaSubject): Promise<ShownLimit[]> {
  return (await readQuota(open)).limits.filter((limit) => limit.api === api);
}

/**
 * Sets limits of an API or of the app, at once and for all processes.
 *
 * @throws AppError QUOTA_LIMIT_DECLARED
 */
export async function setLimits(
  open: OpenWithFile,
  text: string,
  numbers: PeriodNumbers,
  command: Command,
): Promise<QuotaAnswer> {
  const wanted = periodKinds.flatMap((period) => {
    const callLimit = numbers[period];
    return callLimit === undefined ? [] : [{ period, callLimit }];
  });
  if (wanted.length === 0) command.error('error: give a number: --day, --month, --minute or --second');
  const subject = await findSubject(open, text, command);
  const periods = wanted.map(({ period }) => period);
  await requireUndeclared(open, subject, periods);
  for (const limit of wanted) await open.quota.setLimit({ appKey: open.appKey, api: subject.api, ...limit });
  const changed = (await listLimitsOf(open, subject)).filter(({ period }) => periods.includes(period));
  const isPace = subject.api === '*' && periods.includes('second');
  return {
    lines: [
      ...changed.map(formatNamedLimit),
      `This applies until \`catalog-sync quota unset ${typedName(subject.name)}\`.`,
      ...(isPace ? ['Until then, quotas.per_second of catalog-sync.yaml has no effect.'] : []),
    ],
    data: changed,
  };
}

function presetsOf({ sync, appKey }: OpenWithFile): QuotaPresets {
  const apis = Object.values(chooseApis(sync.apis));
  return { appKey, apis, account: sync.account, callsPerSecond: sync.quotas.perSecond };
}

/**
 * Ends limits that `setLimits` set; those of the account hold again where there are any.
 *
 * @param chosen none: all periods that nothing declares
 * @throws AppError QUOTA_LIMIT_DECLARED
 */
export async function unsetLimits(
  open: OpenWithFile,
  text: string,
  chosen: readonly PeriodKind[],
  command: Command,
): Promise<QuotaAnswer> {
  const subject = await findSubject(open, text, command);
  await requireUndeclared(open, subject, chosen);
  const set = (await listLimitsOf(open, subject)).filter(
    ({ origin, period }) => origin === 'set' && (chosen.length === 0 || chosen.includes(period)),
  );
  for (const { period } of set) await open.quota.liftLimit(presetsOf(open), { api: subject.api, period });
  const after = await listLimitsOf(open, subject);
  const lines = set.map(({ period }) => {
    const now = after.find((limit) => limit.period === period);
    return now === undefined
      ? `${displayName(subject.name)}, ${period}: limit removed.`
      : formatNamedLimit(now);
  });
  const nothing = `${displayName(subject.name)}: nothing was set.`;
  return { lines: lines.length === 0 ? [nothing] : lines, data: after };
}
