import type { Pool } from 'pg';
import type { Source } from '../model/run.ts';
import { runSql } from '../db/sql-file.ts';
import { readSql } from './read-sql.ts';

/** Where the data of a catalog is from; null until the first run. */
export async function readSource(pool: Pool): Promise<Source | null> {
  const [row] = await runSql<{ source: Source }>(pool, readSql('read-source'));
  return row?.source ?? null;
}
