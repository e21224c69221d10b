import { formatTable } from '../terminal/format-table.ts';
import { shanghaiDay } from './business-days.ts';
import { consoleWords } from './declared-states.ts';
import type { Advice } from './assess-permission.ts';
import type { PermissionReport, PermissionRow } from './list-permissions.ts';

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

function formatApis({ apis, application }: PermissionReport): string {
  const columns = ['operation', 'API', 'guides say', 'declared', 'observed', 'a day / a month', 'next try'];
  const rows = apis.flatMap((row) => {
    const [firstName = '', ...otherNames] = row.guideNames;
    const next = row.probeAfter ? `from${dayOf(row.probeAfter)}` : row.isHeld ? 'when resumed' : '';
    return [
      [
        ...[row.operation, row.name, firstName, formatDeclared(row), formatObserved(row)],
        ...[formatApproved(row), next],
      ],
      ...otherNames.map((name) => ['', '', name]),
    ];
  });
  return formatTable(
    columns.map((header) => ({ header })),
    [['(application)', '', '', formatDeclared(application), formatObserved(application)], ...rows],
  );
}

function formatAdvice(subject: string, advice: Advice | null): string[] {
  return advice === null ? [] : [`${advice.needsAttention ? '!' : '-'} ${subject}: ${advice.text}`];
}

/** A table of all permissions, and under it what to do. Days are those of Asia/Shanghai. */
export function formatPermissions(report: PermissionReport): string {
  const advice = [
    ...formatAdvice('application', report.application.advice),
    ...report.apis.flatMap((row) => formatAdvice(row.operation, row.advice)),
  ];
  return [formatApis(report), ...(advice.length === 0 ? [] : ['', ...advice])].join('\n');
}
