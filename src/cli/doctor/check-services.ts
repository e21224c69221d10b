import type { Config } from '../../core/config.ts';
import { AppError } from '../../core/errors.ts';
import { Secret } from '../../core/secret.ts';
import { createPool } from '../../load/pool.ts';
import { createTokenStore } from '../../load/stores/token-store.ts';
import type { Gateway } from '../../model/gateway.ts';
import type { SyncConfig } from '../../model/sync-config.ts';
import { confirm } from '../confirm.ts';
import { cliErrors } from '../errors.ts';
import type { OpenDatabase } from '../open-database.ts';
import { readSyncConfig, type Session } from '../session.ts';
import { withDatabase } from '../with-database.ts';
import { failed, skip, type Check } from './check.ts';
import { checkDatabase } from './check-database.ts';
import { checkGateway } from './check-gateway.ts';
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

/** Null: it is. */
async function findRefusal(session: Session, { mayCall }: ServiceCheckOptions): Promise<Check | null> {
  if (mayCall === 'yes') return null;
  if (mayCall === 'no') return skip(callName, 'not made: --offline');
  const answer = await confirm(
    session.context,
    'Make one signed call to the gateway? It counts against the quota.',
  );
  if (answer === true) return null;
  if (answer === false) return skip(callName, 'not made: you said no');
  return skip(callName, 'not made: nobody was there to ask', 'Add --yes to make it.');
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
  options: ServiceCheckOptions,
): Promise<Check[]> {
  const { log, context } = session;
  const pool = createPool({ connectionString: database.url, max: 1, log });
  try {
    const found = await checkDatabase(pool, database.isEmbedded ? 'the embedded Postgres' : 'DATABASE_URL');
    if (found.some((check) => check.status === 'fail')) {
      return [...found, skip(callName, 'not made: it needs the database')];
    }
    const store = config.TOKEN_KEY ? createTokenStore({ pool, key: config.TOKEN_KEY, log }) : null;
    const token = await checkToken(config, store, context.clock);
    const refusal = await findRefusal(session, options);
    return [...found, token, refusal ?? (await tryCall(session, config, database, options))];
  } finally {
    await pool.end();
  }
}

/**
 * Looks at what is not a file: database and token always, the gateway when it may.
 *
 * @throws AppError INTERRUPTED
 */
export async function checkServices(
  session: Session,
  config: Config,
  options: ServiceCheckOptions,
): Promise<Check[]> {
  const { log, context } = session;
  try {
    return await withDatabase({ log, context, config }, (database) =>
      checkOpened(session, config, database, options),
    );
  } catch (error) {
    if (error instanceof AppError && error.kind === cliErrors.INTERRUPTED) throw error;
    return [failed('database', error)];
  }
}
