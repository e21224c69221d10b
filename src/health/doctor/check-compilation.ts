import type { Pool } from 'pg';
import { runSqlForOne } from '../../db/sql-file.ts';
import { readSql } from '../read-sql.ts';
import { warn, type Check } from './check.ts';

interface Compilation {
  readonly database: string;
  readonly isCompiled: boolean;
}

/** Whether Postgres compiles queries (`jit`), which takes longer here than it saves; empty when it does not. */
export async function checkCompilation(pool: Pool): Promise<Check[]> {
  const { database, isCompiled } = await runSqlForOne<Compilation>(pool, readSql('read-compilation'));
  if (!isCompiled) return [];
  return [
    warn(
      'jit',
      'Postgres compiles queries before it runs them: some functions of analytics then take forty times as long',
      `Run as the owner of the database: ALTER DATABASE ${database} SET jit = off`,
    ),
  ];
}
