import { displayWidth } from '../../terminal/display-width.ts';
import { formatTable } from '../../terminal/format-table.ts';
import { wrapText, wrapWidth } from '../../terminal/wrap-text.ts';
import { zoneNote } from '../../core/format-time.ts';
import { shanghaiDay, shanghaiTime } from '../../core/shanghai-time.ts';
import { consoleWords } from '../../health/permissions/declared-states.ts';
import type { Advice } from '../../health/permissions/assess-permission.ts';
import type { PermissionReport, PermissionRow } from '../../health/permissions/list-permissions.ts';

const dayOf = (at: Date | null): string => (at === null ? '' : ` ${shanghaiDay(at)}`);

function formatDeclared({ declared, declaredAt }: Pick<PermissionRow, 'declared' | 'declaredAt'>): string {
  return declaredAt === null ? '' : `${declared} ${consoleWords[declared]}${dayOf(declaredAt)}`;
}

function formatObserved(row: {
  readonly observed: string;
  readonly observedAt: Date | null;
  readonly observedCallId: string | null;
}): string {
  const call = row.observedCallId === null ? '' : `, call ${row.observedCallId}`;
  return `${row.observed}${dayOf(row.observedAt)}${call}`;
}

const amount = (calls: number | null): string => (calls === null ? 'preset' : calls.toLocaleString('en'));

function formatApproved({ approved: { daily, monthly } }: PermissionRow): string {
  return daily === null && monthly === null ? 'preset' : `${amount(daily)} / ${amount(monthly)}`;
}

const columns = ['operation', 'API', 'guides say', 'declared', 'observed', 'a day / a month', 'next try'];

const nextTry = (row: PermissionRow): string =>
  row.probeAfter ? `from ${shanghaiTime(row.probeAfter)}` : row.isHeld ? 'when resumed' : '';

function formatTableOf({ apis, application }: PermissionReport): string {
  const rows = apis.flatMap((row) => {
    const [firstName = '', ...otherNames] = row.guideNames;
    return [
      [
        ...[row.operation, row.name, firstName, formatDeclared(row), formatObserved(row)],
        ...[formatApproved(row), nextTry(row)],
      ],
      ...otherNames.map((name) => ['', '', name]),
    ];
  });
  return formatTable(
    columns.map((header) => ({ header })),
    [['(application)', '', '', formatDeclared(application), formatObserved(application)], ...rows],
  );
}

const indent = 19;

/** The cells of the table that are not empty, under one another; each with what it is, where that does not show. */
function formatBlock(operation: string, cells: readonly (readonly [label: string, text: string])[]): string {
  const lines = cells.flatMap(([label, text]) => (text === '' ? [] : [(label + text).trimStart()]));
  return lines.map((line, index) => (index === 0 ? operation : '').padEnd(indent) + line).join('\n');
}

/** As the table, for a terminal that has no room for it. */
function formatBlocks({ apis, application }: PermissionReport): string {
  const ofApplication = formatBlock('(application)', [
    ['', formatObserved(application)],
    ['declared ', formatDeclared(application)],
  ]);
  const ofApis = apis.map((row) =>
    formatBlock(row.operation, [
      ['', row.name],
      ...row.guideNames.map((name) => ['guides say ', name] as const),
      ['', formatObserved(row)],
      ['declared ', formatDeclared(row)],
      ['a day / a month: ', formatApproved(row)],
      ['next try ', nextTry(row)],
    ]),
  );
  return [ofApplication, ...ofApis].join('\n');
}

function formatAdvice(subject: string, advice: Advice | null, width: number): string[] {
  if (advice === null) return [];
  return [wrapText(`${advice.needsAttention ? '!' : '-'} ${subject}: ${advice.text}`, width, 2)];
}

function adviseProbes(apis: readonly PermissionRow[], width: number): string[] {
  const isOpen = apis.some(
    ({ observed, operation }) => observed === 'unknown' && operation !== 'image.upload',
  );
  const text =
    '- unknown: the first call of an API shows its state; `catalog-sync doctor --probe` makes that call now.';
  return isOpen ? [wrapText(text, width, 2)] : [];
}

/**
 * All permissions, and under them what to do. Days are those of Asia/Shanghai.
 *
 * @param terminalWidth null: not a terminal, so that lines may be as long as they are
 */
export function formatPermissions(report: PermissionReport, terminalWidth: number | null): string {
  const table = formatTableOf(report);
  const hasRoom =
    terminalWidth === null || table.split('\n').every((line) => displayWidth(line) <= terminalWidth);
  const width = terminalWidth === null ? Number.POSITIVE_INFINITY : wrapWidth(terminalWidth);
  const advice = [
    ...formatAdvice('application', report.application.advice, width),
    ...report.apis.flatMap((row) => formatAdvice(row.operation, row.advice, width)),
    ...adviseProbes(report.apis, width),
    ...(report.apis.some(({ probeAfter }) => probeAfter !== null) ? [`- ${zoneNote}`] : []),
  ];
  return [hasRoom ? table : formatBlocks(report), ...(advice.length === 0 ? [] : ['', ...advice])].join('\n');
}
