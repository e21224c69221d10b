import { formatTime } from '../core/format-time.ts';
import type { GivenUp } from '../model/given-up.ts';
import { formatTable } from '../terminal/format-table.ts';

/** What could not be fetched, as a table with a line about what is not in it. */
export function formatGivenUp(rows: readonly GivenUp[]): string {
  const columns = [
    { header: 'could not be fetched' },
    { header: 'id' },
    { header: 'name' },
    { header: 'code' },
    { header: 'tries', align: 'right' as const },
    { header: 'next try' },
  ];
  const lines = rows.map(({ operation, id, name, code, failedTries, notBefore }) => [
    operation,
    id,
    name ?? '',
    code ?? '',
    failedTries === 0 ? '' : String(failedTries),
    formatTime(notBefore),
  ]);
  const more = (rows[0]?.ofAll ?? 0) - rows.length;
  const rest = more > 0 ? `\nand ${more.toLocaleString('en')} more: \`catalog-sync retry --list\`` : '';
  return formatTable(columns, lines) + rest;
}
