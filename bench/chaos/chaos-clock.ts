import { dayMs } from '../../src/core/duration.ts';
import { shanghaiAheadMs } from '../../src/core/shanghai-time.ts';
import type { QuotaStore } from '../../src/ledger/quota-store.ts';
import type { ChaosSandbox } from './start-sandbox.ts';

/** A made-up time that ledger and sandbox share. It only moves ahead, and only while nobody works. */
export interface ChaosClock {
  nowMs(): number;
  moveTo(instant: Date): Promise<void>;
  moveBy(ms: number): Promise<void>;
}

/** Which boundary the disturbances lie around. */
export type Boundary = 'shanghai-month' | 'utc-day';

/** Near its end, a month allows so much more on each day that whoever counts the days otherwise is allowed nothing. */
const usualDaysLeft = 10;

/** The next one, at least a day ahead; of days only one on both sides of which a month lasts, in China and in UTC. */
export function nextBoundary(boundary: Boundary, now: Date): Date {
  if (boundary === 'utc-day') {
    let day = Math.floor(now.getTime() / dayMs) + 2;
    for (;;) {
      const instant = new Date(day * dayMs);
      const { all, left } = countMonthDays(instant);
      if (left >= usualDaysLeft && left < all) return instant;
      day += 1;
    }
  }
  const there = new Date(now.getTime() + dayMs + shanghaiAheadMs);
  return new Date(Date.UTC(there.getUTCFullYear(), there.getUTCMonth() + 1, 1) - shanghaiAheadMs);
}

/** Days of the month in China that an instant lies in: all of them, and those that are left, its own included. */
export function countMonthDays(instant: Date): { readonly all: number; readonly left: number } {
  const there = new Date(instant.getTime() + shanghaiAheadMs);
  const all = new Date(Date.UTC(there.getUTCFullYear(), there.getUTCMonth() + 1, 0)).getUTCDate();
  return { all, left: all + 1 - there.getUTCDate() };
}

/** Starts at the real time. */
export function createChaosClock(
  sandbox: ChaosSandbox,
  quota: Pick<QuotaStore, 'setLedgerOffset'>,
): ChaosClock {
  let aheadMs = 0;
  const nowMs = () => Date.now() + aheadMs;
  const moveBy = async (ms: number) => {
    aheadMs += ms;
    await sandbox.command('/clock', { advanceMs: ms });
    await quota.setLedgerOffset(aheadMs);
  };
  return { nowMs, moveBy, moveTo: (instant) => moveBy(instant.getTime() - nowMs()) };
}
