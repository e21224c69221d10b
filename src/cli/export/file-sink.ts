import { lstatSync, realpathSync, statSync } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { randomBytes } from 'node:crypto';
import { basename, dirname, join } from 'node:path';
import { AppError, errorMessage } from '../../core/errors.ts';
import { cliErrors } from '../../app/errors.ts';
import type { Sink } from './sink.ts';

const reasons: Readonly<Record<string, string>> = {
  ENOSPC: 'no space is left on its disk',
  EDQUOT: 'the quota of its disk is used up',
  EFBIG: 'the file is larger than the limit of the system',
  EROFS: 'its disk is read-only',
  EACCES: 'its folder is not writable',
  EPERM: 'its folder is not writable',
  ENOENT: 'its folder does not exist',
  ENOTDIR: 'its folder does not exist',
};

function notWritten(file: string, cause: unknown): AppError {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  const why = reasons[code] ?? errorMessage(cause);
  return new AppError(cliErrors.EXPORT_NOT_WRITTEN, `${file} was not written: ${why}`, { cause });
}

/** The file itself, where the name is a link to one. */
function resolveLink(file: string): string {
  const isLink = lstatSync(file, { throwIfNoEntry: false })?.isSymbolicLink() ?? false;
  return isLink ? realpathSync(file) : file;
}

/** @throws AppError EXPORT_FILE_EXISTS, EXPORT_NOT_WRITTEN */
function checkPlace(file: string, isForced: boolean): void {
  const known = statSync(file, { throwIfNoEntry: false });
  if (!known) return;
  if (!known.isFile()) throw notWritten(file, new Error('something else has that name, which is not a file'));
  if (!isForced) throw new AppError(cliErrors.EXPORT_FILE_EXISTS, `${file} exists`);
}

/**
 * Runs a step; an error of the disk becomes an error that names the file or folder.
 *
 * @throws AppError EXPORT_NOT_WRITTEN
 */
export async function onDisk<T>(file: string, step: () => T | Promise<T>): Promise<T> {
  try {
    return await step();
  } catch (error) {
    throw error instanceof AppError ? error : notWritten(file, error);
  }
}

/**
 * A file that has its name only once it is complete: until then it is a hidden one beside it, which a process that is
 * killed leaves behind.
 *
 * @throws AppError EXPORT_FILE_EXISTS, EXPORT_NOT_WRITTEN
 */
export async function createFileSink(name: string, isForced: boolean): Promise<Sink> {
  return onDisk(name, async () => {
    const file = resolveLink(name);
    checkPlace(file, isForced);
    const part = join(dirname(file), `.${basename(file)}.${randomBytes(4).toString('hex')}.part`);
    const handle = await open(part, 'wx');
    let isOpen = true;
    const close = async () => {
      if (isOpen) await handle.close();
      isOpen = false;
    };
    return {
      write: async (bytes) => {
        await onDisk(name, () => handle.writeFile(bytes));
        return true;
      },
      finish: () =>
        onDisk(name, async () => {
          await handle.sync();
          await close();
          checkPlace(file, isForced);
          await rename(part, file);
        }),
      abandon: async () => {
        await close();
        await rm(part, { force: true });
      },
    };
  });
}
