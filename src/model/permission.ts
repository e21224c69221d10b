/*
 * What 1688 lets an app do: as its operator declares it (the console shows it, no API does), and as calls show it.
 */

/** 未申请, 待审核, 审核中, 已通过, 已拒绝. */
export type DeclaredState = 'not_applied' | 'pending' | 'under_review' | 'granted' | 'rejected';

/** What an answer showed of an API: `denied` no grant, `unsupported` no such API, `exhausted` its package is empty. */
export type ShownPermission = 'allowed' | 'denied' | 'unsupported' | 'exhausted';

/** `unknown`: no call has shown anything yet. */
export type ObservedState = ShownPermission | 'unknown';

/** As `ShownPermission`; `app_refused`: 1688 does not know the app itself. */
export type PermissionSign = ShownPermission | 'app_refused';

interface Declaration {
  readonly declared: DeclaredState;
  /** The day of the declaration, as its first moment in Asia/Shanghai; null: nothing was ever declared. */
  readonly declaredAt: Date | null;
}

interface Observation<State> {
  readonly observed: State;
  /** The first call that showed it, and when that call was granted (ledger clock). */
  readonly observedAt: Date | null;
  readonly observedCallId: string | null;
}

export interface ApiPermission extends Declaration, Observation<ObservedState> {
  /** `namespace:name:version`. */
  readonly api: string;
  /** What 1688 approved, in calls; null: not declared. */
  readonly approvedDaily: number | null;
  readonly approvedMonthly: number | null;
}

export interface Application extends Declaration, Observation<'unknown' | 'allowed' | 'denied'> {}
