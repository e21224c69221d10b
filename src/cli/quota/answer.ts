import type { Session } from '../../app/session.ts';
import { safeJson } from '../../terminal/safe-text.ts';

/** The result of a change of the quota, as text and as data. */
export interface QuotaAnswer {
  readonly lines: readonly string[];
  readonly data: unknown;
}

/** Prints the data with `--json`; the lines are talk. */
export function printAnswer(session: Session, { lines, data }: QuotaAnswer): void {
  if (session.isJson) session.print(safeJson(data));
  for (const line of lines) session.talk(line);
}
