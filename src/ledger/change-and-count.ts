import { and, eq, inArray, isNotNull, isNull, notInArray } from 'drizzle-orm';
import type { Pool, PoolClient } from 'pg';
import { sleep } from '../core/clock.ts';
import { drizzleOn } from '../db/database.ts';
import { readLedgerNow } from '../db/ledger-now.ts';
import { runInTransaction } from '../db/run-in-transaction.ts';
import { applySql, runSqlForOne } from '../db/sql-file.ts';
import { apiGroup, quotaLimit } from '../schema/usage.ts';
import { readSql } from './read-sql.ts';

/**
 * Earlier calls that are counted under one hold of the app's lock, for which others wait at most 5 s. Counting takes 0.15 s, and finding
 * the calls among 300,000 of a month up to 0.5 s. At half, a change of limits takes nearly twice as long; at ten times, others may fail
 * on a busy machine.
 */
export const defaultCallsAtOnce = 5_000;

/**
 * How often calls that are being settled are waited for, 50 ms each time. A settlement takes milliseconds once it has the app's lock. At
 * half, a slow disk could make a call count twice; at ten times, a forgotten transaction keeps a limit from beginning for long.
 */
const maxTries = 20;
const tryAgainMs = 50;

export interface CountOptions {
  /** As in the ledger's store. */
  readonly maxCallMs: number;
  readonly callsAtOnce: number;
}

/** What a change of limits did. */
export interface Changed<T> {
  readonly result: T;
  /** Groups that an API joined. It brings the calls that it made in their present periods. */
  readonly joined: readonly string[];
}

/** Changes limits and groups of a locked app, at a time, and nothing else. */
type Change<T> = (client: PoolClient, now: Date) => Promise<Changed<T>>;

interface Counted {
  readonly found: number;
  readonly counted: number;
  readonly named: number;
}

interface Limits {
  readonly open: readonly string[];
  readonly members: readonly (typeof apiGroup.$inferSelect)[];
}

async function readLimits(client: PoolClient, appKey: string): Promise<Limits> {
  const db = drizzleOn(client);
  const isOpen = and(eq(quotaLimit.appKey, appKey), isNull(quotaLimit.validTo));
  const open = await db.select({ limitId: quotaLimit.limitId }).from(quotaLimit).where(isOpen);
  const members = await db.select().from(apiGroup).where(eq(apiGroup.appKey, appKey));
  return { open: open.map(({ limitId }) => limitId), members };
}

/** Undoes a change of this transaction. */
async function restoreLimits(client: PoolClient, appKey: string, { open, members }: Limits): Promise<void> {
  const db = drizzleOn(client);
  const isNew = and(isNull(quotaLimit.validTo), notInArray(quotaLimit.limitId, [...open]));
  await db.delete(quotaLimit).where(and(eq(quotaLimit.appKey, appKey), isNew));
  const hasEnded = and(isNotNull(quotaLimit.validTo), inArray(quotaLimit.limitId, [...open]));
  await db.update(quotaLimit).set({ validTo: null }).where(hasEnded);
  await db.delete(apiGroup).where(eq(apiGroup.appKey, appKey));
  if (members.length > 0) await db.insert(apiGroup).values([...members]);
}

/**
 * Changes limits, and counts earlier calls by the new limits, under the app's lock. Many calls are first counted in transactions of their
 * own; the old limits hold until the last one. Each counted call names its periods, so nothing is lost if the process stops in between.
 * Calls of an API that joins a group count in the group before it has joined. Calls that are being settled are waited for, as long as
 * `maxTries` says: after that they count, but may count twice, and are not given back.
 */
export async function changeAndCount<T>(
  pool: Pool,
  appKey: string,
  { maxCallMs, callsAtOnce }: CountOptions,
  change: Change<T>,
): Promise<T> {
  let atOnce = callsAtOnce;
  let tries = 0;
  for (;;) {
    const part = await runInTransaction(pool, async (client) => {
      await applySql(client, readSql('lock-app'), [appKey]);
      // One time for what a change closes and opens, so that no instant is between them.
      const now = await readLedgerNow(client);
      const before = await readLimits(client, appKey);
      const { result, joined } = await change(client, now);
      const given = [appKey, now, joined, maxCallMs, atOnce, tries >= maxTries];
      const calls = await runSqlForOne<Counted>(client, readSql('count-earlier-calls'), given);
      const hasMore = calls.found === atOnce;
      const isLast = !hasMore && calls.counted === calls.found;
      if (!isLast) await restoreLimits(client, appKey, before);
      return { isLast, hasMore, result, named: calls.named };
    });
    if (part.isLast) return part.result;
    if (!part.hasMore) {
      tries += 1;
      await sleep(tryAgainMs);
    }
    // All calls of this part are being settled; there are not many such calls.
    else if (part.named === 0) atOnce *= 2;
  }
}
