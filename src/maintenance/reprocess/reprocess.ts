import {
  reprocessedOperations,
  type ReprocessCounts,
  type ReprocessedOperation,
  type ReprocessExample,
  type ReprocessSelection,
} from '../../model/reprocess.ts';
import type { Reprocess } from './reprocess-store.ts';
import { readAgain } from '../../jobs/normalize-and-load.ts';

/**
 * Answers in one transaction. Their offers are locked meanwhile, so that a worker that loads one of them waits: at ten
 * times as many, for seconds; at a tenth, round trips cost more than the work. A page shows 50 offers.
 */
const batchSizes = {
  'category.children': 50,
  'search.keyword': 10,
  'search.seller': 10,
  'search.image': 10,
  'offer.detail': 250,
} as const satisfies Record<ReprocessedOperation, number>;

/** More would not be read. */
const maxExamples = 10;

export interface ReprocessResult {
  readonly counts: ReprocessCounts;
  readonly examples: readonly ReprocessExample[];
}

/** The operations that are still to be done, from the one that a stopped reprocess was at. */
function listOperations(selection: ReprocessSelection, from: ReprocessedOperation | null) {
  const wanted = reprocessedOperations.filter((one) => (selection.operation ?? one) === one);
  return from === null ? wanted : wanted.slice(Math.max(0, wanted.indexOf(from)));
}

/**
 * Reads stored answers again with today's code, batch by batch, and corrects what differs, without a call.
 * A batch is one transaction, which also moves the cursor: a stopped or killed command continues from there.
 *
 * @returns null when `signal` aborted before the end
 * @throws AppError of the database
 */
export async function reprocess(
  work: Reprocess,
  selection: ReprocessSelection,
  {
    signal,
    onProgress,
  }: { readonly signal: AbortSignal; readonly onProgress: (counts: ReprocessCounts) => void },
): Promise<ReprocessResult | null> {
  let { counts } = work;
  const examples: ReprocessExample[] = [];
  for (const operation of listOperations(selection, work.cursor.operation)) {
    let after = work.cursor.operation === operation ? work.cursor.afterRawId : '0';
    for (;;) {
      if (signal.aborted) return null;
      const batch = await work.listAnswers(operation, after, batchSizes[operation]);
      if (batch.lastRawId === null) break;
      const answers = batch.answers.flatMap((stored) => readAgain(stored) ?? []);
      const read = batch.answers.length + batch.damaged;
      const before: ReprocessCounts = {
        ...counts,
        answers: counts.answers + read,
        unreadable: counts.unreadable + read - answers.length,
      };
      const result = await work.correct(answers, { operation, afterRawId: batch.lastRawId }, before);
      ({ counts } = result);
      after = batch.lastRawId;
      examples.push(...result.examples.slice(0, maxExamples - examples.length));
      onProgress(counts);
    }
  }
  await work.end();
  return { counts, examples };
}
