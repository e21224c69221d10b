import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { AppError, coreErrors, errorMessage } from '../core/errors.ts';
import type { SyncConfig } from '../model/sync-config.ts';
import { parseSyncFile } from './parse-sync-file.ts';

export const syncFileName = 'catalog-sync.yaml';

/** What a sync file is called by mistake. */
const misnamed = 'catalog-sync.yml';

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    const message = `${syncFileName} can not be read: ${errorMessage(cause)}`;
    throw new AppError(coreErrors.CONFIG_FILE_INVALID, message, { cause });
  }
}

/**
 * Reads `catalog-sync.yaml` of a project folder.
 *
 * @throws AppError CONFIG_FILE_INVALID, also when there is none or it can't be read
 */
export function readSyncConfig(projectDir: string): SyncConfig {
  const file = join(projectDir, syncFileName);
  if (existsSync(file)) return parseSyncFile(readText(file), syncFileName);
  const remedy = existsSync(join(projectDir, misnamed))
    ? `rename the ${misnamed} that is there`
    : 'copy catalog-sync.example.yaml and edit it';
  const message = `there is no ${syncFileName} in ${projectDir}: ${remedy}`;
  throw new AppError(coreErrors.CONFIG_FILE_INVALID, message);
}
