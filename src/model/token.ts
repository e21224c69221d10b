import type { Secret } from '../core/secret.ts';

/** What 1688's OAuth handed out for one app. */
export interface TokenSet {
  readonly accessToken: Secret;
  /** Null: a token of unknown life (self-use apps). */
  readonly accessExpiresAt: Date | null;
  readonly refreshToken: Secret | null;
  readonly refreshExpiresAt: Date | null;
}

/** The encrypted store, one row an app key; implemented in `load`. */
export interface TokenStore {
  read(appKey: string): Promise<TokenSet | null>;
  write(appKey: string, tokens: TokenSet): Promise<void>;
  /**
   * Runs `refresh` for at most one process at a time. Whoever comes second gets what the first one stored:
   * when the stored access token is no longer `staleAccessToken`, `refresh` is not called.
   */
  refreshOnce(
    appKey: string,
    staleAccessToken: Secret,
    refresh: (current: TokenSet) => Promise<TokenSet>,
  ): Promise<TokenSet>;
}
