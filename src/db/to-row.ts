import { getTableColumns, type InferSelectModel } from 'drizzle-orm';
import type { PgTable } from 'drizzle-orm/pg-core';

/** Some columns of a row, by their names in TypeScript; undefined is null. */
type Values<T extends PgTable> = {
  readonly [Column in keyof InferSelectModel<T>]?: InferSelectModel<T>[Column] | null | undefined;
};

type ColumnName<T extends PgTable> = T['_']['columns'][keyof T['_']['columns']]['_']['name'];

/** Values by the names of columns in the database. */
type Row<T extends PgTable> = Readonly<Partial<Record<ColumnName<T>, unknown>>>;

/** Values by the names that the database has for their columns: for statements that take rows as JSON. */
export function toRow<T extends PgTable>(table: T, values: Values<T>): Row<T> {
  const columns = getTableColumns(table);
  const named = Object.entries(values).map(([key, value]) => [columns[key]?.name ?? key, value]);
  return Object.fromEntries(named) as Row<T>;
}
