import type { Breach, LedgerCall } from '../evidence.ts';

export interface PaymentRules {
  /** An answer younger than this is not to be asked for again by this call. */
  readonly freshForMs: (call: LedgerCall) => number;
  /** The ledger gives a call up when it is out for longer. */
  readonly maxCallMs: number;
}

export interface Payments {
  /** Requests whose answer was lost with a call in flight, and that were paid again. */
  readonly lostAndPaidAgain: number;
  readonly breaches: readonly Breach[];
}

interface Pair {
  readonly first: LedgerCall;
  readonly second: LedgerCall;
}

function groupByRequest(calls: readonly LedgerCall[]): LedgerCall[][] {
  const groups = new Map<string, LedgerCall[]>();
  for (const call of calls) {
    if (call.isExempt || call.state === 'refunded') continue;
    const group = groups.get(call.requestHash);
    if (group) group.push(call);
    else groups.set(call.requestHash, [call]);
  }
  return [...groups.values()].filter((group) => group.length > 1);
}

/** Each call with each one that was granted after it. */
function listPairs(group: readonly LedgerCall[]): Pair[] {
  const sorted = group.toSorted((a, b) => a.grantedAt - b.grantedAt || Number(a.callId) - Number(b.callId));
  return sorted.flatMap((first, i) => sorted.slice(i + 1).map((second) => ({ first, second })));
}

const isGood = ({ state, outcome }: LedgerCall) => state === 'committed' && outcome === 'ok';

/**
 * Nothing is asked for again after a good answer was settled and while it is fresh; and no two identical calls are
 * out at once, unless the first was out for so long that the ledger gave it up.
 */
export function judgePayments(calls: readonly LedgerCall[], rules: PaymentRules): Payments {
  const groups = groupByRequest(calls);
  const pairs = groups.flatMap(listPairs);
  const isPaidTwice = ({ first, second }: Pair) =>
    isGood(first) &&
    first.settledAt !== null &&
    second.grantedAt >= first.settledAt &&
    second.grantedAt < first.grantedAt + rules.freshForMs(second);
  const areTwins = ({ first, second }: Pair) =>
    second.grantedAt < (first.settledAt ?? Infinity) &&
    second.grantedAt < Math.min(first.sentAt ?? first.sendBy, first.sendBy) + rules.maxCallMs;
  const findings = [
    ['paid again after a good answer was settled', pairs.filter(isPaidTwice)],
    ['asked for twice at the same time', pairs.filter(areTwins)],
  ] as const;
  return {
    lostAndPaidAgain: groups.filter((group) => group.some(({ state }) => state === 'unknown')).length,
    breaches: findings.flatMap(([what, found]) =>
      found.length === 0
        ? []
        : [
            {
              judge: 'payments',
              what,
              callIds: found.flatMap(({ first, second }) => [first.callId, second.callId]),
            },
          ],
    ),
  };
}
