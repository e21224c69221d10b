import type { Pool } from 'pg';
import type { Secret } from '../../core/secret.ts';
import { runInTransaction } from '../run-in-transaction.ts';
import { createSealer } from '../seal.ts';
import { openRow, sealRow, type TokenRow } from './token-row.ts';
import { applySql, readSql } from '../sql-file.ts';

/** What is known of an app's stored tokens without the key that opens them. */
export interface StoredTokens {
  readonly storedAt: Date;
  /** Null: not known. */
  readonly accessExpiresAt: Date | null;
  readonly hasRefreshToken: boolean;
  readonly refreshExpiresAt: Date | null;
}

/** Null: none are stored. */
export async function describeTokens(pool: Pool, appKey: string): Promise<StoredTokens | null> {
  const { rows } = await pool.query<StoredTokens>(
    `SELECT updated_at AS "storedAt", access_expires_at AS "accessExpiresAt",
            refresh_token IS NOT NULL AS "hasRefreshToken", refresh_expires_at AS "refreshExpiresAt"
     FROM sync.token WHERE app_key = $1`,
    [appKey],
  );
  return rows[0] ?? null;
}

/** False: there was nothing to forget. A refresh that is under way is waited for. */
export async function forgetTokens(pool: Pool, appKey: string): Promise<boolean> {
  const { rowCount } = await pool.query('DELETE FROM sync.token WHERE app_key = $1', [appKey]);
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
    const { rows } = await client.query<TokenRow & { readonly app_key: string }>(
      'SELECT * FROM sync.token ORDER BY app_key FOR UPDATE',
    );
    const old = rows.filter((row) => !to.isOwn(row.access_token));
    for (const row of old) {
      const tokens = openRow(from, row.app_key, row);
      await applySql(client, readSql('upsert-token'), sealRow(to, row.app_key, tokens));
    }
    return { rotated: old.length, already: rows.length - old.length };
  });
}
