import { shanghaiTime } from '../../core/shanghai-time.ts';
import type { ApiOperation } from '../../model/known-apis.ts';
import { consoleWords } from '../permissions/declared-states.ts';
import type { PermissionRow } from '../permissions/list-permissions.ts';
import { withoutApi } from '../permissions/without-api.ts';
import { ok, skip, warn, type Check } from './check.ts';

export interface PermissionFindings {
  readonly apis: readonly PermissionRow[];
  /** Why the state of an API is not known after a probe. */
  readonly notes: ReadonlyMap<ApiOperation, string>;
  /** The ledger's time, which holds end by. */
  readonly now: Date;
}

function describeHold({ isHeld, probeAfter }: PermissionRow, now: Date): string {
  if (!isHeld) return '';
  if (probeAfter === null) return ', held until a person resumes it';
  return probeAfter > now
    ? `, held until ${shanghaiTime(probeAfter)} (Shanghai), when one call tries it`
    : ', held; the next call tries it';
}

function describeUnknown({ operation, name }: PermissionRow): string {
  // An upload leaves a picture at 1688, so there is no probe for it.
  if (operation === 'image.upload') return `not known (${name}): the first file of an image feed shows it`;
  return `not known (${name}): no call has shown it`;
}

function describe(row: PermissionRow, note: string | undefined, now: Date): string {
  const { operation, name, observed, declared, declaredAt } = row;
  const said = declaredAt === null ? '' : `, declared ${declared} (${consoleWords[declared]})`;
  const why = note === undefined ? '' : `; ${note}`;
  if (observed === 'allowed') return `allowed (${name})${said}`;
  if (observed === 'unknown') return describeUnknown(row) + said + describeHold(row, now) + why;
  return `${observed} (${name})${said}${describeHold(row, now)}${why}. Without it ${withoutApi[operation]}`;
}

function checkPermission({ operation, observed, advice }: PermissionRow, message: string): Check {
  const name = `permission ${operation}`;
  const isRefused = observed !== 'allowed' && observed !== 'unknown';
  if (advice && (isRefused || advice.needsAttention)) return warn(name, message, advice.text);
  return observed === 'allowed' ? ok(name, message) : skip(name, message, advice?.text ?? null);
}

/** The permission of each API, as observed and as declared, with advice. */
export function checkPermissions({ apis, notes, now }: PermissionFindings): Check[] {
  return apis.map((row) => {
    const { operation, observed, declared } = row;
    const check = checkPermission(row, describe(row, notes.get(operation), now));
    return { ...check, permission: { observed, declared } };
  });
}
