import { eq } from 'drizzle-orm';
import type { Pool, PoolClient } from 'pg';
import { sleep } from '../core/clock.ts';
import { AppError } from '../core/errors.ts';
import type { Logger } from '../core/log.ts';
import type { Secret } from '../core/secret.ts';
import type { TokenSet, TokenStore } from '../model/token.ts';
import { drizzleOn } from '../db/database.ts';
import { isLockTimeout } from '../db/database-error.ts';
import { tokenErrors } from './errors.ts';
import { retryThroughOutage } from '../db/retry-through-outage.ts';
import { runInTransaction } from '../db/run-in-transaction.ts';
import { token } from '../schema/sync.ts';
import { createSealer } from './seal.ts';
import { openTokens, writeTokens, type SealedTokens } from './token-row.ts';

export interface TokenStoreOptions {
  readonly pool: Pool;
  readonly log: Logger;
  /** `TOKEN_KEY`: 64 hex digits. */
  readonly key: Secret;
  /** How long one refresh may take, and others wait for it. Default 60 s: above the gateway's own timeouts. */
  readonly refreshTimeoutMs?: number;
}

type Refresh = (current: TokenSet) => Promise<TokenSet>;

async function withinTime<T>(work: Promise<T>, timeoutMs: number): Promise<T> {
  const done = new AbortController();
  const timedOut = sleep(timeoutMs, done.signal).then(() => {
    throw new AppError(tokenErrors.TOKEN_REFRESH_TIMEOUT, 'the refresh of the access token took too long', {
      facts: { timeoutMs },
    });
  });
  try {
    return await Promise.race([work, timedOut]);
  } finally {
    done.abort();
  }
}

/** Waits for whoever refreshes right now; bounded, as is the refresh itself, also when its process freezes. */
async function lockRow(
  client: PoolClient,
  appKey: string,
  timeoutMs: number,
): Promise<SealedTokens | undefined> {
  await client.query(
    `SET LOCAL lock_timeout = ${timeoutMs}; SET LOCAL idle_in_transaction_session_timeout = ${timeoutMs * 2}`,
  );
  try {
    const [row] = await drizzleOn(client).select().from(token).where(eq(token.appKey, appKey)).for('update');
    return row;
  } catch (cause) {
    if (!isLockTimeout(cause)) throw cause;
    throw new AppError(
      tokenErrors.TOKEN_REFRESH_TIMEOUT,
      'the refresh of the access token in another process took too long',
      {
        facts: { timeoutMs },
        cause,
      },
    );
  }
}

/**
 * Over `sync.token`, encrypted. A refresh holds the app's row, and with it one connection of the pool: the pool
 * needs a second one for what the refresh itself does.
 *
 * @throws AppError TOKEN_KEY_MISMATCH, TOKEN_DAMAGED, TOKEN_NOT_STORED, TOKEN_REFRESH_TIMEOUT
 */
export function createTokenStore(options: TokenStoreOptions): TokenStore {
  const { pool } = options;
  const timeoutMs = options.refreshTimeoutMs ?? 60_000;
  const sealer = createSealer(options.key);
  const refreshing = new Map<string, Promise<TokenSet>>();

  const write = async (appKey: string, tokens: TokenSet) => {
    // New tokens replace the old ones at 1688 at once: losing them to an outage would need a person.
    await retryThroughOutage(() => writeTokens(drizzleOn(pool), sealer, appKey, tokens), options);
  };
  const refreshLocked = async (appKey: string, stale: Secret, refresh: Refresh) => {
    let fresh: TokenSet | undefined;
    try {
      return await runInTransaction(pool, async (client) => {
        const row = await lockRow(client, appKey, timeoutMs);
        if (!row)
          throw new AppError(tokenErrors.TOKEN_NOT_STORED, 'no token is stored for this app', {
            facts: { appKey },
          });
        const current = openTokens(sealer, row);
        if (current.accessToken.reveal() !== stale.reveal()) return current;
        fresh ??= await withinTime(refresh(current), timeoutMs);
        await writeTokens(drizzleOn(client), sealer, appKey, fresh);
        return fresh;
      });
    } catch (error) {
      if (!fresh) throw error;
      await write(appKey, fresh);
      return fresh;
    }
  };

  return {
    read: async (appKey) => {
      const [row] = await drizzleOn(pool).select().from(token).where(eq(token.appKey, appKey));
      return row ? openTokens(sealer, row) : null;
    },
    write,
    refreshOnce: (appKey, stale, refresh) => {
      // Within one process, joining needs no connection; else many waiting jobs would leave none to refresh with.
      const key = `${appKey}\n${stale.reveal()}`;
      const joined = refreshing.get(key);
      if (joined) return joined;
      const started = refreshLocked(appKey, stale, refresh).finally(() => refreshing.delete(key));
      refreshing.set(key, started);
      return started;
    },
  };
}
