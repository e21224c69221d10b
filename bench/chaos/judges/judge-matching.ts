import type { Arrival, Breach, LedgerCall } from '../evidence.ts';

interface Counts {
  readonly arrivals: number;
  readonly committed: number;
  readonly unknown: number;
  readonly refunded: number;
}

/** What matching arrivals and ledger rows by call id gives. */
export interface Matching {
  readonly counts: Counts;
  readonly breaches: readonly Breach[];
}

const judge = 'matching';

function countBy<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, number> {
  const counts = new Map<string, number>();
  for (const item of items) counts.set(keyOf(item), (counts.get(keyOf(item)) ?? 0) + 1);
  return counts;
}

/**
 * Every arrival has one row that counts it; every committed row has one arrival, and its answer if it was good; what
 * was refunded never arrived; and nothing is left open.
 */
export function judgeMatching(arrivals: readonly Arrival[], calls: readonly LedgerCall[]): Matching {
  const arrived = countBy(arrivals, ({ requestId }) => requestId ?? 'none');
  const rows = new Map(calls.map((call) => [call.callId, call]));
  const outcomes = new Map(arrivals.map(({ requestId, outcome }) => [requestId, outcome]));
  const timesArrived = (call: LedgerCall) => arrived.get(call.callId) ?? 0;
  const inState = (state: LedgerCall['state']) => calls.filter((call) => call.state === state);
  const idsOf = (found: readonly LedgerCall[]) => found.map(({ callId }) => callId);
  const committed = inState('committed');
  const good = committed.filter(({ outcome }) => outcome === 'ok');
  const isGoodThere = ({ callId }: LedgerCall) => ['ok', 'oauth'].includes(outcomes.get(callId) ?? 'none');
  const findings: readonly (readonly [string, readonly string[]])[] = [
    ['arrivals without a row of the ledger', [...arrived.keys()].filter((id) => !rows.has(id))],
    ['calls that arrived more than once', [...arrived].filter(([, times]) => times > 1).map(([id]) => id)],
    ['committed calls that never arrived', idsOf(committed.filter((call) => timesArrived(call) === 0))],
    ['refunded calls that arrived', idsOf(inState('refunded').filter((call) => timesArrived(call) > 0))],
    ['calls that are still open', idsOf(inState('reserved'))],
    [
      'good answers that nobody gave',
      idsOf(good.filter((call) => timesArrived(call) > 0 && !isGoodThere(call))),
    ],
    ['good answers that are not stored', idsOf(good.filter((call) => !call.isExempt && !call.isStored))],
  ];
  return {
    counts: {
      arrivals: arrivals.length,
      committed: committed.length,
      unknown: inState('unknown').length,
      refunded: inState('refunded').length,
    },
    breaches: findings.flatMap(([what, callIds]) => (callIds.length > 0 ? [{ judge, what, callIds }] : [])),
  };
}
