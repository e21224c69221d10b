import type { ErrorKind } from '../../core/errors.ts';
import type { HealthIssue } from '../../model/health-issue.ts';
import type { ApiHold } from '../../ledger/quota-store.ts';
import type { FindRemedy } from './issue.ts';

/** Whether something ends without a person, and the earliest time of that; null: it does not, or the time is not known. */
export type Ending = Pick<HealthIssue, 'healsItself' | 'healsAt'>;

type HoldTimes = Pick<ApiHold, 'heldUntil' | 'probeAfter'>;

/** Whether an error can end without a person: it is tried again until it does, or it ends runs while 1688 has a fault. */
export function endsByItself({ recovery, origin }: Pick<ErrorKind, 'recovery' | 'origin'>): boolean {
  if (recovery === 'halt') return origin === '1688' || origin === 'network';
  return recovery === 'retry' || recovery === 'throttle';
}

/** A hold ends by its test call, or else by its time. */
export function endingOfHold({ heldUntil, probeAfter }: HoldTimes): Ending {
  const healsAt = probeAfter ?? heldUntil;
  return { healsItself: healsAt !== null, healsAt };
}

/** What has a code ends as the last hold of it does, so one without an end keeps it; where none is left, by its recovery. */
export function endingOfCode(
  code: string,
  holds: readonly (HoldTimes & Pick<ApiHold, 'code'>)[],
  findRemedy: FindRemedy,
): Ending {
  const endings = holds.filter((hold) => hold.code === code).map(endingOfHold);
  if (endings.length === 0) {
    const kind = findRemedy(code);
    return { healsItself: kind !== null && endsByItself(kind), healsAt: null };
  }
  const times = endings.flatMap(({ healsAt }) => healsAt?.getTime() ?? []);
  if (times.length < endings.length) return { healsItself: false, healsAt: null };
  return { healsItself: true, healsAt: new Date(Math.max(...times)) };
}
