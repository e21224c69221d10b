import {
  changesPer100,
  inSourceOrder,
  sourceNames,
  sumBySource,
  type DailySourceYield,
  type RunSourceYield,
  type SourceYield,
} from '../../ledger/source-yield.ts';
import { formatTable } from '../../terminal/format-table.ts';

/** What calls found changed, by what they were made for: of the newest run, and of each of the last days. */
export interface FoundByCalls {
  readonly run: readonly RunSourceYield[];
  readonly days: readonly DailySourceYield[];
}

/** Days that `plan` shows. */
export const foundDays = 7;

const count = (value: number) => Math.round(value).toLocaleString('en');

function cellsOf(row: SourceYield | undefined, days: number): string[] {
  if (row === undefined) return ['-', '-', '-'];
  const per100 = changesPer100(row);
  return [count(row.calls / days), count(row.changes / days), per100 === null ? '-' : per100.toFixed(1)];
}

/** A table of sources; null: no run made calls in these days. */
export function formatSourceYield({ run, days }: FoundByCalls): string | null {
  const daily = sumBySource(days);
  const named = inSourceOrder(sumBySource([...run, ...days]));
  if (named.length === 0) return null;
  const lived = new Set(days.map(({ day }) => day)).size;
  const columns = [
    { header: 'what calls found' },
    ...[
      run[0] === undefined ? 'run' : `run ${run[0].runId}`,
      'changes',
      'per 100',
      'a day',
      'changes',
      'per 100',
    ].map((header) => ({ header, align: 'right' as const })),
  ];
  const rows = named.map(({ source }) => [
    sourceNames.get(source) ?? source,
    ...cellsOf(
      run.find((row) => row.source === source),
      1,
    ),
    ...cellsOf(
      daily.find((row) => row.source === source),
      Math.max(1, lived),
    ),
  ]);
  return formatTable(columns, rows);
}

const withRate = (row: SourceYield) => ({ ...row, changesPer100Calls: changesPer100(row) });

/** As data, with each day by itself. */
export function sourceYieldAsJson({ run, days }: FoundByCalls) {
  return { run: run.map(withRate), days: days.map(withRate) };
}
