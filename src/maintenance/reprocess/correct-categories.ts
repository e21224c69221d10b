import type { LoadableCategory } from '../../model/catalog.ts';
import { advisoryLocks } from '../../db/advisory-locks.ts';
import { listStatements, mergeStatements } from '../../load/load-categories.ts';
import { observationKey } from '../../load/offer-freshness.ts';
import { readSql } from '../read-sql.ts';
import { readSql as readLoadSql } from '../../load/read-sql.ts';
import type { CorrectionDeps } from './correction.ts';

/** Makes category nodes what today's code reads in stored answers; fields that newer answers stated are theirs. */
export async function correctCategories(
  { client, correction }: CorrectionDeps,
  answers: readonly LoadableCategory[],
): Promise<void> {
  await client.query('SELECT pg_advisory_xact_lock($1)', [advisoryLocks.categoryTree]);
  for (const answer of answers) {
    const statements = listStatements(answer);
    const key = observationKey(answer.provenance);
    await mergeStatements(client, statements, key);
    const { rows } = await client.query<{ category_id: string; is_moved: boolean }>(
      readSql('correct-categories'),
      [JSON.stringify(statements), key.at],
    );
    for (const row of rows) correction.categories.add(row.category_id);
    const moved = rows.filter((row) => row.is_moved).map((row) => row.category_id);
    if (moved.length > 0) await client.query(readLoadSql('update-category-paths'), [moved]);
  }
}
