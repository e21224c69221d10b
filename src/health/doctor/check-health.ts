import type { Pool } from 'pg';
import { isSelfUse } from '../../config/is-self-use.ts';
import type { Config } from '../../config/environment.ts';
import type { SyncConfig } from '../../model/sync-config.ts';
import { describeCause } from '../issues/describe-cause.ts';
import { findHealthIssues } from '../issues/find-health-issues.ts';
import { createHealthStore } from '../issues/health-store.ts';
import type { FindRemedy } from '../issues/issue.ts';
import { ok, warn, type Check } from './check.ts';

export interface HealthParts {
  readonly config: Pick<Config, 'ALIBABA_APP_KEY' | 'ALIBABA_ACCESS_TOKEN' | 'ALIBABA_REFRESH_TOKEN'>;
  /** Null: there is none that can be read. */
  readonly sync: SyncConfig | null;
  readonly findRemedy: FindRemedy;
}

/** The health issues that the overview page and notifications have, too; holds are lines of `permission`. */
export async function checkHealth(pool: Pool, { config, sync, findRemedy }: HealthParts): Promise<Check[]> {
  const appKey = config.ALIBABA_APP_KEY ?? '';
  const facts = await createHealthStore({
    pool,
    appKey,
    feeds: sync?.feeds ?? [],
    isSelfUse: isSelfUse(config),
  }).read();
  const issues = findHealthIssues(facts, findRemedy).filter(
    ({ severity, id }) => severity !== 'note' && id !== 'setup',
  );
  if (issues.length === 0) return [ok('health', 'no health issue')];
  return issues.map((issue) =>
    warn(`health ${issue.id}`, `${issue.summary}\n${describeCause(issue)}`, issue.remedy),
  );
}
