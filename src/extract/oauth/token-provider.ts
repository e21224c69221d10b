import { minuteMs } from '../../core/duration.ts';
import { AppError, toAppError } from '../../core/errors.ts';
import { Secret } from '../../core/secret.ts';
import { postponeWithinMs, type TokenSet, type TokenStore } from '../../model/token.ts';
import { extractErrors as errors } from '../errors.ts';
import { createMemoryTokenStore } from './memory-token-store.ts';
import type { OAuthParts } from './oauth-call.ts';
import { postponeTokens, refreshTokens } from './request-tokens.ts';

/** Gives calls their access token. */
export interface AccessTokens {
  /** @throws AppError AUTH_* */
  current(): Promise<Secret>;
  /**
   * A token to use instead of one that 1688 refused.
   *
   * @throws AppError AUTH_*, or GATEWAY_* of an OAuth call that failed on its way
   */
  refresh(stale: Secret): Promise<Secret>;
}

export interface TokenProviderOptions extends OAuthParts {
  readonly fromEnvironment: {
    readonly accessToken?: Secret | undefined;
    readonly refreshToken?: Secret | undefined;
  };
  /** The encrypted store; null: no `TOKEN_KEY`, so tokens live as long as the process. */
  readonly store: TokenStore | null;
}

/**
 * An access token with less life than this is refreshed before it is used. Half could let a call that waits for its send time
 * leave with a dead token; double would only refresh earlier.
 */
const minLifeMs = 5 * minuteMs;

/**
 * The wait after a refresh that failed on its way, and after each further one. At half, a restart of the service would outlast
 * all three.
 */
const firstWaitMs = 3_000;
const laterWaitMs = 10_000;

/**
 * Access tokens of one app. An access token in the environment without a refresh token is that of a self-use app: it is used as
 * it is, and can't be refreshed. Otherwise the stored tokens apply (those of the environment only fill an empty store), and at
 * most one refresh is in flight over all processes that share the store. When the refresh token nears its end, the refresh
 * postpones that end, too.
 */
export function createTokenProvider(options: TokenProviderOptions): AccessTokens {
  const { accessToken, refreshToken } = options.fromEnvironment;
  if (accessToken && !refreshToken) return selfUse(accessToken);
  return new StoredTokens(options, options.store ?? createMemoryTokenStore());
}

function selfUse(accessToken: Secret): AccessTokens {
  return {
    current: async () => accessToken,
    refresh: () => Promise.reject(notRefreshable()),
  };
}

class StoredTokens implements AccessTokens {
  readonly #options: TokenProviderOptions;
  readonly #store: TokenStore;
  #known: TokenSet | null = null;
  #refreshing: Promise<TokenSet> | null = null;
  /** Half of the life of a fresh token if that is shorter: otherwise the token would be due at once, and so would the next. */
  #minLifeMs = minLifeMs;
  /** Consecutive refreshes that brought neither a token nor a refusal, and when the next may be tried. */
  #failures = 0;
  #nextTryMs = 0;
  /** Set after the third failure: it ends the run, also for jobs that ask while the run is being halted. */
  #unavailable: AppError | null = null;

  constructor(options: TokenProviderOptions, store: TokenStore) {
    this.#options = options;
    this.#store = store;
  }

  async current(): Promise<Secret> {
    const tokens = (this.#known ??= await this.#load());
    return this.#isDue(tokens) ? this.refresh(tokens.accessToken) : tokens.accessToken;
  }

  async refresh(stale: Secret): Promise<Secret> {
    const tokens = await (this.#refreshing ??= this.#refreshOnce(stale).finally(
      () => (this.#refreshing = null),
    ));
    this.#known = tokens;
    this.#minLifeMs = Math.min(minLifeMs, this.#lifeMs(tokens) / 2);
    return tokens.accessToken;
  }

  async #load(): Promise<TokenSet> {
    const { appKey, fromEnvironment } = this.#options;
    const stored = await this.#store.read(appKey);
    if (stored) return stored;
    if (!fromEnvironment.refreshToken) {
      throw new AppError(errors.AUTH_TOKEN_MISSING, 'there is no access token to call with');
    }
    const first = {
      accessToken: fromEnvironment.accessToken ?? new Secret(''),
      // Without an access token to begin with, the first use starts a refresh.
      accessExpiresAt: fromEnvironment.accessToken ? null : new Date(0),
      refreshToken: fromEnvironment.refreshToken,
      refreshExpiresAt: null,
    };
    await this.#store.write(appKey, first);
    return first;
  }

