import { join } from 'node:path';
import type { Pool } from 'pg';
import type { Config } from '../config/environment.ts';
import type { Shutdown } from '../core/lifecycle.ts';
import type { Logger } from '../core/log.ts';
import { chooseApis } from '../extract/endpoints/endpoints.ts';
import { applyLimits } from '../ledger/apply-limits.ts';
import { emptySpool } from '../ledger/empty-spool.ts';
import { keepUnsettled } from '../ledger/keep-unsettled.ts';
import { openSpool } from '../ledger/spool.ts';
import type { SyncConfig } from '../model/sync-config.ts';
import { credentialsOf } from './credentials.ts';
import { stateFolder } from './open-database.ts';
import { openStores } from './open-stores.ts';

export interface PreparedParts {
  readonly config: Config;
  readonly sync: SyncConfig;
  readonly log: Logger;
  readonly shutdown: Pick<Shutdown, 'stopNow' | 'cut'>;
}

/**
 * Everything that is kept, with the limits of the sync file in effect, and the answers stored that earlier processes had
 * to leave in the spool of the project. What this process can't settle goes there, too.
 *
 * @throws AppError CREDENTIALS_MISSING, DATABASE_*
 */
export async function prepareStores(pool: Pool, { config, sync, log, shutdown }: PreparedParts) {
  const { appKey } = credentialsOf(config);
  const stores = openStores({ pool, appKey, log, stopNow: shutdown.stopNow });
  await applyLimits(stores, sync, { appKey, apis: chooseApis(sync.apis) });
  const spool = openSpool(join(stateFolder(config.projectDir), 'spool'), log);
  const ledger = keepUnsettled(stores.ledger, { spool, cut: shutdown.cut });
  // By the ledger that keeps nothing: what is in the spool is no call of this process, and stays there or is set aside.
  await emptySpool({ pool, ledger: stores.ledger, spool, log });
  return { ...stores, ledger };
}
