import { Secret } from '../../core/secret.ts';
import type { TokenSet } from '../../model/token.ts';
import type { Sealer } from '../seal.ts';

/** A row of `sync.token`, as far as it is read back. */
export interface TokenRow {
  readonly access_token: Buffer;
  readonly access_expires_at: Date | null;
  readonly refresh_token: Buffer | null;
  readonly refresh_expires_at: Date | null;
}

/** Bound to the app and the kind of token, so that a row can't be swapped for another. */
const accessContext = (appKey: string) => `access:${appKey}`;
const refreshContext = (appKey: string) => `refresh:${appKey}`;

/** @throws AppError TOKEN_KEY_MISMATCH, TOKEN_DAMAGED */
export function openRow(sealer: Sealer, appKey: string, row: TokenRow): TokenSet {
  return {
    accessToken: new Secret(sealer.open(row.access_token, accessContext(appKey))),
    accessExpiresAt: row.access_expires_at,
    refreshToken: row.refresh_token && new Secret(sealer.open(row.refresh_token, refreshContext(appKey))),
    refreshExpiresAt: row.refresh_expires_at,
  };
}

/** The parameters of `upsert-token`. */
export function sealRow(sealer: Sealer, appKey: string, tokens: TokenSet): unknown[] {
  return [
    appKey,
    sealer.seal(tokens.accessToken.reveal(), accessContext(appKey)),
    tokens.accessExpiresAt,
    tokens.refreshToken && sealer.seal(tokens.refreshToken.reveal(), refreshContext(appKey)),
    tokens.refreshExpiresAt,
  ];
}
