import { isDatabaseOutage, toNamedError } from '../db/database-error.ts';
import type { Settlement } from '../model/ledger.ts';
import type { LedgerStore } from './ledger-store.ts';
import type { Spool } from './spool.ts';
import type { PaidAnswer } from './spool-file.ts';

/** Calls that could not be settled before the process ended. */
export interface Unsettled {
  /** Paid answers in the spool: the next process stores them. */
  readonly kept: number;
  /** Calls that stay counted as unknown: they were not answered, or their answers could not be stored. */
  readonly unknown: number;
  /** Code of the last error that kept a call from being settled; null: there was none, or the settlement still waits. */
  readonly code: string | null;
}

interface KeepingLedger extends LedgerStore {
  countUnsettled(): Unsettled;
}

export interface KeepOptions {
  readonly spool: Spool;
  /** Aborts to give up settlements that still wait for the database. */
  readonly cut: AbortSignal;
}

function isPaid(settlement: Settlement): settlement is PaidAnswer {
  return settlement.state === 'committed';
}

/** Refused settlements wait in memory to be tried again: at ten times this, large ones would fill it. */
const mostRefused = 100;

/**
 * A ledger that stores in the spool what it cannot settle. Retries with each sweep what the database refused. Settling a call twice
 * changes nothing.
 */
export function keepUnsettled(ledger: LedgerStore, { spool, cut }: KeepOptions): KeepingLedger {
  const waiting = new Set<Settlement>();
  const kept = new Set<string>();
  const unknown = new Set<string>();
  const refused = new Map<string, PaidAnswer>();
  let code: string | null = null;
  const keep = (settlement: Settlement): void => {
    const { callId, state } = settlement;
    if (isPaid(settlement) && spool.keep(settlement)) kept.add(callId);
    else if (state !== 'refunded') unknown.add(callId);
  };
  // A statement under way may still succeed, or never end.
  cut.addEventListener('abort', () => waiting.forEach(keep), { once: true });
  const settle = async (settlement: Settlement) => {
    waiting.add(settlement);
    if (cut.aborted) keep(settlement);
    try {
      const settled = await ledger.settle(settlement);
      if (isPaid(settlement)) spool.drop(settlement);
      kept.delete(settlement.callId);
      unknown.delete(settlement.callId);
      return settled;
    } catch (error) {
      // Also for what the database refused for good: the cause may be fixed before the next process starts.
      ({ code } = toNamedError(error));
      keep(settlement);
      if (isPaid(settlement) && !isDatabaseOutage(error) && refused.size < mostRefused)
        refused.set(settlement.callId, settlement);
      throw error;
    } finally {
      waiting.delete(settlement);
    }
  };
  /** A process may run for months: until the next one starts, others would pay for the same answers again. */
  const settleRefused = async () => {
    for (const [callId, settlement] of [...refused]) {
      // A settlement that is refused again goes last next time.
      refused.delete(callId);
      const isSettled = await settle(settlement).then(
        () => true,
        () => false,
      );
      if (!isSettled) return;
    }
  };
  const sweep = async () => {
    await settleRefused();
    return ledger.sweep();
  };
  return {
    ...ledger,
    settle,
    sweep,
    countUnsettled: () => ({ kept: kept.size, unknown: unknown.size, code }),
  };
}
