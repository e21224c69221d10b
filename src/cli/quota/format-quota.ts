import { zoneNote } from '../../core/format-time.ts';
import { shanghaiTime } from '../../core/shanghai-time.ts';
import { displayWidth } from '../../terminal/display-width.ts';
import { formatTable, type Column } from '../../terminal/format-table.ts';
import { safeText } from '../../terminal/safe-text.ts';
import { wrapText, wrapWidth } from '../../terminal/wrap-text.ts';
import { adviseQuota } from './advise-quota.ts';
import { displayName } from './find-subject.ts';
import type { LimitOrigin } from './limit-origin.ts';
import type { QuotaOverview, ShownLimit } from './read-quota.ts';

const amount = (calls: number): string => calls.toLocaleString('en');
const amountOr = (calls: number | undefined): string => (calls === undefined ? '' : amount(calls));

const barCells = 10;

/** Empty only when nothing is used, full only when nothing is left. */
function formatBar({ callLimit, use }: ShownLimit): string {
  if (use === null) return '';
  const min = use.used > 0 ? 1 : 0;
  const max = use.remaining > 0 ? barCells - 1 : barCells;
  const share = callLimit === 0 ? 1 : use.used / callLimit;
  const full = Math.max(min, Math.min(max, Math.floor(share * barCells)));
  return '█'.repeat(full) + '░'.repeat(barCells - full);
}

function formatToday({ use }: ShownLimit): string {
  const share = use?.share ?? null;
  return share === null ? '' : `${amount(use?.usedToday ?? 0)} of ${amount(share)}`;
}

/** Short, so that the table fits 80 columns; `--json` has the key of the file. */
const originWords: Readonly<Record<LimitOrigin, string>> = {
  account: 'assumed',
  'quotas.per_second': 'file',
  'quotas.approved': 'file',
  'quotas.groups': 'file',
  permissions: 'permissions',
  set: 'set',
  observed: 'observed',
};

/** `11-26`, or with its time when that is not midnight. */
function formatReset({ use }: ShownLimit): string {
  return use?.resetAt
    ? shanghaiTime(use.resetAt)
        .slice(5)
        .replace(/ 00:00$/, '')
    : '';
}

function formatOrigin({ origin, reset }: ShownLimit): string {
  return `${originWords[origin]}${reset === 'rolling' ? ', rolling' : ''}`;
}

interface QuotaColumn extends Column {
  readonly cell: (row: ShownLimit, before: ShownLimit | undefined) => string;
  /** Left out when empty. */
  readonly isOptional?: true;
}

const bar: QuotaColumn = { header: '', cell: formatBar };
const isNoZero = (calls: number | undefined): string => (calls === 0 ? '' : amountOr(calls));
const columns: readonly QuotaColumn[] = [
  { header: 'API', cell: (row, before) => (row.name === before?.name ? '' : row.name) },
  { header: 'period', cell: (row) => row.period },
  bar,
  { header: 'used', align: 'right', cell: ({ use }) => amountOr(use?.used) },
  { header: 'limit', align: 'right', cell: ({ callLimit }) => amount(callLimit) },
  { header: 'left', align: 'right', cell: ({ use }) => amountOr(use?.remaining) },
  { header: 'today', align: 'right', cell: formatToday, isOptional: true },
  { header: 'in flight', align: 'right', cell: ({ use }) => isNoZero(use?.reserved), isOptional: true },
  { header: 'unknown', align: 'right', cell: ({ use }) => isNoZero(use?.unknown), isOptional: true },
  { header: 'others', align: 'right', cell: ({ use }) => isNoZero(use?.external), isOptional: true },
  { header: 'resets', cell: formatReset },
  { header: 'limit from', cell: formatOrigin },
];

function formatRows(rows: readonly ShownLimit[], hasBar: boolean): string {
  const cells = columns
    .filter((column) => hasBar || column !== bar)
    .map((column) => ({ column, texts: rows.map((row, index) => column.cell(row, rows[index - 1])) }))
    .filter(({ column, texts }) => column.isOptional !== true || texts.some((text) => text !== ''));
  return formatTable(
    cells.map(({ column }) => column),
    rows.map((_, index) => cells.map(({ texts }) => texts[index] ?? '')),
  );
}

function formatParts({ use }: ShownLimit): string {
  if (use === null) return '';
  const parts = [
    [use.reserved, 'in flight'],
    [use.unknown, 'unknown'],
    [use.external, 'of others'],
  ] as const;
  const said = parts.flatMap(([calls, what]) => (calls === 0 ? [] : [`${amount(calls)} ${what}`]));
  return said.length === 0 ? '' : ` (${said.join(', ')})`;
}

/** A limit in one line, without its name. */
function formatLimit(row: ShownLimit): string {
  const { callLimit, use } = row;
  if (use === null) return `at most ${amount(callLimit)} a second`;
  const today = formatToday(row);
  return [
    `${amount(use.used)} of ${amount(callLimit)} used${formatParts(row)}, ${amount(use.remaining)} left`,
    ...(today === '' ? [] : [`today ${today}`]),
    ...(use.resetAt === null ? [] : [`resets ${shanghaiTime(use.resetAt)}`]),
  ].join('; ');
}

/** A limit in one sentence. */
export const formatNamedLimit = (row: ShownLimit): string =>
  `${displayName(row.name)}, ${row.period}: ${formatLimit(row)}.`;

const indent = 9;

function formatBlock(row: ShownLimit): string {
  const bar = formatBar(row);
  return `${bar}${bar === '' ? '' : ' '}${formatLimit(row)}; ${formatOrigin(row)}`;
}

/** As the table, for a terminal that has no room for it. */
function formatBlocks(rows: readonly ShownLimit[], width: number): string {
  const lines = rows.flatMap((row, index) => {
    const [first = '', ...others] = wrapText(formatBlock(row), width - indent).split('\n');
    const heading = rows[index - 1]?.name === row.name ? [] : [safeText(row.name)];
    const margin = ' '.repeat(indent);
    return [...heading, `  ${row.period}`.padEnd(indent) + first, ...others.map((line) => margin + line)];
  });
  return lines.join('\n');
}

/**
 * All limits with what is left of them, followed by what blocks calls. Times are in Asia/Shanghai.
 *
 * @param terminalWidth null: not a terminal, so that lines may be as long as they are
 */
export function formatQuota(overview: QuotaOverview, terminalWidth: number | null): string {
  const { limits } = overview;
  const width = terminalWidth === null ? Number.POSITIVE_INFINITY : wrapWidth(terminalWidth);
  const hasRoom = (table: string) =>
    terminalWidth === null || table.split('\n').every((line) => displayWidth(line) <= terminalWidth);
  const tables = [formatRows(limits, true), formatRows(limits, false)];
  const shown =
    limits.length === 0
      ? 'No limit is known yet: the first sync sets those of the account.'
      : (tables.find(hasRoom) ?? formatBlocks(limits, width));
  const advice = [...adviseQuota(overview), `- ${zoneNote}`];
  return [shown, '', ...advice.map((line) => wrapText(safeText(line), width, 2))].join('\n');
}
