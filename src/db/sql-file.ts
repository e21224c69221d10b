import { readFileSync } from 'node:fs';
import type { QueryResult, QueryResultRow } from 'pg';

/** A pool, a client of it, or a connection of its own. */
export interface SqlExecutor {
  query<Row extends QueryResultRow>(text: string, params?: unknown[]): Promise<QueryResult<Row>>;
}

/** Reads the statement in `<name>.sql` of one folder, once a process. */
export type SqlReader = (name: string) => string;

/** @param folder beside the module that calls, in `src` and in `dist`: `new URL('./sql/', import.meta.url)` */
export function createSqlReader(folder: URL): SqlReader {
  const texts = new Map<string, string>();
  return (name) => {
    const known = texts.get(name);
    if (known !== undefined) return known;
    const text = readFileSync(new URL(`${name}.sql`, folder), 'utf8');
    texts.set(name, text);
    return text;
  };
}

/**
 * Runs the statement of a `.sql` file. `Row` has just the columns it returns, by name and type: `bigint` and
 * `numeric` are strings, `timestamptz` is a Date. A test compares the two, so that `text` must be `readSql('name')`.
 */
export async function runSql<Row extends object>(
  executor: SqlExecutor,
  text: string,
  params: readonly unknown[] = [],
): Promise<Row[]> {
  const { rows } = await executor.query<Row>(text, [...params]);
  return rows;
}

/** As `runSql`, of a statement that always returns one row. */
export async function runSqlForOne<Row extends object>(
  executor: SqlExecutor,
  text: string,
  params: readonly unknown[] = [],
): Promise<Row> {
  const [row] = await runSql<Row>(executor, text, params);
  if (!row) throw new Error('a statement that returns one row returned none');
  return row;
}

/** Runs the statement of a `.sql` file without reading its rows. @returns how many rows it wrote, or returned */
export async function applySql(
  executor: SqlExecutor,
  text: string,
  params: readonly unknown[] = [],
): Promise<number> {
  const { rowCount } = await executor.query(text, [...params]);
  return rowCount ?? 0;
}
