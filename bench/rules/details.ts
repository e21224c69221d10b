import type { Learn } from '../../src/model/learning.ts';
import { openStack, type Stack } from '../support/stack.ts';
import { withRules } from './other-rules.ts';

/** How a world is, by the sandbox's `--nature`, and what its runs may do. */
export interface DetailWorld {
  readonly name: string;
  readonly nature: Readonly<Record<string, number>>;
  /** As in the sync file. */
  readonly freshness: { readonly search: string; readonly detail: string };
  /** Of each run but the first; undefined: all that is due. */
  readonly budgetCalls?: number;
}

/** What the runs after the first one did. */
export interface DetailUse {
  /** Details of offers that had one. */
  readonly details: number;
  /** Those that found a change. */
  readonly changes: number;
  /** Rows with another price than before. */
  readonly changedRows: number;
  /** Those without a detail in the same run. */
  readonly unfollowed: number;
}

const offers = 300;
const days = 6;

const syncFileOf = ({ search, detail }: DetailWorld['freshness']) => `
account: business
feeds:
  - { name: all, categories: ["0"] }
freshness: { category: 300d, search: ${search}, detail: ${detail} }
quotas:
  per_second: 1000
  approved:
    category.children: { daily: 1000000 }
    search.keyword: { daily: 1000000 }
    offer.detail: { daily: 1000000 }
`;

async function readUse(stack: Stack, firstRunId: string): Promise<DetailUse> {
  const [use] = await stack.query<DetailUse>(
    `SELECT u.details, u.changes, r.*
     FROM (
       SELECT sum(offers_changed + offers_unchanged)::int AS details, sum(offers_changed)::int AS changes
       FROM sync.run WHERE run_id > $1
     ) u
     CROSS JOIN (
       SELECT count(*)::int AS "changedRows", count(*) FILTER (WHERE NOT EXISTS (
         SELECT FROM catalog.observation d JOIN usage.api_call dc ON dc.call_id = d.call_id
         WHERE d.offer_id = h.offer_id AND d.source = 'detail' AND dc.run_id = c.run_id
       ))::int AS unfollowed
       FROM catalog.price_history h
       JOIN catalog.observation o ON (o.offer_id, o.observed_at, o.source) = (h.offer_id, h.valid_to, 'search')
       JOIN usage.api_call c ON c.call_id = o.call_id
       WHERE h.kind = 'search' AND c.run_id > $1
     ) r`,
    [firstRunId],
  );
  if (!use) throw new Error('no runs');
  return use;
}

/** Syncs a world once a day by a rule that says which changed rows make a detail due. */
export async function useDetails(
  { nature, freshness, budgetCalls }: DetailWorld,
  seed: number,
  offer: Learn['offer'],
): Promise<DetailUse> {
  const stack = await openStack({
    ...{ backend: 'postgres', offers, categories: 30, isDrifting: false, seed, nature },
    syncFile: syncFileOf(freshness),
  });
  try {
    return await withRules({ offer }, async () => {
      const { runId } = await stack.sync();
      for (let day = 1; day <= days; day += 1) {
        await stack.advanceDays(1);
        await stack.sync(budgetCalls);
      }
      return readUse(stack, runId);
    });
  } finally {
    await stack.close();
  }
}
