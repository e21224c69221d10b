import type { CliContext } from '../app/context.ts';
import { describeCause } from '../health/issues/describe-cause.ts';
import type { HealthIssue, Severity } from '../model/health-issue.ts';
import { createPaint } from '../terminal/paint.ts';
import { safeText } from '../terminal/safe-text.ts';
import { wrapText, wrapWidth } from '../terminal/wrap-text.ts';

const tones: Readonly<Record<Severity, 'fail' | 'warn' | null>> = { act: 'fail', warn: 'warn', note: null };

/** `note` is the longest. */
const indent = 6;

/** What is wrong, why, and what to do. The caller names the zone of the times, once below all that it prints. */
export function formatHealth(
  issues: readonly HealthIssue[],
  context: Pick<CliContext, 'stdout' | 'isTty' | 'env'>,
): string {
  if (issues.length === 0) return 'No health issue.';
  const paint = createPaint(context);
  const width = wrapWidth(context.stdout.columns);
  const shown = issues
    .map((issue) => {
      const { severity, summary, remedy } = issue;
      const texts = [summary, describeCause(issue), ...(remedy === '' ? [] : [`what to do: ${remedy}`])];
      const lines = texts.map((text) => ' '.repeat(indent) + wrapText(safeText(text), width, indent));
      return paint(tones[severity], severity) + lines.join('\n').slice(severity.length);
    })
    .join('\n');
  return `health issues:\n${shown}`;
}
