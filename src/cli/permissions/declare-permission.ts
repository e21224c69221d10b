import type { Command } from 'commander';
import { guideNames } from '../../extract/endpoints/guide-names.ts';
import type { DeclaredState } from '../../model/permission.ts';
import type { ApprovedCalls } from '../../model/sync-config.ts';
import { approvedCalls } from '../../model/approved-calls.ts';
import { shanghaiDay, startOfShanghaiDay } from '../../core/shanghai-time.ts';
import { listGrantedApis, type GrantedApi } from '../../health/permissions/list-permissions.ts';
import type { OpenPermissions } from './open-permissions.ts';

export interface DeclareFlags {
  readonly state: DeclaredState;
  /** Absent: today. */
  readonly on?: Date;
  readonly daily?: number;
  readonly monthly?: number;
}

/**
 * An API by operation, by its name in the console, or by its name in guides. Ends with a usage error when it is none
 * of those that the project asks.
 */
export function findApi({ sync }: Pick<OpenPermissions, 'sync'>, text: string, command: Command): GrantedApi {
  const operation = guideNames[text]?.operation ?? text;
  const apis = listGrantedApis(sync);
  const found = apis.find((row) => row.operation === operation || row.name === text);
  const known = apis.map((row) => row.operation).join(', ');
  return found ?? command.error(`error: there is no API ${text}: give one of ${known}`);
}

/** The day that is declared, as its first moment in Asia/Shanghai. Ends with a usage error if it is in the future. */
export async function declaredDay(
  { quota }: OpenPermissions,
  on: Date | undefined,
  command: Command,
): Promise<Date> {
  const now = await quota.ledgerNow();
  const today = startOfShanghaiDay(shanghaiDay(now)) ?? now;
  if (on !== undefined && on > today) command.error('error: --on is a day that has not come yet');
  return on ?? today;
}

const formatLimits = ({ daily, monthly }: ApprovedCalls): string =>
  [...(daily === null ? [] : [`${daily} a day`]), ...(monthly === null ? [] : [`${monthly} a month`])].join(
    ', ',
  );

/**
 * Stores the declared state of an API, and makes approved volumes limits at once.
 *
 * @returns lines that say what follows from it
 */
export async function declareApi(
  open: OpenPermissions,
  { api, operation }: GrantedApi,
  flags: DeclareFlags & { readonly on: Date },
): Promise<string[]> {
  const { permissions, quota, sync, appKey } = open;
  const volumes = { daily: flags.daily ?? null, monthly: flags.monthly ?? null };
  await permissions.declareApi({
    ...{ api, declared: flags.state, declaredAt: flags.on },
    ...{ approvedDaily: volumes.daily, approvedMonthly: volumes.monthly },
  });
  const permission = (await permissions.listApis()).find((row) => row.api === api);
  const byFile: Readonly<Record<string, ApprovedCalls>> = sync?.quotas.approved ?? {};
  const fromFile = byFile[operation];
  const limits = approvedCalls(fromFile, permission);
  await quota.applyApproved(appKey, api, limits);
  const isOverruled =
    (volumes.daily !== null && limits.daily !== volumes.daily) ||
    (volumes.monthly !== null && limits.monthly !== volumes.monthly);
  return [
    `${operation} is declared ${flags.state} since ${shanghaiDay(flags.on)}.`,
    ...(formatLimits(limits) === '' ? [] : [`Limit of the API: ${formatLimits(limits)}.`]),
    ...(isOverruled ? ['quotas.approved of catalog-sync.yaml says other numbers, and wins.'] : []),
  ];
}
