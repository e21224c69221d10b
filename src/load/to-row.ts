import { getTableColumns, type InferSelectModel, type Table } from 'drizzle-orm';

/** Some columns of a row, by their names in TypeScript; undefined is null. */
type Values<T extends Table> = {
  readonly [Column in keyof InferSelectModel<T>]?: InferSelectModel<T>[Column] | null | undefined;
};

/** Values by the names that the database has for their columns: for statements that take rows as JSON. */
export function toRow<T extends Table>(table: T, values: Values<T>): Record<string, unknown> {
  const columns = getTableColumns(table);
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [columns[key]?.name ?? key, value]));
}
