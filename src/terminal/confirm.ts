import { createInterface } from 'node:readline/promises';
import { PassThrough } from 'node:stream';
import type { OutputStream } from './output-stream.ts';

interface Terminal {
  readonly stdin: NodeJS.ReadableStream;
  readonly stderr: OutputStream;
  readonly isTty: { readonly stdin: boolean; readonly stderr: boolean };
}

/** Asks a yes-or-no question on stderr; null when there is nobody to ask. An abort of `signal` is a no. */
export async function confirm(
  context: Terminal,
  question: string,
  signal?: AbortSignal,
): Promise<boolean | null> {
  if (!context.isTty.stdin || !context.isTty.stderr) return null;
  context.stderr.write(`${question} [y/N] `);
  const reader = createInterface({
    ...{ input: context.stdin, output: new PassThrough() },
    ...(signal && { signal }),
  });
  try {
    for await (const line of reader) return /^y(es)?$/i.test(line.trim());
    return false;
  } finally {
    reader.close();
  }
}
