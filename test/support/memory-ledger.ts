import type {
  Ledger,
  ReserveAnswer,
  ReserveRequest,
  Settlement,
  StoredAnswer,
} from '../../src/model/ledger.ts';
import type { OperationRequest } from '../../src/model/operation.ts';

interface MemoryCall {
  readonly callId: string;
  readonly reserve: ReserveRequest;
  isSent: boolean;
  settlement: Settlement | null;
}

export interface MemoryLedger extends Ledger {
  readonly calls: MemoryCall[];
  /** Answers to give to the next reservations, before any is granted. */
  readonly script: ReserveAnswer[];
  /** What grants ask their callers to wait. */
  sendAfterMs: number;
  /** False: the sweeper was faster, calls may not be sent. */
  maySend: boolean;
}

/** The ledger port without limits: rows, twins and reuse as the real one has them, kept in memory. */
export function createMemoryLedger(
  observedAt: Date = new Date('2026-10-10T08:00:00Z'),
  firstCallId = 1,
): MemoryLedger {
  const stored: StoredAnswer[] = [];
  const find = (callId: string): MemoryCall => {
    const call = ledger.calls.find((row) => row.callId === callId);
    if (!call) throw new Error(`no call ${callId}`);
    return call;
  };
  const keep = (call: MemoryCall, body: Buffer, httpStatus: number): string => {
    const { runId, windowId, request } = call.reserve;
    const rawId = String(stored.length + 1);
    const answer = { rawId, callId: call.callId, runId, windowId, observedAt, httpStatus, body };
    stored.push({ ...answer, request: request as OperationRequest });
    return rawId;
  };
  const ledger: MemoryLedger = {
    calls: [],
    script: [],
    sendAfterMs: 0,
    maySend: true,
    async reserve(reserve) {
      const scripted = ledger.script.shift();
      if (scripted) return scripted;
      const same = ledger.calls.filter((row) => row.reserve.requestHash === reserve.requestHash);
      const cached = stored.find((answer) => same.some((row) => row.callId === answer.callId));
      if (cached && reserve.freshForMs > 0) return { kind: 'cached', answer: cached };
      if (same.some((row) => !row.settlement)) return { kind: 'in_flight', retryAfterMs: 500 };
      const callId = String(firstCallId + ledger.calls.length);
      ledger.calls.push({ callId, reserve, isSent: false, settlement: null });
      return { kind: 'granted', callId, observedAt, sendAfterMs: ledger.sendAfterMs };
    },
    async markSent(callId) {
      find(callId).isSent = ledger.maySend;
      return ledger.maySend;
    },
    async settle(settlement) {
      const call = find(settlement.callId);
      if (call.settlement) throw new Error(`call ${call.callId} is settled twice`);
      call.settlement = settlement;
      const { body, httpStatus } = settlement;
      return { rawId: body && httpStatus ? keep(call, body, httpStatus) : null };
    },
  };
  return ledger;
}
