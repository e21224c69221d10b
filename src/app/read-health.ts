import { findHealthIssues } from '../health/issues/find-health-issues.ts';
import { createHealthStore, type HealthStoreParts } from '../health/issues/health-store.ts';
import { requireMigrated } from '../db/require-migrated.ts';
import { classifyDatabaseErrors } from '../db/database-error.ts';
import type { HealthIssue } from '../model/health-issue.ts';
import { findRemedy } from './find-remedy.ts';

/**
 * What is wrong now, but for notes; those that need a person first.
 *
 * @throws AppError DATABASE_NOT_MIGRATED and others of the database
 */
export async function readHealth(parts: HealthStoreParts): Promise<HealthIssue[]> {
  const facts = await classifyDatabaseErrors(async () => {
    await requireMigrated(parts.pool);
    return createHealthStore(parts).read();
  });
  return findHealthIssues(facts, findRemedy).filter(({ severity }) => severity !== 'note');
}
