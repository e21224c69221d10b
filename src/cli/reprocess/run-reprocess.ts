import { AppError } from '../../core/errors.ts';
import type { ReprocessSelection } from '../../model/reprocess.ts';
import { readAgain } from '../../jobs/normalize-and-load.ts';
import { reprocess } from '../../maintenance/reprocess/reprocess.ts';
import { openReprocess } from '../../maintenance/reprocess/reprocess-store.ts';
import { learn } from '../../refresh/learn.ts';
import { normalizerVersion } from '../../transform/normalize-answer.ts';
import { cliErrors } from '../../app/errors.ts';
import type { Session } from '../../app/session.ts';
import { explainKnownOffer } from '../explain/explain-known-offer.ts';
import { createLineProgress } from '../../terminal/progress.ts';
import { withExistingPool } from '../../app/with-existing-pool.ts';
import type { ReprocessReport } from './format-reprocess.ts';

/** One holds the lock, one is in a transaction, one lists. */
const connections = 3;

/**
 * Reads stored answers again, shows how it gets on, and reports.
 *
 * @throws AppError REPROCESS_RUNNING, OFFER_UNKNOWN, DATABASE_*; INTERRUPTED at a signal, after the batch under way
 */
export async function runReprocess(
  session: Session,
  selection: ReprocessSelection,
  isApplied: boolean,
): Promise<ReprocessReport> {
  const { stderr, isTty, clock } = session.context;
  return withExistingPool(session, connections, async (pool, signal) => {
    const work = await openReprocess({
      pool,
      selection,
      normalizerVersion,
      learn,
      isApplied,
      read: readAgain,
    });
    const progress = createLineProgress(stderr, { isTty: isTty.stderr, clock, isQuiet: session.isQuiet });
    try {
      if (work.cursor.operation !== null) session.talk('continuing where this reprocess was stopped');
      const result = await reprocess(work, selection, {
        signal,
        onProgress: ({ answers, offersChanged, quarantineResolved }) =>
          progress.update(
            `reprocess: ${answers.toLocaleString('en')} answers read, ${offersChanged.toLocaleString('en')} offers changed, ${quarantineResolved.toLocaleString('en')} rows of quarantine resolved`,
          ),
      });
      progress.done();
      if (result === null) throw new AppError(cliErrors.INTERRUPTED, 'stopped by a signal');
      const lost = await work.countLost();
      if (selection.offerId !== null && result.counts.answers === 0 && lost === 0)
        await explainKnownOffer(pool, selection.offerId, 1);
      return { ...result, isApplied, oldestKept: work.oldestKept, lost };
    } finally {
      progress.done();
      await work.release();
    }
  });
}
