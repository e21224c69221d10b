import type { ApiPermission } from '../../model/permission.ts';
import type { RunStatus } from '../../model/run.ts';

/** An API that its operator has declared and knows to be not granted, and that 1688 refuses: not a health issue. */
function isExpected({ declared, declaredAt, observed }: ApiPermission): boolean {
  return declaredAt !== null && declared !== 'granted' && observed === 'denied';
}

/** The APIs that are refused as their operator has declared it. */
export function listExpectedRefusals(permissions: readonly ApiPermission[]): ReadonlySet<string> {
  return new Set(permissions.filter(isExpected).map(({ api }) => api));
}

interface EndedRun {
  readonly status: RunStatus;
  readonly cause: string | null;
  /** Targets that ended in an error. */
  readonly errors: number;
}

/** Whether a run is incomplete only because of such APIs: no alarm. */
export function isHeldAsDeclared(
  { status, cause, errors }: EndedRun,
  holds: readonly { readonly api: string; readonly code: string }[],
  permissions: readonly ApiPermission[],
): boolean {
  if (status !== 'partial_error' || errors > 0) return false;
  const expected = listExpectedRefusals(permissions);
  return holds.some(({ code }) => code === cause) && holds.every(({ api }) => expected.has(api));
}
