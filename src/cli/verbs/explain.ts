import type { Command } from 'commander';
import { AppError } from '../../core/errors.ts';
import { explainOffer, type Explanation } from '../../web/reads/explain-offer.ts';
import { addExamples } from '../add-examples.ts';
import type { CliContext } from '../../app/context.ts';
import { cliErrors } from '../../app/errors.ts';
import { formatExplanation } from '../explain/format-explanation.ts';
import { parseCount } from '../parse-count.ts';
import { parseOfferId } from '../parse-offer-id.ts';
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

/** `catalog-sync explain OFFER`: the calls, answers, runs and versions behind an offer and its prices. */
export function registerExplain(program: Command, context: CliContext): void {
  const command = program
    .command('explain')
    .description('Show the calls, answers and runs behind an offer and each of its prices.')
    .argument('<offer>', 'id of the offer', parseOfferId)
    .option('--last <number>', 'number of observations and changes to show', parseCount(1, 1000), 20)
    .action(async (offerId: string, { last }: { readonly last: number }, self: Command) => {
      const session = openSession(self, context, { logs: 'command' });
      const explanation = await explain(session, offerId, last);
      session.print(session.isJson ? safeJson(explanation) : formatExplanation(explanation));
    });
  addExamples(command, [
    'catalog-sync explain 610947572360',
    'catalog-sync explain 610947572360 --last 100 --json',
  ]);
}
