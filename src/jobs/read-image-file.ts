import { open } from 'node:fs/promises';
import { resolve } from 'node:path';
import { AppError } from '../core/errors.ts';
import { jobErrors } from './errors.ts';

/** Between what sources say: about 100 KB, 300 KB and 3 MB (docs/1688.md). A call for more would most likely be lost. */
const maxImageBytes = 300 * 1024;

/**
 * The bytes of a picture.
 *
 * @param path from the project folder, or absolute
 * @throws AppError IMAGE_FILE_UNREADABLE, IMAGE_FILE_TOO_LARGE
 */
export async function readImageFile(projectDir: string, path: string): Promise<Uint8Array> {
  const bytes = await readAtMost(resolve(projectDir, path), maxImageBytes + 1).catch((cause: unknown) => {
    throw new AppError(jobErrors.IMAGE_FILE_UNREADABLE, `the picture ${path} can't be read`, {
      facts: { image: path },
      cause,
    });
  });
  if (bytes.length <= maxImageBytes) return bytes;
  const message = `the picture ${path} has more than ${maxImageBytes / 1024} KB and was not uploaded`;
  throw new AppError(jobErrors.IMAGE_FILE_TOO_LARGE, message, { facts: { image: path } });
}

/** Never more than that into memory, whatever the file has. */
async function readAtMost(file: string, maxBytes: number): Promise<Uint8Array> {
  const handle = await open(file);
  try {
    const buffer = Buffer.alloc(maxBytes);
    let length = 0;
    while (length < maxBytes) {
      const { bytesRead } = await handle.read(buffer, length, maxBytes - length);
      if (bytesRead === 0) break;
      length += bytesRead;
    }
    return buffer.subarray(0, length);
  } finally {
    await handle.close();
  }
}
