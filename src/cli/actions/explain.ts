import type { Command } from 'commander';
import type { CliContext } from '../../app/context.ts';
import { explainKnownOffer } from '../explain/explain-known-offer.ts';
import { formatExplanation } from '../explain/format-explanation.ts';
import { openSession } from '../../app/session.ts';
import { safeJson } from '../../terminal/safe-text.ts';
import { withExistingPool } from '../../app/with-existing-pool.ts';

/** Shows the calls, answers and runs behind an offer. */
export async function showExplanation(
  context: CliContext,
  offerId: string,
  { last }: { readonly last: number },
  self: Command,
): Promise<void> {
  const session = openSession(self, context, { logs: 'command' });
  const explanation = await withExistingPool(session, 1, (pool) => explainKnownOffer(pool, offerId, last));
  session.print(session.isJson ? safeJson(explanation) : formatExplanation(explanation));
}
