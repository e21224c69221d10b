import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { AppError } from '../../core/errors.ts';
import { cliErrors } from '../../app/errors.ts';
import { onDisk } from './file-sink.ts';

/** The target of an export of many files. */
export interface FolderSink {
  /** Where to write the files. */
  readonly path: string;
  /** Gives the folder its name. */
  finish(): Promise<void>;
  /** Takes back what was written. Does nothing after `finish`. */
  abandon(): Promise<void>;
}

/** @throws AppError EXPORT_FILE_EXISTS */
function checkPlace(folder: string): void {
  if (existsSync(folder)) throw new AppError(cliErrors.EXPORT_FILE_EXISTS, `${folder} exists`);
}

/**
 * A folder that has its name only once all of it is complete: until then it is a hidden one beside it, which a process
 * that is killed leaves behind.
 *
 * @throws AppError EXPORT_FILE_EXISTS, EXPORT_NOT_WRITTEN
 */
export async function createFolderSink(folder: string): Promise<FolderSink> {
  checkPlace(folder);
  const path = join(dirname(folder), `.${basename(folder)}.${randomBytes(4).toString('hex')}.part`);
  await onDisk(folder, () => mkdir(path));
  return {
    path,
    finish: async () => {
      checkPlace(folder);
      await onDisk(folder, () => rename(path, folder));
    },
    abandon: () => rm(path, { recursive: true, force: true }),
  };
}
