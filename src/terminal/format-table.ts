import { displayWidth, padToWidth, truncateToWidth } from './display-width.ts';
import { safeText } from './safe-text.ts';

export interface Column {
  readonly header: string;
  /** Numbers stand on the right. */
  readonly align?: 'left' | 'right';
  /** Gives a cell below the header its colour. */
  readonly paint?: (cell: string) => string;
}

/** A cell wider than this is cut: a title of 200 characters would push everything else out of sight. */
const widestCell = 60;

/**
 * Columns under their headers, two spaces apart, a line a row. Cells may hold anything: controls are
 * neutralised, wide characters counted.
 */
export function formatTable(columns: readonly Column[], rows: readonly (readonly string[])[]): string {
  const lines = [columns.map((column) => column.header), ...rows].map((row) =>
    columns.map((_, index) => truncateToWidth(safeText(row[index] ?? ''), widestCell)),
  );
  const widths = columns.map((_, index) => Math.max(...lines.map((line) => displayWidth(line[index] ?? ''))));
  const [header = [], ...body] = lines;
  const rule = widths.map((width) => '-'.repeat(width));
  const formatLine = (cells: readonly string[], isBody: boolean) =>
    cells
      .map((cell, index) => {
        const { align, paint } = columns[index] ?? {};
        const padded = padToWidth(cell, widths[index] ?? 0, align);
        return isBody && paint && cell !== '' ? padded.replace(cell, () => paint(cell)) : padded;
      })
      .join('  ')
      .trimEnd();
  return [
    formatLine(header, false),
    formatLine(rule, false),
    ...body.map((cells) => formatLine(cells, true)),
  ].join('\n');
}
