import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Pool } from 'pg';
import { isPlaceholder } from '../config/placeholders.ts';
import { AppError, coreErrors } from '../core/errors.ts';
import { migrate } from '../db/migrate.ts';
import type { SyncConfig } from '../model/sync-config.ts';
import { overPool } from './over-pool.ts';
import { refuseDemo } from './credentials.ts';
import type { Session } from './session.ts';
import { syncFileName } from '../config/project-folder.ts';
import { withDatabase } from './with-database.ts';

/** The data of one app: the database of its project, and its sync file. */
export interface AppDatabase {
  readonly pool: Pool;
  readonly appKey: string;
  /** Null: the project has no sync file. */
  readonly sync: SyncConfig | null;
}

/** @throws AppError CREDENTIALS_MISSING, PROJECT_IS_DEMO */
function appKeyOf({ config }: Session, subject: string): string {
  const { ALIBABA_APP_KEY: appKey } = config;
  if (appKey !== undefined && !isPlaceholder(appKey)) return appKey;
  const consequence = `it is not known whose ${subject}`;
  refuseDemo(config, consequence);
  const what = appKey === undefined ? 'is not set' : 'is a placeholder';
  throw new AppError(coreErrors.CREDENTIALS_MISSING, `ALIBABA_APP_KEY ${what}, so ${consequence}`);
}

/**
 * Runs `work` over the data of the project's app.
 *
 * @param subject what the command shows, as in "permissions these are"
 * @throws AppError CREDENTIALS_MISSING, PROJECT_IS_DEMO, CONFIG_FILE_*, DATABASE_*
 */
export async function withAppDatabase<T>(
  session: Session,
  subject: string,
  work: (open: AppDatabase) => Promise<T>,
): Promise<T> {
  const appKey = appKeyOf(session, subject);
  const hasSyncFile = existsSync(join(session.config.projectDir, syncFileName));
  const sync = hasSyncFile ? session.readSyncConfig() : null;
  const { log } = session;
  return withDatabase(session, async ({ url, isEmbedded }) => {
    // One applies for permissions before anything is synced: the embedded database may be made here.
    if (isEmbedded) await migrate({ connectionString: url, log });
    return overPool({ connectionString: url, max: 1, log }, (pool) => work({ pool, appKey, sync }));
  });
}
