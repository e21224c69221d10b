import { applySql, type SqlExecutor } from '../../db/sql-file.ts';
import { readSql } from '../read-sql.ts';

/** For a load that brings sellers: until it commits, no erasure begins. @throws as Postgres, 55P03, after 5 s */
export async function holdErasures(client: SqlExecutor): Promise<void> {
  await applySql(client, readSql('lock-erased-sellers'), [true]);
}

/** For an erasure: waits for the loads under way, and keeps others from beginning until it commits. @throws as Postgres, 55P03, after 5 s */
export async function holdLoads(client: SqlExecutor): Promise<void> {
  await applySql(client, readSql('lock-erased-sellers'), [false]);
}
