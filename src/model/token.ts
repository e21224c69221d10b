import { dayMs } from '../core/duration.ts';
import type { Secret } from '../core/secret.ts';

/** The tokens that 1688's OAuth issued for one app. */
export interface TokenSet {
  readonly accessToken: Secret;
  /** Null: a token of unknown life (self-use apps). */
  readonly accessExpiresAt: Date | null;
  readonly refreshToken: Secret | null;
  readonly refreshExpiresAt: Date | null;
}

/**
 * A refresh token with less life than this is exchanged for one that lives longer, and is worth a warning (1688 docs,
 * postponeToken: within 30 days of its end).
 */
export const postponeWithinMs = 30 * dayMs;

/** The encrypted store, one row an app key; implemented in `load`. */
export interface TokenStore {
  read(appKey: string): Promise<TokenSet | null>;
  write(appKey: string, tokens: TokenSet): Promise<void>;
  /**
   * Runs `refresh` in at most one process at a time. A process that comes second gets the tokens that the first one stored: when
   * the stored access token is no longer `staleAccessToken`, `refresh` is not called.
   */
  refreshOnce(
    appKey: string,
    staleAccessToken: Secret,
    refresh: (current: TokenSet) => Promise<TokenSet>,
  ): Promise<TokenSet>;
}
