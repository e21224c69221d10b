import { isDatabaseOutage, toNamedError } from '../db/database-error.ts';
import type { Settlement } from '../model/ledger.ts';
import type { LedgerStore } from './ledger-store.ts';
import type { Spool } from './spool.ts';
import type { PaidAnswer } from './spool-file.ts';

/** What became of calls that could not be settled before the process ended. */
export interface Unsettled {
  /** Paid answers in the spool: the next process stores them. */
  readonly kept: number;
  /** Calls that stay counted as unknown: they were not answered, or their answers could not be kept. */
  readonly unknown: number;
  /** The code of the last error that kept a call from being settled; null: there was none, or it is still waited for. */
  readonly code: string | null;
}

interface KeepingLedger extends LedgerStore {
  countUnsettled(): Unsettled;
}

export interface KeepOptions {
  readonly spool: Spool;
  /** Aborts when settlements that still wait for the database are given up. */
  readonly cut: AbortSignal;
}

function isPaid(settlement: Settlement): settlement is PaidAnswer {
  return settlement.state === 'committed';
}

/** Those that are tried again wait in memory: at ten times this, large ones would fill it. */
const mostRefused = 100;

/**
 * A ledger that keeps in the spool what it can't settle. What the database refused is tried again with each sweep. To settle it
 * twice changes nothing.
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
      // Also what the database refused for good: whatever is wrong there may be mended before the next process begins.
      ({ code } = toNamedError(error));
      keep(settlement);
      if (isPaid(settlement) && !isDatabaseOutage(error) && refused.size < mostRefused)
        refused.set(settlement.callId, settlement);
      throw error;
    } finally {
      waiting.delete(settlement);
    }
  };
  /** A process may go on for months: until the next one began, others would pay for the same answers again. */
  const settleRefused = async () => {
    for (const [callId, settlement] of [...refused]) {
      // One that is refused again is the last in turn next time.
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
