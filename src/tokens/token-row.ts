import { sql } from 'drizzle-orm';
import { Secret } from '../core/secret.ts';
import type { TokenSet } from '../model/token.ts';
import type { Database } from '../db/database.ts';
import { token } from '../schema/sync.ts';
import type { Sealer } from './seal.ts';

/** What is kept of an app's tokens, sealed. */
export type SealedTokens = Omit<typeof token.$inferSelect, 'updatedAt'>;

/** Bound to the app and the kind of token, so that a row can't be swapped for another. */
const accessContext = (appKey: string) => `access:${appKey}`;
const refreshContext = (appKey: string) => `refresh:${appKey}`;

/** @throws AppError TOKEN_KEY_MISMATCH, TOKEN_DAMAGED */
export function openTokens(sealer: Sealer, row: SealedTokens): TokenSet {
  const { appKey, accessToken, accessExpiresAt, refreshToken, refreshExpiresAt } = row;
  return {
    accessToken: new Secret(sealer.open(accessToken, accessContext(appKey))),
    accessExpiresAt,
    refreshToken: refreshToken && new Secret(sealer.open(refreshToken, refreshContext(appKey))),
    refreshExpiresAt,
  };
}

/** Seals the tokens of an app and keeps them in place of those it had. */
export async function writeTokens(
  db: Database,
  sealer: Sealer,
  appKey: string,
  tokens: TokenSet,
): Promise<void> {
  const { accessExpiresAt, refreshToken, refreshExpiresAt } = tokens;
  const sealed = {
    accessToken: sealer.seal(tokens.accessToken.reveal(), accessContext(appKey)),
    accessExpiresAt,
    refreshToken: refreshToken && sealer.seal(refreshToken.reveal(), refreshContext(appKey)),
    refreshExpiresAt,
    updatedAt: sql`clock_timestamp()`,
  };
  await db
    .insert(token)
    .values({ appKey, ...sealed })
    .onConflictDoUpdate({ target: token.appKey, set: sealed });
}
