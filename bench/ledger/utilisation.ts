import { dayMs } from '../../src/core/duration.ts';
import { table } from '../support/numbers.ts';
import { api, appKey, newRequest, type LedgerSite } from './site.ts';

const dayStart = Date.parse('2026-11-30T00:00:00+08:00');
const dayEnd = dayStart + dayMs;
const clients = 8;
/**
 * Of a larger day, the rest is booked at its beginning as calls that others made: it counts in the same way. Half as many of
 * them would leave the sync fewer of 100,000 than are kept for the manual lane.
 */
const maxRealCalls = { refresh: 6_000, manual: 1_000 };
/** Asking again for every single call that is released would take as many steps as there are calls. */
const minStepMs = 10_000;

type Lane = keyof typeof maxRealCalls;

/** Null: granted. Otherwise when to ask again. */
async function callOnce(site: LedgerSite, lane: Lane): Promise<number | null> {
  const answer = await site.ledger.reserve(newRequest({ lane }));
  if (answer.kind === 'denied') return answer.retryAfterMs ?? Infinity;
  if (answer.kind !== 'granted') throw new Error(`not expected: ${answer.kind}`);
  return null;
}

async function callUntilDenied(site: LedgerSite, lane: Lane): Promise<number> {
  for (;;) {
    const waitMs = await callOnce(site, lane);
    if (waitMs !== null) return waitMs;
  }
}

/** Share of the day's calls that are granted when there is always work, and nobody waits longer than told. */
async function useDay(site: LedgerSite, callLimit: number, lane: Lane): Promise<number> {
  await site.reset();
  await site.quota.setLimit({ appKey, api, period: 'day', callLimit });
  await site.setTime(dayStart);
  const booked = Math.max(0, callLimit - maxRealCalls[lane]);
  if (booked > 0) await site.corrections.recordExternal(appKey, api, booked);
  const waits = await Promise.all(Array.from({ length: clients }, () => callUntilDenied(site, lane)));
  let now = (await site.quota.ledgerNow()).getTime();
  for (let waitMs = Math.max(...waits); ; waitMs = await callUntilDenied(site, lane)) {
    now += Math.max(minStepMs, waitMs);
    if (now >= dayEnd) break;
    await site.setTime(now);
  }
  const { rows } = await site.pool.query<{ used: number }>(
    `SELECT granted - refunded + external AS used FROM usage.quota_period WHERE api = $1 AND starts_at = $2`,
    [api, new Date(dayStart)],
  );
  return (rows[0]?.used ?? 0) / callLimit;
}

/** How much of a day is used by each lane alone. */
export async function reportUtilisation(site: LedgerSite): Promise<string> {
  const rows: string[][] = [];
  for (const callLimit of [500, 10_000, 100_000]) {
    const shares = [];
    for (const lane of ['refresh', 'manual'] as const) shares.push(await useDay(site, callLimit, lane));
    rows.push([callLimit.toLocaleString('en'), ...shares.map((share) => `${(100 * share).toFixed(2)} %`)]);
  }
  return table(['calls a day', 'used by the sync alone', 'used by the manual lane alone'], rows);
}
