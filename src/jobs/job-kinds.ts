import type { Lane } from '../model/ledger.ts';
import type { CatalogRequest } from '../model/operation.ts';

/** What a job of each kind carries: ids only, so that nothing in a queue can be out of date or secret. */
export interface JobData {
  /** One category node. */
  readonly category: { readonly runId: string; readonly categoryId: string };
  /** One page of one search window. */
  readonly search: { readonly runId: string; readonly windowId: string; readonly page: number };
  /** A batch of offers whose details are due. */
  readonly detail: { readonly runId: string; readonly offerIds: readonly string[] };
}

export type JobKind = keyof JobData;

/** A queue each, so that a held or paced kind does not stall the others. */
export const jobKinds = ['category', 'search', 'detail'] as const satisfies readonly JobKind[];

/** 50:1 is the ratio of offers to calls between search and detail: a batch is about one search page's worth of work. */
export const detailBatchSize = 25;

/** What a kind asks of 1688, and in which lane. */
export const jobOperations = {
  category: { operation: 'category.children', lane: 'discovery' },
  search: { operation: 'search.keyword', lane: 'discovery' },
  detail: { operation: 'offer.detail', lane: 'refresh' },
} as const satisfies Record<JobKind, { operation: CatalogRequest['operation']; lane: Lane }>;
