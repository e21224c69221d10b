import { constants } from 'node:fs';
import { open, realpath } from 'node:fs/promises';
import { isAbsolute, relative, resolve, sep } from 'node:path';

/** The real path of a file, whatever links lead to it; null when it is not in the project folder. Fails where there is none. */
export async function findProjectFile(projectDir: string, path: string): Promise<string | null> {
  const [folder, file] = await Promise.all([realpath(projectDir), realpath(resolve(projectDir, path))]);
  const inside = relative(folder, file);
  return isAbsolute(inside) || inside.split(sep)[0] === '..' ? null : file;
}

/** Never more than that into memory, whatever the file has. A pipe would have nobody at its other end. */
export async function readAtMost(file: string, maxBytes: number): Promise<Uint8Array> {
  const handle = await open(file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    if (!(await handle.stat()).isFile()) throw new Error('it is not a file');
    const buffer = Buffer.alloc(maxBytes);
    let length = 0;
    let bytesRead: number;
    do {
      ({ bytesRead } = await handle.read(buffer, length, maxBytes - length));
      length += bytesRead;
    } while (bytesRead > 0);
    return buffer.subarray(0, length);
  } finally {
    await handle.close();
  }
}
