import type { Pool } from 'pg';
import { readHealth } from '../app/read-health.ts';
import type { Session } from '../app/session.ts';
import { isSelfUse } from '../config/is-self-use.ts';
import { tryReadSyncConfig } from '../config/read-sync-config.ts';
import { readStatus } from '../health/read-status.ts';
import { createPaint } from '../terminal/paint.ts';
import { safeJson } from '../terminal/safe-text.ts';
import { formatHealth } from './format-health.ts';
import { formatStatus } from './format-status.ts';

/**
 * What `status` says below its first line: issues, counts, the newest `runs` runs, quota.
 *
 * @throws AppError of the database
 */
export async function describeStatus(
  { config, context, isJson }: Session,
  pool: Pool,
  runs: number,
): Promise<string> {
  const { ALIBABA_APP_KEY: appKey = '', projectDir } = config;
  const feeds = tryReadSyncConfig(projectDir)?.feeds ?? [];
  const issues = await readHealth({ pool, appKey, feeds, isSelfUse: isSelfUse(config) });
  const status = { issues, ...(await readStatus(pool, runs)) };
  return isJson
    ? safeJson(status)
    : formatStatus(status, formatHealth(issues, context), createPaint(context));
}
