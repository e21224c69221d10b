import type { Pool } from 'pg';
import { openWatchLists } from '../../config/watch-lists.ts';
import type { Logger } from '../../core/log.ts';
import { createQuotaReport } from '../../ledger/quota-report.ts';
import { createQuotaStore } from '../../ledger/quota-store.ts';
import type { SyncConfig } from '../../model/sync-config.ts';
import { createAgeStore } from '../../runs/age-store.ts';
import { readBrokenPromises } from '../../runs/assess-promises.ts';
import { describePromise } from '../../runs/describe-promise.ts';
import { createScheduleStore } from '../../runs/schedule-store.ts';
import { failed, misconfigured, ok, type Check } from './check.ts';

const name = 'max_age';

export interface PromisedAgesParts {
  readonly pool: Pool;
  /** Undefined: the limits are those of the sync file. */
  readonly appKey: string | undefined;
  /** Null: there is none that can be read. */
  readonly sync: SyncConfig | null;
  /** Where the files of watch lists are. */
  readonly projectDir: string;
  readonly log: Logger;
}

/** Whether the quota and the schedules can hold the ages that the sync file promises; nothing where it promises none. */
export async function checkPromisedAges(parts: PromisedAgesParts): Promise<Check[]> {
  const { pool, appKey, sync, projectDir, log } = parts;
  const promised = sync?.feeds.filter(({ maxAgeMs }) => maxAgeMs !== undefined) ?? [];
  if (sync === null || promised.length === 0) return [];
  const report = appKey === undefined ? { listLimits: async () => [] } : createQuotaReport({ pool, appKey });
  const stores = {
    ages: createAgeStore({ pool }),
    schedules: createScheduleStore({ pool }),
    quota: createQuotaStore({ pool }),
  };
  try {
    const feeds = await (await openWatchLists(projectDir, promised, log))(promised);
    const broken = await readBrokenPromises({ ...stores, report, sync: { ...sync, feeds } });
    if (broken.length === 0)
      return [ok(name, `the quota holds the ages of ${promised.map((feed) => feed.name).join(', ')}`)];
    return broken
      .map(describePromise)
      .map(({ problem, remedy }) => misconfigured(name, problem, `${remedy}.`));
  } catch (error) {
    return [failed(name, error)];
  }
}
