import { eq, sql } from 'drizzle-orm';
import type { Pool } from 'pg';
import type { Secret } from '../core/secret.ts';
import { drizzleOn } from '../db/database.ts';
import { runInTransaction } from '../db/run-in-transaction.ts';
import { token } from '../schema/sync.ts';
import { createSealer } from './seal.ts';
import { openTokens, writeTokens } from './token-row.ts';

const shown = {
  storedAt: token.updatedAt,
  /** Null: not known. */
  accessExpiresAt: token.accessExpiresAt,
  hasRefreshToken: sql<boolean>`${token.refreshToken} IS NOT NULL`,
  refreshExpiresAt: token.refreshExpiresAt,
};

/** What is known of an app's tokens without the key that opens them. Null: none are stored. */
export async function describeTokens(pool: Pool, appKey: string) {
  const [found] = await drizzleOn(pool).select(shown).from(token).where(eq(token.appKey, appKey));
  return found ?? null;
}

export type StoredTokens = NonNullable<Awaited<ReturnType<typeof describeTokens>>>;

/** False: there was nothing to forget. A refresh that is under way is waited for. */
export async function forgetTokens(pool: Pool, appKey: string): Promise<boolean> {
  const { rowCount } = await drizzleOn(pool).delete(token).where(eq(token.appKey, appKey));
  return rowCount === 1;
}

/**
 * Encrypts the tokens of all apps with another key: all of them, or none. Those that already are under it are left
 * alone, so that it may be repeated.
 *
 * @throws AppError TOKEN_KEY_MISMATCH when one is under neither key, TOKEN_DAMAGED
 */
export async function rotateTokenKey(
  pool: Pool,
  keys: { readonly from: Secret; readonly to: Secret },
): Promise<{ readonly rotated: number; readonly already: number }> {
  const [from, to] = [createSealer(keys.from), createSealer(keys.to)];
  return runInTransaction(pool, async (client) => {
    const db = drizzleOn(client);
    const rows = await db.select().from(token).orderBy(token.appKey).for('update');
    const old = rows.filter((row) => !to.isOwn(row.accessToken));
    for (const row of old) await writeTokens(db, to, row.appKey, openTokens(from, row));
    return { rotated: old.length, already: rows.length - old.length };
  });
}
