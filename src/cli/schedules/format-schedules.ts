import type { DecidedSlot } from '../../runs/slot-store.ts';
import { displayWidth } from '../../terminal/display-width.ts';
import { formatTable } from '../../terminal/format-table.ts';
import { formatTime, zoneNote } from '../../core/format-time.ts';
import { safeText } from '../../terminal/safe-text.ts';
import { wrapText, wrapWidth } from '../../terminal/wrap-text.ts';
import type { ScheduleRow } from '../../runs/list-schedules.ts';

/** `2026-11-26 02:30`, as the clocks of a zone show it. */
function timeThere(at: Date, timeZone: string): string {
  // Swedes write dates as ISO 8601 does.
  return new Intl.DateTimeFormat('sv', { timeZone, dateStyle: 'short', timeStyle: 'short' }).format(at);
}

const amount = (calls: number | null): string => (calls === null ? '' : calls.toLocaleString('en'));

const formatLastSlot = ({ lastSlot }: ScheduleRow): string =>
  lastSlot === null ? '' : `${formatTime(lastSlot.at)} ${lastSlot.outcome}`;

/** The next slot by the clocks of its zone; nothing where they show the time of Shanghai. */
function formatInZone({ nextSlotAt, timezone }: ScheduleRow): string {
  const there = nextSlotAt === null ? '' : timeThere(nextSlotAt, timezone);
  return there === formatTime(nextSlotAt) ? '' : there;
}

function formatTableOf(rows: readonly ScheduleRow[]): string {
  const hasOtherZones = rows.some((row) => formatInZone(row) !== '');
  const columns = [
    ...[{ header: 'schedule' }, { header: 'cron' }, { header: 'zone' }, { header: 'feeds' }],
    ...[{ header: 'budget', align: 'right' as const }, { header: 'missed' }, { header: 'state' }],
    ...[{ header: 'last slot' }, { header: 'next slot' }],
    ...(hasOtherZones ? [{ header: 'in its zone' }] : []),
  ];
  const cells = rows.map((row) => [
    ...[row.name, row.cron, row.timezone, row.feeds.join(', '), amount(row.budgetCalls), row.missed],
    ...[row.state, formatLastSlot(row), formatTime(row.nextSlotAt)],
    ...(hasOtherZones ? [formatInZone(row)] : []),
  ]);
  return formatTable(columns, cells);
}

/** As a row of the table, for a terminal that has no room for it. */
function formatBlock(row: ScheduleRow): string {
  const inZone = formatInZone(row);
  const lines = [
    `${row.name}: ${row.state}`,
    `'${row.cron}' in ${row.timezone}, for ${row.feeds.join(', ')}`,
    `budget: ${row.budgetCalls === null ? 'the quota' : `${amount(row.budgetCalls)} calls`}; missed: ${row.missed}`,
    ...(row.lastSlot === null ? [] : [`last slot ${formatLastSlot(row)}`]),
    ...(row.nextSlotAt === null
      ? []
      : [`next slot ${formatTime(row.nextSlotAt)}${inZone && `, in its zone ${inZone}`}`]),
  ];
  return lines.map((line, index) => (index === 0 ? '' : '  ') + safeText(line)).join('\n');
}

/**
 * All schedules, and under them what is not as it should be.
 *
 * @param terminalWidth null: not a terminal, so that lines may be as long as they are
 */
export function formatSchedules(rows: readonly ScheduleRow[], terminalWidth: number | null): string {
  if (rows.length === 0) {
    return 'No schedule. Add some to catalog-sync.yaml, or use `catalog-sync schedule add`.';
  }
  const table = formatTableOf(rows);
  const hasRoom = table.split('\n').every((line) => displayWidth(line) <= (terminalWidth ?? Infinity));
  const width = terminalWidth === null ? Infinity : wrapWidth(terminalWidth);
  const remarks = rows.flatMap(({ name, remarks: texts }) =>
    texts.map((text) => wrapText(safeText(`! ${name} ${text}`), width, 2)),
  );
  return [hasRoom ? table : rows.map(formatBlock).join('\n'), ...['', ...remarks, `- ${zoneNote}`]].join(
    '\n',
  );
}

/** Slots with their outcomes and their runs. */
export function formatSlots(slots: readonly DecidedSlot[]): string {
  if (slots.length === 0) return 'No slot yet.';
  const columns = [
    ...[{ header: 'slot' }, { header: 'schedule' }, { header: 'outcome' }],
    ...[{ header: 'run', align: 'right' as const }, { header: 'status' }, { header: 'cause' }],
    { header: 'calls', align: 'right' as const },
  ];
  const cells = slots.map((slot) => [
    ...[formatTime(slot.slotAt), slot.schedule, slot.outcome],
    ...[slot.runId ?? '', slot.status ?? '', slot.cause ?? '', amount(slot.callsUsed)],
  ]);
  return `${formatTable(columns, cells)}\n\n${zoneNote}`;
}
