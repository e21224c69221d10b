import type { QuotaLimitRow } from '../../ledger/quota-report.ts';
import type { ApiPermission } from '../../model/permission.ts';
import type { ApprovedCalls, SyncConfig } from '../../model/sync-config.ts';
import { listGrantedApis } from '../../health/permissions/list-permissions.ts';

/** What every process applies again at its start, so that no other number of the same limit can last. */
export type Declaration = 'quotas.approved' | 'quotas.groups' | 'permissions';

/** Where a limit comes from. `set`: by a command, or from a declaration that was removed later. */
export type LimitOrigin = Declaration | 'account' | 'quotas.per_second' | 'set' | 'observed';

export interface Declarations {
  /** Null: the project has no sync file. */
  readonly sync: SyncConfig | null;
  readonly permissions: readonly ApiPermission[];
}

/** Who declares a limit, and its number. Null: a group's limit that its file no longer has. */
export interface DeclaredLimit {
  readonly by: Declaration;
  readonly calls: number | null;
}

const numberOf = (calls: ApprovedCalls | undefined, period: 'day' | 'month'): number | null =>
  (period === 'day' ? calls?.daily : calls?.monthly) ?? null;

/** What declares a limit; null: nothing, so that a command may set it. */
export function findDeclaration(
  { api, period }: Pick<QuotaLimitRow, 'api' | 'period'>,
  { sync, permissions }: Declarations,
): DeclaredLimit | null {
  const isAllowance = period === 'day' || period === 'month';
  if (api.startsWith('@')) {
    const group = sync?.quotas.groups.find(({ name }) => `@${name}` === api);
    return { by: 'quotas.groups', calls: isAllowance ? numberOf(group, period) : null };
  }
  if (!isAllowance) return null;
  const operation = listGrantedApis(sync).find((granted) => granted.api === api)?.operation;
  const inFile = numberOf(operation && sync?.quotas.approved[operation], period);
  if (inFile !== null) return { by: 'quotas.approved', calls: inFile };
  const permission = permissions.find((row) => row.api === api);
  const declared = period === 'day' ? permission?.approvedDaily : permission?.approvedMonthly;
  return typeof declared === 'number' ? { by: 'permissions', calls: declared } : null;
}

/** Where a limit in effect comes from. */
export function originOf(limit: QuotaLimitRow, declared: DeclaredLimit | null): LimitOrigin {
  switch (limit.source) {
    case 'observed':
      return 'observed';
    case 'preset':
      return limit.period === 'second' ? 'quotas.per_second' : 'account';
    case 'configured':
      // A number that was declared since waits for the next start.
      return declared?.calls === limit.callLimit ? declared.by : 'set';
  }
}

/** The other number that the next start sets; null: none. */
export function limitAtNextStart(
  limit: QuotaLimitRow,
  declared: DeclaredLimit | null,
  sync: SyncConfig | null,
): number | null {
  const isPace = limit.source === 'preset' && limit.period === 'second';
  const next = isPace ? (sync?.quotas.perSecond ?? null) : (declared?.calls ?? null);
  return next === limit.callLimit ? null : next;
}
