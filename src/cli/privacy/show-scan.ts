import type { Session } from '../../app/session.ts';

/** One line on a terminal that says how many stored answers were read. */
export interface ScanProgress {
  readonly update: (answers: number) => void;
  done(): void;
}

/** Nothing off a terminal, and with `--quiet`. */
export function createScanProgress({ context, isQuiet }: Session): ScanProgress {
  if (isQuiet || !context.isTty.stderr) return { update: () => undefined, done: () => undefined };
  return {
    update: (answers) =>
      void context.stderr.write(`\r${answers.toLocaleString('en')} stored answers searched\u001b[K`),
    done: () => void context.stderr.write('\r\u001b[K'),
  };
}
