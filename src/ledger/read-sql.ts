import { createSqlReader } from '../db/sql-file.ts';

/** The statement in `sql/<name>.sql` beside this file. */
export const readSql = createSqlReader(new URL('./sql/', import.meta.url));
