import type { Pool } from 'pg';
import { chooseApis } from '../extract/endpoints/endpoints.ts';
import { fetchKinds } from '../jobs/fetch-kinds.ts';
import { jobKinds, jobOperations, type JobKind } from '../jobs/job-kinds.ts';
import type { Allowance } from '../jobs/promised-details.ts';
import type { Blocks } from '../jobs/tick.ts';
import { isApproved, listBlockedApis } from '../ledger/block-store.ts';
import { listRunAllowances } from '../ledger/run-allowances.ts';
import type { ApiChoices } from '../model/known-apis.ts';

export interface BlockReaderParts {
  readonly pool: Pool;
  readonly appKey: string;
  readonly apis: ApiChoices;
}

/** What stands against fetches, by their kinds. */
export function createBlockReader({ pool, appKey, apis }: BlockReaderParts): {
  /** The kinds of targets that may not be fetched now. */
  readonly listBlocks: () => Promise<Blocks>;
  /** What runs may still spend of the limits that count details. */
  readonly listAllowances: () => Promise<readonly Allowance[]>;
  /** Whether pages of shops may be asked for that no feed selects: their API was approved. */
  readonly mayAskShops: () => Promise<boolean>;
} {
  const chosen = chooseApis(apis);
  const apiOf = (kind: JobKind) => chosen[jobOperations[kind].operation];
  return {
    listBlocks: async () => {
      const laned = jobKinds.map((kind) => ({ api: apiOf(kind), lane: jobOperations[kind].lane }));
      const blocked = await listBlockedApis(pool, appKey, laned);
      return new Map(
        jobKinds.flatMap((kind) => {
          const block = blocked.get(apiOf(kind));
          return block === undefined ? [] : [[kind, block] as const];
        }),
      );
    },
    listAllowances: async () => {
      const rows = await listRunAllowances(pool, appKey, [...new Set(fetchKinds.map(apiOf))]);
      return rows
        .filter(({ api }) => api === apiOf('detail'))
        .map(({ limitId, spendable, dayEndsAt }) => {
          const counted = rows.filter((row) => row.limitId === limitId).map(({ api }) => api);
          return { kinds: fetchKinds.filter((kind) => counted.includes(apiOf(kind))), spendable, dayEndsAt };
        });
    },
    mayAskShops: () => isApproved(pool, appKey, apiOf('seller')),
  };
}
