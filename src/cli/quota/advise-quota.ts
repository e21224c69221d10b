import type { QuotaLimitRow, RunWait } from '../../load/stores/quota-report.ts';
import type { ApiHold } from '../../load/stores/quota-store.ts';
import { shanghaiTime } from '../../core/shanghai-time.ts';
import { spokenName, typedName } from './find-subject.ts';
import type { Named, QuotaOverview, ShownLimit } from './read-quota.ts';

/** What ends a hold, as the rest of a sentence. */
export function sayHoldEnd({ heldUntil, probeAfter, name }: Named<ApiHold>): string {
  const ends = [
    ...(probeAfter === null ? [] : [`a call is answered (next try ${shanghaiTime(probeAfter)})`]),
    ...(heldUntil === null ? [] : [shanghaiTime(heldUntil)]),
    `\`catalog-sync quota resume ${typedName(name)}\``,
  ];
  return `until ${ends.join(', or ')}`;
}

function adviseHold(hold: Named<ApiHold>): string {
  // Only a person ends the others, or gets what is missing.
  const mark = hold.heldUntil === null ? '!' : '-';
  const why = hold.reason === null ? hold.code : `${hold.code}: ${hold.reason}`;
  return `${mark} ${spokenName(hold.name)}: held since ${shanghaiTime(hold.heldAt)} (${why}) ${sayHoldEnd(hold)}.`;
}

/** For each API, group or app whose present windows count as spent: what to type. */
export function adviseSpent(limits: readonly Named<QuotaLimitRow>[]): string[] {
  // A minute is over before anybody has read this.
  const spent = limits.filter(({ use, window }) => use?.isAssumedSpent === true && window !== 'minute');
  return [...new Set(spent.map(({ name }) => name))].map((name) => {
    const windows = spent.filter((row) => row.name === name).map(({ window }) => window);
    const flags = windows.map((window) => `--${window} N`).join(' ');
    const which =
      windows.length === 1 ? `the present ${windows.join()} counts` : 'the present day and month count';
    return `! ${spokenName(name)}: ${which} as spent, for this database is not the one that the calls were counted in (a restore or a failover). Read in 1688's console how many were used, then: \`catalog-sync quota reconcile --api ${typedName(name)} ${flags}\`.`;
  });
}

/** APIs that wait for the same share a line. */
function adviseWaits(waits: readonly Named<RunWait>[]): string[] {
  const reasons = waits.map((wait) => ({
    name: wait.name,
    text: `runs wait until ${shanghaiTime(wait.until)}, for their part of the ${wait.window} is used up.`,
  }));
  return [...new Set(reasons.map(({ text }) => text))].map((text) => {
    const names = reasons.filter((reason) => reason.text === text).map(({ name }) => name);
    return `- ${names.join(', ')}: ${text}`;
  });
}

function adviseNextStart({ name, window, atNextStart }: ShownLimit): string[] {
  if (atNextStart === null) return [];
  return [
    `- ${spokenName(name)}: ${atNextStart.toLocaleString('en')} a ${window} are declared; the next start of a process sets them.`,
  ];
}

/** What stands against calls, and what ends it: a sentence each. Those that begin with `!` need a person. */
export function adviseQuota({ limits, holds, pauses, waits }: QuotaOverview): string[] {
  const isAssumed = limits.some(({ origin }) => origin === 'account');
  return [
    ...holds.map(adviseHold),
    ...adviseSpent(limits),
    ...adviseWaits(waits),
    ...pauses.map(
      ({ name, until }) =>
        `- ${spokenName(name)}: pauses until ${shanghaiTime(until)}, since 1688 answered that calls come too fast.`,
    ),
    ...limits.flatMap(adviseNextStart),
    ...(isAssumed
      ? [
          "- assumed: the account type's usual limit. Say what was approved by `catalog-sync permissions set`, or in quotas.approved of catalog-sync.yaml.",
        ]
      : []),
  ];
}
