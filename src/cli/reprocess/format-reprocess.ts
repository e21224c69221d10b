import type { ReprocessCounts, ReprocessExample } from '../../model/reprocess.ts';
import { formatTable } from '../../terminal/format-table.ts';
import { shanghaiTime } from '../../core/shanghai-time.ts';

/** What a reprocess found, and whether it was applied. */
export interface ReprocessReport {
  readonly isApplied: boolean;
  readonly counts: ReprocessCounts;
  readonly examples: readonly ReprocessExample[];
  /** When the oldest stored answer was fetched; null: there is none. */
  readonly oldestKept: Date | null;
  /** Answers of calls that are no longer stored. */
  readonly lost: number;
}

const amount = (value: number) => value.toLocaleString('en');

function countRows({ counts }: ReprocessReport): string[][] {
  const rows: [string, number][] = [
    ['answers read again', counts.answers],
    ['answers that can not be read', counts.unreadable],
    ['offers changed', counts.offersChanged],
    ['categories changed', counts.categoriesChanged],
    ['sellers changed', counts.sellersChanged],
    ['price intervals added', counts.pricesAdded],
    ['price intervals removed', counts.pricesRemoved],
    ['price intervals changed', counts.pricesChanged],
    ['observations with other numbers', counts.observationsChanged],
    ['rows of quarantine resolved', counts.quarantineResolved],
    ['rows of quarantine added', counts.quarantineAdded],
  ];
  const always = ['answers read again', 'offers changed'];
  return rows
    .filter(([what, count]) => count > 0 || always.includes(what))
    .map(([what, count]) => [what, amount(count)]);
}

/** Counts that say what was read, not what changed. */
const readCounts = new Set<string>([
  'answers',
  'unreadable',
  'offersPartial',
] satisfies (keyof ReprocessCounts)[]);

function isUnchanged({ counts }: ReprocessReport): boolean {
  return Object.entries(counts).every(([name, count]) => readCounts.has(name) || count === 0);
}

/** The answers that are no longer stored, and their effect; empty: all are stored. */
function formatLost({ counts, oldestKept, lost }: ReprocessReport): string[] {
  const lines: string[] = [];
  if (lost > 0) {
    const since =
      oldestKept === null ? '' : `; the oldest stored answer is of ${shanghaiTime(oldestKept)} (Shanghai)`;
    lines.push(`Answers that are no longer stored: ${amount(lost)}${since}. Their data is unchanged.`);
  }
  if (counts.offersPartial > 0) {
    const offers = amount(counts.offersPartial);
    lines.push(`Offers whose older answers and prices are unchanged: ${offers}.`);
  }
  return lines;
}

/** The difference, as text. */
export function formatReprocess(report: ReprocessReport): string {
  const title = report.isApplied ? 'reprocessed' : 'would be reprocessed';
  const parts = [formatTable([{ header: title }, { header: '', align: 'right' }], countRows(report))];
  if (report.examples.length > 0) {
    const rows = report.examples.map(({ id, what, was, is }) => [id, what, was ?? '(none)', is ?? '(none)']);
    const columns = ['offer', 'what', 'was', 'is'].map((header) => ({ header }));
    parts.push(formatTable(columns, rows));
  }
  const lost = formatLost(report);
  if (lost.length > 0) parts.push(lost.join('\n'));
  return parts.join('\n\n');
}

/** What happened, and what to do next, in one line. */
export function conclusionOf(report: ReprocessReport): string {
  if (isUnchanged(report))
    return 'This version reads all answers in the same way: there is nothing to change.';
  return report.isApplied
    ? 'Done.'
    : 'Nothing was changed. The same command with --yes applies this difference.';
}
