import { minuteMs } from '../core/duration.ts';
import type { Lane } from '../model/ledger.ts';
import type { CatalogRequest } from '../model/operation.ts';
import type { Run } from '../model/run.ts';
import type { FreshnessAges } from '../model/sync-config.ts';

/** One page of one search window. */
interface PageJob {
  readonly runId: string;
  readonly windowId: string;
  readonly page: number;
}

/** What a job of each kind carries: ids only, so that nothing in a queue can be out of date or secret. */
export interface JobData {
  /** One category node. */
  readonly category: { readonly runId: string; readonly categoryId: string };
  /** By keyword or category. */
  readonly search: PageJob;
  readonly seller: PageJob;
  readonly image: PageJob;
  /** A batch of offers whose details are due. */
  readonly detail: { readonly runId: string; readonly offerIds: readonly string[] };
}

export type JobKind = keyof JobData;

/** A queue each, so that a held or paced kind does not stall the others. */
export const jobKinds = [
  'category',
  'search',
  'seller',
  'image',
  'detail',
] as const satisfies readonly JobKind[];

/** 50:1 is the ratio of offers to calls between search and detail: a batch is about one search page's worth of work. */
export const detailBatchSize = 25;

/** Waits up to this long are sat out in the queue; longer ones end the job, and a later tick chooses again. */
export const maxQueueWaitMs = 5 * minuteMs;

/** What a kind asks of 1688, and in which lane. */
export const jobOperations = {
  category: { operation: 'category.children', lane: 'discovery' },
  search: { operation: 'search.keyword', lane: 'discovery' },
  seller: { operation: 'search.seller', lane: 'discovery' },
  image: { operation: 'search.image', lane: 'discovery' },
  detail: { operation: 'offer.detail', lane: 'refresh' },
} as const satisfies Record<JobKind, { operation: CatalogRequest['operation']; lane: Lane }>;

/** How old what a kind asks for may become, in milliseconds. */
export function freshForMs({ categoryMs, searchMs, detailMs }: FreshnessAges, kind: JobKind): number {
  if (kind === 'category') return categoryMs;
  return kind === 'detail' ? detailMs : searchMs;
}

/** From the clock of a tick to the statements of it: at a tenth, a run on a busy host would ask for its first answers twice. */
const tickMs = minuteMs;

/**
 * How long ago what a kind asks for must have been seen to be due to a run, in milliseconds: before the run began at least,
 * so that it asks for nothing twice, however short the ages of freshness are.
 */
export function dueAfterMs(freshness: FreshnessAges, kind: JobKind, { run, now }: RunMoment): number {
  return Math.max(freshForMs(freshness, kind), sinceBeginMs({ run, now }));
}

/** An age at which something was seen before the run began, in milliseconds. */
export function sinceBeginMs({ run, now }: RunMoment): number {
  return run.startedAt === null ? 0 : now.getTime() - run.startedAt.getTime() + tickMs;
}

/** A run at a moment, by the ledger clock. */
export interface RunMoment {
  readonly run: Pick<Run, 'startedAt'>;
  readonly now: Date;
}
