import type { Config } from '../../core/config.ts';
import { AppError } from '../../core/errors.ts';
import { Secret } from '../../core/secret.ts';
import { migrate } from '../../load/migrate.ts';
import { createPool } from '../../load/pool.ts';
import { createTokenStore } from '../../load/stores/token-store.ts';
import type { Gateway } from '../../model/gateway.ts';
import type { SyncConfig } from '../../model/sync-config.ts';
import { confirm } from '../confirm.ts';
import { cliErrors } from '../errors.ts';
import type { OpenDatabase } from '../open-database.ts';
import { readSyncConfig, type Session } from '../session.ts';
import { hasDatabase, withDatabase } from '../with-database.ts';
import { failed, skip, type Check } from './check.ts';
import { checkDatabase } from './check-database.ts';
import { checkGateway } from './check-gateway.ts';
import { checkCredentials } from './check-settings.ts';
import { checkToken } from './check-token.ts';

/** Opens the client of the gateway, with its ledger and quota, over a migrated database. */
export type OpenGateway = (parts: {
  readonly config: Config;
  readonly sync: SyncConfig;
  readonly databaseUrl: Secret;
}) => Promise<{ readonly gateway: Pick<Gateway, 'readTime'>; close(): Promise<void> }>;

export interface ServiceCheckOptions {
  /** Whether the one signed call may be made: it counts against the quota. */
  readonly mayCall: 'yes' | 'no' | 'ask';
  readonly openGateway: OpenGateway;
}

const callName = 'signed call';

/** Why the signed call is not made; null: it is. */
async function findRefusal(
  session: Session,
  config: Config,
  { mayCall }: ServiceCheckOptions,
): Promise<Check | null> {
  if (mayCall === 'no') return skip(callName, 'not made: --offline');
  if (checkCredentials(config).some((check) => check.status === 'fail')) {
    return skip(callName, 'not made: it needs App Key and App Secret');
  }
  if (mayCall === 'yes') return null;
  const question = 'Make one signed call to the gateway? It counts against the quota.';
  const answer = await confirm(session.context, question);
  if (answer === null) return skip(callName, 'not made: nobody was there to ask', 'Add --yes to make it.');
  return answer ? null : skip(callName, 'not made: you said no');
}

async function tryCall(
  session: Session,
  config: Config,
  database: OpenDatabase,
  options: ServiceCheckOptions,
): Promise<Check> {
  try {
    const sync = readSyncConfig(config.projectDir);
    const opened = await options.openGateway({ config, sync, databaseUrl: new Secret(database.url) });
    try {
      return await checkGateway(opened.gateway, session.context.clock);
    } finally {
      await opened.close();
    }
  } catch (error) {
    return failed(callName, error);
  }
}

async function checkOpened(
  session: Session,
  config: Config,
  database: OpenDatabase,
): Promise<{ readonly checks: Check[]; readonly isUsable: boolean }> {
  const { log, context } = session;
  // As a sync does it: the embedded database belongs to this version.
  if (database.isEmbedded) await migrate({ connectionString: database.url, log });
  const pool = createPool({ connectionString: database.url, max: 1, log });
  try {
    const checks = await checkDatabase(
      pool,
      config,
      database.isEmbedded ? 'the embedded Postgres' : 'DATABASE_URL',
    );
    const isUsable = checks.every((check) => check.status !== 'fail');
    if (!isUsable) return { checks, isUsable };
    const store = config.TOKEN_KEY ? createTokenStore({ pool, key: config.TOKEN_KEY, log }) : null;
    return { checks: [...checks, await checkToken(config, store, context.clock)], isUsable };
  } finally {
    await pool.end();
  }
}

/**
 * Looks at what is not a file: database and token, and the gateway when it may. Makes no embedded database just
 * to look into it.
 *
 * @throws AppError INTERRUPTED
 */
export async function checkServices(
  session: Session,
  config: Config,
  options: ServiceCheckOptions,
): Promise<Check[]> {
  const { log, context } = session;
  const refusal = await findRefusal(session, config, options);
  if (refusal && !hasDatabase(config)) {
    const database = skip('database', 'none yet: the first sync makes the embedded one');
    return [database, await checkToken(config, null, context.clock), refusal];
  }
  try {
    return await withDatabase({ log, context, config }, async (database) => {
      const { checks, isUsable } = await checkOpened(session, config, database);
      if (!isUsable) return [...checks, skip(callName, 'not made: it needs the database')];
      return [...checks, refusal ?? (await tryCall(session, config, database, options))];
    });
  } catch (error) {
    if (error instanceof AppError && error.kind === cliErrors.INTERRUPTED) throw error;
    return [failed('database', error)];
  }
}