  #isDue(tokens: TokenSet): boolean {
    return tokens.refreshToken !== null && this.#lifeMs(tokens) < this.#minLifeMs;
  }

  #lifeMs({ accessExpiresAt }: TokenSet): number {
    return accessExpiresAt ? accessExpiresAt.getTime() - this.#options.clock.now().getTime() : Infinity;
  }

  async #refreshOnce(stale: Secret): Promise<TokenSet> {
    const { appKey, clock } = this.#options;
    const retryAfterMs = this.#nextTryMs - clock.now().getTime();
    // The wait is never longer than this, even if the clock was set back.
    if (retryAfterMs > 0 && retryAfterMs <= laterWaitMs)
      throw (
        this.#unavailable ??
        new AppError(errors.AUTH_REFRESH_BUSY, 'the access token is not refreshed yet', { retryAfterMs })
      );
    try {
      const tokens = await this.#store.refreshOnce(appKey, stale, async (current) =>
        this.#postpone(await this.#exchange(current)),
      );
      this.#failures = 0;
      this.#unavailable = null;
      return tokens;
    } catch (error) {
      throw this.#failed(error);
    }
  }

  /** Handles a failed refresh. Without a token nothing can be called, so a service that does not answer is asked three times at most. */
  #failed(error: unknown): unknown {
    // Other codes are those of the database.
    if (!(error instanceof AppError) || error.recovery !== 'retry' || !error.code.startsWith('GATEWAY_'))
      return error;
    this.#failures += 1;
    const waitMs = this.#failures === 1 ? firstWaitMs : laterWaitMs;
    this.#nextTryMs = this.#options.clock.now().getTime() + waitMs;
    this.#unavailable =
      this.#failures < 3
        ? null
        : new AppError(errors.AUTH_REFRESH_UNAVAILABLE, 'the access token could not be refreshed', {
            ...{ facts: { ...error.facts, code: error.code }, cause: error },
          });
    return this.#unavailable ?? error;
  }

  /**
   * Postpones the end of the refresh token. This needs a fresh access token, so it runs once in the ten hours of its life: 70
   * tries in 30 days. A failed try must not lose the access token.
   */
  async #postpone(tokens: TokenSet): Promise<TokenSet> {
    const { clock, log } = this.#options;
    const { refreshToken, refreshExpiresAt } = tokens;
    if (!refreshToken || !refreshExpiresAt) return tokens;
    if (refreshExpiresAt.getTime() - clock.now().getTime() >= postponeWithinMs) return tokens;
    try {
      return await postponeTokens(this.#options, { ...tokens, refreshToken });
    } catch (err) {
      log.warn({ err, code: toAppError(err).code, refreshExpiresAt }, 'refresh token not postponed');
      return tokens;
    }
  }

  /** A new refresh token in the environment replaces a dead one in the store. */
  async #exchange(current: TokenSet): Promise<TokenSet> {
    const stored = current.refreshToken;
    const given = this.#options.fromEnvironment.refreshToken;
    const first = stored ?? given;
    if (!first) throw notRefreshable();
    try {
      return await refreshTokens(this.#options, first, current);
    } catch (error) {
      const isRefused = error instanceof AppError && error.kind === errors.AUTH_REFRESH_REFUSED;
      if (!isRefused || !given || isSame(given, first)) throw error;
      return refreshTokens(this.#options, given, { ...current, refreshExpiresAt: null });
    }
  }
}

function isSame(a: Secret, b: Secret): boolean {
  return a.reveal() === b.reveal();
}

function notRefreshable(): AppError {
  return new AppError(
    errors.AUTH_TOKEN_NOT_REFRESHABLE,
    '1688 refused the access token, and it cannot be refreshed',
  );
}
