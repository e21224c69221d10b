import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { AppError, coreErrors, errorMessage } from '../core/errors.ts';
import type { SyncConfig } from '../model/sync-config.ts';
import { parseSyncFile } from './parse-sync-file.ts';
import { isProject, syncFileName } from './project-folder.ts';

/** What a sync file is called by mistake. */
const misnamed = 'catalog-sync.yml';

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    const message = `${syncFileName} can not be read: ${errorMessage(cause)}`;
    throw new AppError(coreErrors.CONFIG_FILE_UNREADABLE, message, { cause });
  }
}

/** The sync file for a look at the state, which goes on without it; null: there is none that can be read. */
export function tryReadSyncConfig(projectDir: string): SyncConfig | null {
  try {
    return readSyncConfig(projectDir);
  } catch {
    return null;
  }
}

function howToGetOne(projectDir: string): string {
  if (existsSync(join(projectDir, misnamed))) return `rename the ${misnamed} that is there`;
  const make = 'make one with `catalog-sync init`, or copy catalog-sync.example.yaml and edit it';
  return isProject(projectDir) ? make : `name the folder of your project with --project, or ${make}`;
}

/**
 * Reads `catalog-sync.yaml` of a project folder.
 *
 * @throws AppError CONFIG_FILE_MISSING, CONFIG_FILE_UNREADABLE, CONFIG_FILE_INVALID
 */
export function readSyncConfig(projectDir: string): SyncConfig {
  const file = join(projectDir, syncFileName);
  if (existsSync(file)) return parseSyncFile(readText(file), syncFileName);
  throw new AppError(
    coreErrors.CONFIG_FILE_MISSING,
    `there is no ${syncFileName} in ${projectDir}: ${howToGetOne(projectDir)}`,
  );
}
