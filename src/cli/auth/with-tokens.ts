import type { Pool } from 'pg';
import type { Config } from '../../config/environment.ts';
import { AppError } from '../../core/errors.ts';
import type { Secret } from '../../core/secret.ts';
import { tokenErrors } from '../../tokens/errors.ts';
import { migrate } from '../../db/migrate.ts';
import { overPool } from '../../app/over-pool.ts';
import type { Session } from '../../app/session.ts';
import { withDatabase, withExistingDatabase, type DatabaseWork } from '../../app/with-database.ts';

type PoolWork<T> = (pool: Pool, signal: AbortSignal) => Promise<T>;

function overTokens<T>(session: Session, work: PoolWork<T>): DatabaseWork<T> {
  return async ({ url, isEmbedded }, signal) => {
    // The embedded database belongs to this version; any other is migrated on purpose, by `migrate`.
    if (isEmbedded) await migrate({ connectionString: url, log: session.log });
    return overPool({ connectionString: url, max: 3, log: session.log }, (pool) => work(pool, signal));
  };
}

/** Runs `work` over the project's database, which is created if it does not exist. */
export function withTokenDatabase<T>(session: Session, work: PoolWork<T>): Promise<T> {
  return withDatabase(session, overTokens(session, work));
}

/** As `withTokenDatabase`, where nothing is worth making a database for. */
export function withExistingTokens<T>(session: Session, work: PoolWork<T>): Promise<T> {
  return withExistingDatabase(session, overTokens(session, work));
}

/** @throws AppError TOKEN_KEY_MISSING */
export function tokenKeyOf({ TOKEN_KEY: key }: Config): Secret {
  if (key !== undefined) return key;
  throw new AppError(tokenErrors.TOKEN_KEY_MISSING, 'TOKEN_KEY is not set, so tokens cannot be stored');
}
