import type { CliContext } from '../../app/context.ts';
import { safeLines } from '../../terminal/safe-text.ts';
import { writeAll } from '../../terminal/write-all.ts';
import type { Sink } from './sink.ts';

/** Standard output. Shown on a terminal, controls in it are neutralised. */
export function createStdoutSink(context: CliContext): Sink {
  const decoder = new TextDecoder();
  return {
    write: (bytes) =>
      writeAll(context, context.isTty.stdout ? safeLines(decoder.decode(bytes, { stream: true })) : bytes),
    finish: async () => undefined,
    abandon: async () => undefined,
  };
}
