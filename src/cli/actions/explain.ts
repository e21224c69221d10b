import type { Command } from 'commander';
import { AppError } from '../../core/errors.ts';
import { explainOffer, type Explanation } from '../../web/reads/explain-offer.ts';
import type { CliContext } from '../../app/context.ts';
import { cliErrors } from '../../app/errors.ts';
import { formatExplanation } from '../explain/format-explanation.ts';
import { openSession, type Session } from '../../app/session.ts';
import { safeJson } from '../../terminal/safe-text.ts';
import { withExistingPool } from '../../app/with-existing-pool.ts';

/** @throws AppError OFFER_UNKNOWN, DATABASE_* */
async function explain(session: Session, offerId: string, last: number): Promise<Explanation> {
  const found = await withExistingPool(session, 1, (pool) => explainOffer(pool, offerId, last));
  if (found === null) {
    throw new AppError(cliErrors.OFFER_UNKNOWN, `no answer has named offer ${offerId}`, {
      facts: { offerId },
    });
  }
  return found;
}

/** Shows the calls, answers and runs behind an offer. */
export async function showExplanation(
  context: CliContext,
  offerId: string,
  { last }: { readonly last: number },
  self: Command,
): Promise<void> {
  const session = openSession(self, context, { logs: 'command' });
  const explanation = await explain(session, offerId, last);
  session.print(session.isJson ? safeJson(explanation) : formatExplanation(explanation));
}
