import type { Clock } from '../../core/clock.ts';
import type { CliContext } from '../../app/context.ts';

export interface ExportProgress {
  /** `rows`: null where they are not counted on the way. */
  update(bytes: number, rows: number | null): void;
  /** Takes the line away again. */
  done(): void;
}

/** Below a tenth of it, the terminal would do nothing else; at five times, it seems stuck. */
const lineEveryMs = 200;

/** `1,250,000 rows, 84.1 MB` */
export function formatAmount(bytes: number, rows: number | null): string {
  const size = bytes < 1_000_000 ? `${(bytes / 1000).toFixed(1)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
  if (rows === null) return size;
  return `${rows.toLocaleString('en')} ${rows === 1 ? 'row' : 'rows'}, ${size}`;
}

/** One line with the progress of an export, on a terminal only. */
export function createExportProgress(context: CliContext, isQuiet: boolean): ExportProgress {
  const { stderr, isTty }: CliContext = context;
  const clock: Clock = context.clock;
  let lastMs = clock.now().getTime();
  let isShown = false;
  if (isQuiet || !isTty.stderr) return { update: () => undefined, done: () => undefined };
  return {
    update: (bytes, rows) => {
      const nowMs = clock.now().getTime();
      if (nowMs - lastMs < lineEveryMs) return;
      lastMs = nowMs;
      isShown = true;
      stderr.write(`\r${formatAmount(bytes, rows)} so far\u001b[K`);
    },
    done: () => {
      if (isShown) stderr.write('\r\u001b[K');
    },
  };
}
