import type { Session } from '../../app/session.ts';
import { safeJson } from '../../terminal/safe-text.ts';

/** What a change of the quota says to people, and gives to programs. */
export interface QuotaAnswer {
  readonly lines: readonly string[];
  readonly data: unknown;
}

/** Prints the data with `--json`; the lines are talk. */
export function printAnswer(session: Session, { lines, data }: QuotaAnswer): void {
  if (session.isJson) session.print(safeJson(data));
  for (const line of lines) session.talk(line);
}
