import type { OutputStream } from '../context.ts';

/**
 * Writes and waits until the stream takes more, so that a long answer to a slow reader does not pile up in
 * memory. False: the reader is gone.
 */
export async function writeAll(stream: OutputStream, text: string): Promise<boolean> {
  if (stream.destroyed) return false;
  if (stream.write(text)) return true;
  await new Promise<void>((resolve) => {
    const settle = () => {
      stream.off('drain', settle);
      stream.off('close', settle);
      resolve();
    };
    stream.once('drain', settle);
    stream.once('close', settle);
  });
  return !stream.destroyed;
}
