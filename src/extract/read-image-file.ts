import { AppError, errorMessage, type ErrorKind } from '../core/errors.ts';
import { findProjectFile, readAtMost } from '../core/read-project-file.ts';
import { extractErrors } from './errors.ts';
import { isPicture } from './is-picture.ts';

/** Sources name limits of about 100 KB, 300 KB and 3 MB (docs/1688.md). A call for a larger picture would most likely be lost. */
const maxImageBytes = 300 * 1024;

/** True if a picture of the sync file is a file; others are urls. */
export const isPicturePath = (image: string): boolean => !image.includes('://');

/**
 * The bytes of a picture in the project folder. Pictures of the sync file are sent to 1688, so no other file may be read.
 *
 * @param path from the project folder, or absolute
 * @throws AppError IMAGE_FILE_UNREADABLE, IMAGE_FILE_OUTSIDE, IMAGE_FILE_TOO_LARGE, IMAGE_FILE_NOT_PICTURE
 */
export async function readImageFile(projectDir: string, path: string): Promise<Uint8Array> {
  const refuse = (kind: ErrorKind, problem: string, cause?: unknown): never => {
    throw new AppError(kind, `the picture ${path} ${problem}`, { facts: { image: path }, cause });
  };
  const unreadable = (cause: unknown) =>
    refuse(extractErrors.IMAGE_FILE_UNREADABLE, `can't be read: ${errorMessage(cause)}`, cause);
  const file = await findProjectFile(projectDir, path).catch(unreadable);
  if (file === null)
    return refuse(extractErrors.IMAGE_FILE_OUTSIDE, 'is outside of the project folder and was not read');
  const bytes = await readAtMost(file, maxImageBytes + 1).catch(unreadable);
  if (bytes.length > maxImageBytes) {
    const problem = `has more than ${String(maxImageBytes / 1024)} KB and was not uploaded`;
    return refuse(extractErrors.IMAGE_FILE_TOO_LARGE, problem);
  }
  if (isPicture(bytes)) return bytes;
  return refuse(extractErrors.IMAGE_FILE_NOT_PICTURE, 'is no JPEG, PNG, GIF or WebP and was not uploaded');
}
