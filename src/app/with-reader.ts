import { classifyDatabaseErrors } from '../db/database-error.ts';
import { AppError } from '../core/errors.ts';
import { databaseErrors } from '../db/errors.ts';
import { readLoginPower } from '../db/read-login-power.ts';
import type { Session } from './session.ts';
import { withExistingDatabase } from './with-database.ts';
import { withPool } from './with-pool.ts';

/** What a login may do that a reader may not, in words; null: nothing. */
async function describePower({ log }: Session, connectionString: string): Promise<string | null> {
  const power = await withPool({ connectionString, max: 1, log }, (pool) =>
    classifyDatabaseErrors(() => readLoginPower(pool)),
  );
  if (power === null) return null;
  return power === 'superuser' ? 'has the rights of a superuser' : 'owns tables of the catalog';
}

/**
 * Runs `work` with a login for the queries that people give: on the bundled database one that only reads, otherwise that of
 * DATABASE_READ_URL, or with a warning that of DATABASE_URL.
 *
 * @param warns false for queries of our own making
 * @throws AppError QUERY_LOGIN_UNSAFE when DATABASE_READ_URL may do more than read; DATABASE_*, INTERRUPTED
 */
export async function withReader<T>(
  session: Session,
  { warns }: { readonly warns: boolean },
  work: (connectionString: string, signal: AbortSignal) => Promise<T>,
): Promise<T> {
  return withExistingDatabase(session, async (database, signal) => {
    const reader = await database.openReader();
    const url = reader ?? database.url;
    if (!database.isEmbedded && (reader !== null || warns)) {
      const power = await describePower(session, url);
      if (power !== null && reader !== null)
        throw new AppError(databaseErrors.QUERY_LOGIN_UNSAFE, `the login of DATABASE_READ_URL ${power}`);
      if (power !== null)
        session.talk(
          `warning: the login of DATABASE_URL ${power}; set DATABASE_READ_URL, so that a query can only read (docs/querying.md)`,
        );
    }
    return work(url, signal);
  });
}
