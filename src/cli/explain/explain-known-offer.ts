import type { Pool } from 'pg';
import { cliErrors } from '../../app/errors.ts';
import { AppError } from '../../core/errors.ts';
import { explainOffer, type Explanation } from '../../web/reads/explain-offer.ts';

/** As `explainOffer`, of an offer that must be there. @throws AppError OFFER_UNKNOWN, DATABASE_* */
export async function explainKnownOffer(pool: Pool, offerId: string, limit: number): Promise<Explanation> {
  const found = await explainOffer(pool, offerId, limit);
  if (found !== null) return found;
  throw new AppError(cliErrors.OFFER_UNKNOWN, `no answer has named offer ${offerId}`, { facts: { offerId } });
}
