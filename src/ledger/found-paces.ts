import { asc, isNotNull, sql } from 'drizzle-orm';
import type { Pool } from 'pg';
import { drizzleOn } from '../db/database.ts';
import { ledgerNow } from '../db/ledger-now.ts';
import { pace } from '../schema/usage.ts';

/** A pace that 1688 was found to allow, if it is below the declared pace. */
export interface FoundPace {
  readonly appKey: string;
  /** `namespace:name:version`, or `*` for the app as a whole. */
  readonly api: string;
  /** Calls per second; rises automatically while nothing is refused. */
  readonly perSecond: number;
  /** Pace by the limits per second, or the pace of the app; null: there is no such limit. */
  readonly declaredPerSecond: number | null;
  readonly changedAt: Date | null;
}

/** The paces that were found, of all apps. Empty: every declared pace holds. */
export async function listFoundPaces(pool: Pool): Promise<FoundPace[]> {
  const { appKey, api, foundPerSecond, changedAt } = pace;
  const declaredPerSecond = sql<number | null>`usage.declared_pace(${appKey}, ${api}, ${ledgerNow})`;
  const rows = await drizzleOn(pool)
    .select({ appKey, api, perSecond: sql<number>`${foundPerSecond}`, declaredPerSecond, changedAt })
    .from(pace)
    .where(isNotNull(foundPerSecond))
    .orderBy(asc(appKey), asc(api));
  return rows;
}

/** `4.6 of 24.2 calls a second`: what was found, of what was declared. */
export function describePace({ perSecond, declaredPerSecond }: FoundPace): string {
  const of = declaredPerSecond === null ? '' : ` of ${declaredPerSecond.toFixed(1)}`;
  return `${perSecond.toFixed(perSecond < 1 ? 2 : 1)}${of} calls a second`;
}
