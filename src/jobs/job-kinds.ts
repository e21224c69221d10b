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

/** The data of a job of each kind: ids only, so that nothing in a queue can be out of date or secret. */
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

/** Each kind has a queue, so that a held or paced kind does not stall the others. */
export const jobKinds = [
  'category',
  'search',
  'seller',
  'image',
  'detail',
] as const satisfies readonly JobKind[];

/** A search call shows 50 offers, a detail call one: a batch is about one search page's worth of work. */
export const detailBatchSize = 25;

/** Waits up to this long are spent in the queue; longer ones end the job, and a later tick chooses again. */
export const maxQueueWaitMs = 5 * minuteMs;

/** The operation of each kind, and its lane. */
export const jobOperations = {
  category: { operation: 'category.children', lane: 'discovery' },
  search: { operation: 'search.keyword', lane: 'discovery' },
  seller: { operation: 'search.seller', lane: 'discovery' },
  image: { operation: 'search.image', lane: 'discovery' },
  detail: { operation: 'offer.detail', lane: 'refresh' },
} as const satisfies Record<JobKind, { operation: CatalogRequest['operation']; lane: Lane }>;

/** Highest age of what a kind fetches, in milliseconds. */
export function freshForMs({ categoryMs, searchMs, detailMs }: FreshnessAges, kind: JobKind): number {
  if (kind === 'category') return categoryMs;
  return kind === 'detail' ? detailMs : searchMs;
}

/** Time from reading the clock in a tick to its statements. At a tenth, a run on a busy host would fetch its first answers twice. */
const tickMs = minuteMs;

/**
 * Age from which a target is due to a run, in milliseconds. At least the time since the run began, so that a run fetches nothing twice,
 * however short the freshness ages are.
 */
export function dueAfterMs(freshness: FreshnessAges, kind: JobKind, { run, now }: RunMoment): number {
  return Math.max(freshForMs(freshness, kind), sinceBeginMs({ run, now }));
}

/** Age of anything seen before the run began, in milliseconds. */
export function sinceBeginMs({ run, now }: RunMoment): number {
  return run.startedAt === null ? 0 : now.getTime() - run.startedAt.getTime() + tickMs;
}

/** A run at a moment, by the ledger clock. */
export interface RunMoment {
  readonly run: Pick<Run, 'startedAt'>;
  readonly now: Date;
}
