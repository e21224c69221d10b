import type { PoolClient } from 'pg';
import type { DetailPrompt } from '../model/learning.ts';
import { applySql } from '../db/sql-file.ts';
import { readSql } from './read-sql.ts';

/** What the answer of a call brought. Absent fields: its kind shows no offers. */
export interface CallYield {
  readonly callId: string;
  readonly rowsLoaded: number;
  readonly offersNew?: number;
  readonly offersCompleted?: number;
  readonly offersChanged?: number;
  readonly pricesChanged?: number;
  readonly stockChanged?: number;
  readonly promptedBy?: DetailPrompt;
}

/** Records at calls what their answers brought. */
export async function recordYields(client: PoolClient, yields: readonly CallYield[]): Promise<void> {
  await applySql(client, readSql('record-yields'), [JSON.stringify(yields)]);
}
