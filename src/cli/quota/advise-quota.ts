import { describePace } from '../../ledger/found-paces.ts';
import type { QuotaLimitRow, RunWait } from '../../ledger/quota-report.ts';
import type { ApiHold } from '../../ledger/quota-store.ts';
import { shanghaiTime } from '../../core/shanghai-time.ts';
import { displayName, typedName } from './find-subject.ts';
import type { Named, QuotaOverview, ShownLimit } from './read-quota.ts';

/** What ends a hold, as the rest of a sentence. */
export function formatHoldEnd({ heldUntil, probeAfter, name }: Named<ApiHold>): string {
  const ends = [
    ...(probeAfter === null ? [] : [`a test call succeeds (next try ${shanghaiTime(probeAfter)})`]),
    ...(heldUntil === null ? [] : [shanghaiTime(heldUntil)]),
    `\`catalog-sync quota resume ${typedName(name)}\``,
  ];
  return `until ${ends.join(', or ')}`;
}

function adviseHold(hold: Named<ApiHold>): string {
  // Only an operator can end the others.
  const mark = hold.heldUntil === null ? '!' : '-';
  const why = hold.reason === null ? hold.code : `${hold.code}: ${hold.reason}`;
  return `${mark} ${displayName(hold.name)}: held since ${shanghaiTime(hold.heldAt)} (${why}) ${formatHoldEnd(hold)}.`;
}

/** For each API, group or app whose current periods count as spent: what to type. */
export function adviseSpent(limits: readonly Named<QuotaLimitRow>[]): string[] {
  // A minute is over before this can be read.
  const spent = limits.filter(({ use, period }) => use?.isAssumedSpent === true && period !== 'minute');
  return [...new Set(spent.map(({ name }) => name))].map((name) => {
    const periods = spent.filter((row) => row.name === name).map(({ period }) => period);
    const flags = periods.map((period) => `--${period} N`).join(' ');
    const which =
      periods.length === 1 ? `the current ${periods.join()} counts` : 'the current day and month count';
    return `! ${displayName(name)}: ${which} as spent, because the calls were counted in another database (a restore or a failover). Read the used calls in 1688's console, then: \`catalog-sync quota reconcile --api ${typedName(name)} ${flags}\`.`;
  });
}

/** APIs that wait for the same share a line. */
function adviseWaits(waits: readonly Named<RunWait>[]): string[] {
  const reasons = waits.map((wait) => ({
    name: wait.name,
    text: `runs wait until ${shanghaiTime(wait.until)}, because their part of the ${wait.period} is used up.`,
  }));
  return [...new Set(reasons.map(({ text }) => text))].map((text) => {
    const names = reasons.filter((reason) => reason.text === text).map(({ name }) => name);
    return `- ${names.join(', ')}: ${text}`;
  });
}

function adviseNextStart({ name, period, atNextStart }: ShownLimit): string[] {
  if (atNextStart === null) return [];
  return [
    `- ${displayName(name)}: ${atNextStart.toLocaleString('en')} a ${period} are declared; the next start of a process sets them.`,
  ];
}

/** What blocks calls, and what ends it: a sentence each. Those that begin with `!` need an operator. */
export function adviseQuota({ limits, holds, pauses, waits, paces }: QuotaOverview): string[] {
  const isAssumed = limits.some(({ origin }) => origin === 'account');
  return [
    ...holds.map(adviseHold),
    ...adviseSpent(limits),
    ...adviseWaits(waits),
    ...pauses.map(
      ({ name, until }) =>
        `- ${displayName(name)}: pauses until ${shanghaiTime(until)}, because 1688 answered that calls are too fast.`,
    ),
    ...paces.map((pace) => `- ${displayName(pace.name)}: 1688 was found to allow ${describePace(pace)}.`),
    ...limits.flatMap(adviseNextStart),
    ...(isAssumed
      ? [
          "- assumed: the account type's usual limit. Declare the approved limit with `catalog-sync permissions set`, or in quotas.approved of catalog-sync.yaml.",
        ]
      : []),
  ];
}
