import type { QuarantineGroup } from '../../health/quarantine-store.ts';
import { formatTable, type Column } from '../../terminal/format-table.ts';
import { formatTime, zoneNote } from '../../core/format-time.ts';
import { safeLines } from '../../terminal/safe-text.ts';
import { shorten } from './piece-around.ts';
import type { QuarantinedValue } from './read-quarantine.ts';

const right = (header: string): Column => ({ header, align: 'right' });
const left = (header: string): Column => ({ header });

/** A table of groups, or a line that there is none. */
export function formatGroups(groups: readonly QuarantineGroup[], isFiltered: boolean): string {
  if (groups.length === 0)
    return isFiltered ? 'No value in quarantine matches the flags.' : 'No value is in quarantine.';
  const columns = [
    left('operation'),
    left('path'),
    left('reason'),
    right('values'),
    right('answers'),
    left('newest'),
    right('its id'),
    left('its value'),
  ];
  const rows = groups.map((group) => [
    group.operation,
    group.path,
    group.reason,
    group.count.toLocaleString('en'),
    group.answers.toLocaleString('en'),
    formatTime(group.newestAt),
    group.newestId,
    group.sample ?? '',
  ]);
  return `${formatTable(columns, rows)}\n\n${zoneNote}`;
}

function formatPiece({ row, piece, unreadable }: QuarantinedValue): string {
  if (piece !== null) {
    const json = JSON.stringify(shorten(piece.value), null, 2);
    return `${piece.path} in answer ${row.rawId}:\n${json}`;
  }
  return unreadable === 'not_kept'
    ? `Answer ${row.rawId} is no longer stored.`
    : `Answer ${row.rawId} can't be shown: ${unreadable ?? ''}.`;
}

/** The row, and the part of its answer that held the value; safe to show for any answer. */
export function formatQuarantined(value: QuarantinedValue): string {
  const { row } = value;
  const lines = [
    ['id', row.quarantineId],
    ['operation', row.operation],
    ['path', row.path],
    ['reason', row.reason],
    ['value', row.sample ?? '(none)'],
    ['seen', `${formatTime(row.observedAt)} (Shanghai)`],
    ['call', row.runId === null ? row.callId : `${row.callId}, run ${row.runId}`],
  ];
  return `${formatTable([left('what'), left('is')], lines)}\n\n${safeLines(formatPiece(value))}`;
}
