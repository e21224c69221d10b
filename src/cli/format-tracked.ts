import { formatTime, zoneNote } from '../core/format-time.ts';
import { describeChange } from '../health/trackers/describe-change.ts';
import type { ListedChange } from '../model/tracker.ts';
import { formatTable } from '../terminal/format-table.ts';

function deliveryOf({ sentAt, skippedAt }: ListedChange): string {
  if (sentAt !== null) return formatTime(sentAt);
  return skippedAt === null ? 'waits' : 'no';
}

/** A table of changes, or a line that there is none. */
export function formatTracked(changes: readonly ListedChange[]): string {
  if (changes.length === 0) return 'No tracker has noticed a change (docs/trackers.md says how to set one).';
  const columns = ['seen', 'not before', 'tracker', 'offer', 'subject', 'what', 'sent'].map((header) => ({
    header,
  }));
  const rows = changes.map((change) => [
    formatTime(change.seenAt),
    formatTime(change.notBefore),
    change.tracker,
    change.offerId,
    change.subject ?? '',
    describeChange(change),
    deliveryOf(change),
  ]);
  return `${formatTable(columns, rows)}\n\n${zoneNote}`;
}
