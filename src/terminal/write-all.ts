import type { OutputStream } from './output-stream.ts';

interface Stdout {
  readonly stdout: OutputStream;
  readonly stdoutGone?: AbortSignal;
}

/**
 * Writes data and waits until the reader takes more, so that a long answer to a slow reader does not pile up in
 * memory. False: the reader is gone.
 */
export async function writeAll({ stdout, stdoutGone }: Stdout, data: string | Uint8Array): Promise<boolean> {
  if (stdoutGone?.aborted) return false;
  if (stdout.write(data)) return true;
  await new Promise<void>((resolve) => {
    const settle = () => {
      stdout.off('drain', settle);
      stdoutGone?.removeEventListener('abort', settle);
      resolve();
    };
    stdout.once('drain', settle);
    stdoutGone?.addEventListener('abort', settle);
  });
  return !stdoutGone?.aborted;
}
