import { apiOf, chooseEndpoints } from '../../extract/endpoints/endpoints.ts';
import { guideNames } from '../../extract/endpoints/guide-names.ts';
import type { PermissionStore } from '../../ledger/permission-store.ts';
import type { ApiHold, QuotaStore } from '../../ledger/quota-store.ts';
import { apiOperations, type ApiOperation } from '../../model/known-apis.ts';
import type { ApiPermission, Application } from '../../model/permission.ts';
import type { ApprovedCalls, SyncConfig } from '../../model/sync-config.ts';
import { approvedCalls } from '../../model/approved-calls.ts';
import { assessApi, assessApplication, type Advice } from './assess-permission.ts';

/** An API that an app has to be granted. */
export interface GrantedApi {
  readonly operation: ApiOperation;
  /** `namespace:name:version`. */
  readonly api: string;
  /** As the console lists it. */
  readonly name: string;
  /** What setup guides call it. */
  readonly guideNames: readonly string[];
}

export interface PermissionRow extends GrantedApi, ApiPermission {
  /** The calls that the plan assumes; null: the preset of the account. */
  readonly approved: ApprovedCalls;
  /** When a held API is tried next; null: it is not held, or not tried. */
  readonly probeAfter: Date | null;
  readonly isHeld: boolean;
  readonly advice: Advice | null;
}

export interface PermissionReport {
  readonly application: Application & { readonly advice: Advice | null };
  readonly apis: readonly PermissionRow[];
}

/** All APIs except the gateway's clock, which needs no grant (measured by clients). */
export function listGrantedApis(sync: SyncConfig | null): GrantedApi[] {
  const endpoints = chooseEndpoints(sync?.apis ?? {});
  return apiOperations.map((operation) => ({
    operation,
    api: apiOf(endpoints[operation]),
    name: endpoints[operation].name,
    guideNames: Object.keys(guideNames).filter((name) => guideNames[name]?.operation === operation),
  }));
}

const nothingKnown: Omit<ApiPermission, 'api'> = {
  declared: 'not_applied',
  declaredAt: null,
  observed: 'unknown',
  observedAt: null,
  observedCallId: null,
  approvedDaily: null,
  approvedMonthly: null,
};

export interface PermissionSources {
  readonly permissions: PermissionStore;
  readonly quota: Pick<QuotaStore, 'listHolds' | 'ledgerNow'>;
  /** Null: the project has no sync file. */
  readonly sync: SyncConfig | null;
}

interface PermissionFacts {
  readonly known: readonly ApiPermission[];
  readonly holds: readonly ApiHold[];
  /** Null: the project has no sync file. */
  readonly sync: SyncConfig | null;
  readonly now: Date;
}

/** Every API that the product calls, with its state and what to do. Pure. */
export function describeApis({ known, holds, sync, now }: PermissionFacts): PermissionRow[] {
  const fromFile: Readonly<Record<string, ApprovedCalls>> = sync?.quotas.approved ?? {};
  return listGrantedApis(sync).map((granted) => {
    const { api, operation, name } = granted;
    const permission = known.find((row) => row.api === api) ?? { api, ...nothingKnown };
    const hold = holds.find((row) => row.api === api);
    const isHeld = hold !== undefined;
    return {
      ...granted,
      ...permission,
      approved: approvedCalls(fromFile[operation], permission),
      probeAfter: hold?.probeAfter ?? null,
      isHeld,
      advice: assessApi(permission, { operation, name, isHeld, now }),
    };
  });
}

/** The declared and observed state of the app and of every API that it needs, with advice. */
export async function listPermissions(sources: PermissionSources): Promise<PermissionReport> {
  const { permissions, quota, sync } = sources;
  const now = await quota.ledgerNow();
  const holds = await quota.listHolds();
  const known = await permissions.listApis();
  const application = await permissions.readApplication();
  return {
    application: { ...application, advice: assessApplication(application, now) },
    apis: describeApis({ known, holds, sync, now }),
  };
}
