import { AppError } from '../core/errors.ts';
import type { Source } from '../model/run.ts';
import { databaseErrors } from '../db/errors.ts';
import { runSql, runSqlForOne, type SqlExecutor } from '../db/sql-file.ts';
import { readSql } from './read-sql.ts';

/** What runs claim the database for. `appKey` null: no particular app, as in tests of single parts. */
export interface Claim {
  readonly source: Source;
  readonly appKey: string | null;
}

/** Whose data the database holds. Apps are recorded by fingerprint, so that no key is stored. */
interface Claimed {
  readonly source: string | null;
  readonly app: string | null;
  readonly wanted: string | null;
}

function refuseOthers(claimed: Claimed, { source }: Claim): void {
  const { source: found, app, wanted } = claimed;
  if (found !== null && found !== source)
    throw new AppError(
      databaseErrors.DATABASE_OTHER_SOURCE,
      `this database holds ${found} data; a ${source} run would mix invented and real offers`,
      { facts: { found, wanted: source } },
    );
  if (source === 'live' && app !== null && wanted !== null && app !== wanted)
    throw new AppError(
      databaseErrors.DATABASE_OTHER_APP,
      `this database holds live data of app ${app} (fingerprint); app ${wanted} makes no calls with it`,
      { facts: { found: app, wanted } },
    );
}

/**
 * Binds the database to its source at the first run, and a live one to the app.
 *
 * @throws AppError DATABASE_OTHER_SOURCE, DATABASE_OTHER_APP when it holds data of another one
 */
export async function claimDatabase(executor: SqlExecutor, claim: Claim): Promise<void> {
  const given = [claim.source, claim.appKey];
  refuseOthers(await runSqlForOne<Claimed>(executor, readSql('claim-database'), given), claim);
}

/**
 * Checks, before the first call, that the database is not of another app than the one that calls 1688.
 *
 * @throws AppError DATABASE_OTHER_APP when the database holds live data of another one
 */
export async function requireSameApp(executor: SqlExecutor, claim: Claim): Promise<void> {
  if (claim.source !== 'live') return;
  const claimed = await runSqlForOne<Claimed>(executor, readSql('read-claim'), [claim.appKey]);
  if (claimed.source === 'live') refuseOthers(claimed, claim);
}

/**
 * Assigns a live database to another app; recorded in `sync.operator_action`.
 *
 * @returns what is recorded; null: nothing was changed, for the database is not live or is one of this app
 */
export async function adoptApp(executor: SqlExecutor, appKey: string, actor: string): Promise<string | null> {
  const [adopted] = await runSql<{ outcome: string }>(executor, readSql('adopt-app'), [appKey, actor]);
  return adopted?.outcome ?? null;
}
