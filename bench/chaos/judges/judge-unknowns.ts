import type { Arrival, Breach, Incident, LedgerCall } from '../evidence.ts';
import { isHarmless } from '../plan-disturbances.ts';

export interface UnknownsCase {
  readonly arrivals: readonly Arrival[];
  readonly calls: readonly LedgerCall[];
  readonly incidents: readonly Incident[];
}

/** Why a call ended as unknown. */
export interface Unknowns {
  /** The gateway broke off by one of its own faults. */
  readonly byFault: number;
  /** Its connection was cut. */
  readonly byCut: number;
  /** It was open when its process was killed or stalled, or Postgres went away. */
  readonly byKill: number;
  /** Calls that were under way at a disturbance, whatever became of them. */
  readonly atRisk: number;
  readonly breaches: readonly Breach[];
}

type Cause = 'fault' | 'cut' | 'kill';

/** A process that does not hear of a cut for longer has no excuse. Under load, half a second was seen. */
const noticedWithinMs = 5000;

/**
 * Whether a call was lost by a cut: it was under way at it, or it left on one of the connections that were cut before its process
 * had heard of that. Then it never arrived, and was sent before the last of the calls that were under way had ended.
 */
function createWasCut({ arrivals, calls, incidents }: UnknownsCase): (call: LedgerCall) => boolean {
  const arrived = new Set(arrivals.map(({ requestId }) => requestId));
  const cuts = incidents
    .filter(({ kind }) => kind === 'cut-gateway')
    .map(({ fromMs, toMs }) => {
      const isUnderWay = ({ grantedAt, settledAt }: LedgerCall) =>
        grantedAt <= toMs && (settledAt ?? Infinity) >= fromMs;
      const heardAt = calls
        .filter((call) => call.outcome === 'transport_error' && isUnderWay(call))
        .map(({ settledAt }) => settledAt ?? 0)
        .filter((at) => at <= toMs + noticedWithinMs);
      return { isUnderWay, toMs, allHeardAt: Math.max(-Infinity, ...heardAt) };
    });
  return (call) =>
    cuts.some(({ isUnderWay, toMs, allHeardAt }) => {
      const sentAt = call.sentAt ?? Infinity;
      return isUnderWay(call) || (!arrived.has(call.callId) && sentAt > toMs && sentAt <= allHeardAt);
    });
}

function countAtRisk({ calls, incidents }: UnknownsCase): number {
  const open = new Set(incidents.flatMap(({ openCalls }) => openCalls));
  const wasUnderWay = ({ callId, grantedAt, settledAt }: LedgerCall) =>
    open.has(callId) ||
    incidents.some(({ fromMs, toMs }) => grantedAt <= toMs && (settledAt ?? Infinity) >= fromMs);
  return calls.filter(wasUnderWay).length;
}

function createExplain(evidence: UnknownsCase): (call: LedgerCall) => Cause | null {
  const { arrivals, incidents } = evidence;
  const faulty = new Set(
    arrivals.filter(({ outcome }) => outcome.startsWith('fault:')).map(({ requestId }) => requestId),
  );
  const harmful = incidents.filter(({ kind }) => !isHarmless(kind));
  const open = new Set(harmful.flatMap(({ openCalls }) => openCalls));
  const wasCut = createWasCut(evidence);
  return (call) => {
    if (faulty.has(call.callId)) return 'fault';
    // Nobody came back from it: its process is gone, and the ledger gave it up.
    if (call.outcome === null) return open.has(call.callId) ? 'kill' : null;
    if (wasCut(call)) return 'cut';
    return open.has(call.callId) ? 'kill' : null;
  };
}

/** No call ends as unknown without a disturbance that it was open at and that may cost calls. */
export function judgeUnknowns(evidence: UnknownsCase): Unknowns {
  const explain = createExplain(evidence);
  const causes = evidence.calls
    .filter(({ state }) => state === 'unknown')
    .map((call) => ({ callId: call.callId, cause: explain(call) }));
  const count = (wanted: Cause) => causes.filter(({ cause }) => cause === wanted).length;
  const callIds = causes.filter(({ cause }) => cause === null).map(({ callId }) => callId);
  const what = 'unknown calls that no disturbance explains';
  return {
    byFault: count('fault'),
    byCut: count('cut'),
    byKill: count('kill'),
    atRisk: countAtRisk(evidence),
    breaches: callIds.length > 0 ? [{ judge: 'unknowns', what, callIds }] : [],
  };
}
