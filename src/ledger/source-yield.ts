import { runSql, type SqlExecutor } from '../db/sql-file.ts';
import { readSql } from './read-sql.ts';

/** What the calls of one source found. */
export interface SourceYield {
  /** As in `analytics.fct_source_yield`. */
  readonly source: string;
  readonly calls: number;
  /** Known offers that the calls showed changed. */
  readonly changes: number;
  readonly pricesChanged: number;
  readonly stockChanged: number;
}

export interface DailySourceYield extends SourceYield {
  /** Day in Shanghai: `2026-11-28`. */
  readonly day: string;
}

export interface RunSourceYield extends SourceYield {
  readonly runId: string;
}

/** Sources in the order for display, with their names. A source that is not listed comes last, by its own name. */
export const sourceNames: ReadonlyMap<string, string> = new Map([
  ['search', 'search pages'],
  ['detail_prompted', 'details: a row had changed'],
  ['detail_max_age', 'details: by a promised age'],
  ['detail_value', 'details: by age and value'],
  ['detail_first', 'details: the first of an offer'],
  ['detail_unread', 'details: no answer was loaded'],
]);

const places = [...sourceNames.keys()];
const placeOf = (source: string) => (places.indexOf(source) + 1 || places.length + 1) - 1;

/** In the order of `sourceNames`. */
export function inSourceOrder<T extends { readonly source: string }>(rows: readonly T[]): T[] {
  return rows.toSorted((a, b) => placeOf(a.source) - placeOf(b.source));
}

/** What the calls of a run found, by source; null: of the newest run that made calls. */
export async function readRunSourceYield(
  executor: SqlExecutor,
  runId: string | null,
): Promise<RunSourceYield[]> {
  return inSourceOrder(await runSql<RunSourceYield>(executor, readSql('read-run-source-yield'), [runId]));
}

/** What the calls of the last days found, by day and source: up to today, or to the last day of a run. */
export async function listDailySourceYield(
  executor: SqlExecutor,
  days: number,
  runId: string | null,
): Promise<DailySourceYield[]> {
  return runSql<DailySourceYield>(executor, readSql('list-daily-source-yield'), [days, runId]);
}

/** Changes per 100 calls; null: there was no call. */
export function changesPer100({ calls, changes }: Pick<SourceYield, 'calls' | 'changes'>): number | null {
  return calls > 0 ? (100 * changes) / calls : null;
}

/** The sums over days, by source, in the order of `sourceNames`. */
export function sumBySource(rows: readonly SourceYield[]): SourceYield[] {
  const sums = new Map<string, SourceYield>();
  for (const row of rows) {
    const { source } = row;
    const sum = sums.get(source) ?? { source, calls: 0, changes: 0, pricesChanged: 0, stockChanged: 0 };
    sums.set(source, {
      source,
      calls: sum.calls + row.calls,
      changes: sum.changes + row.changes,
      pricesChanged: sum.pricesChanged + row.pricesChanged,
      stockChanged: sum.stockChanged + row.stockChanged,
    });
  }
  return inSourceOrder([...sums.values()]);
}
