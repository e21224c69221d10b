import type { Pool } from 'pg';
import { auditPrices } from './price-audit.ts';
import { warn, type Check } from './check.ts';

const shownOffers = 5;

/** Whether price intervals overlap, in a sample that differs from time to time. Nothing is said when none do. */
export async function checkPrices(pool: Pool): Promise<Check[]> {
  const { offers, overlapping } = await auditPrices(pool);
  if (overlapping.length === 0) return [];
  const shown = overlapping.slice(0, shownOffers).join(', ');
  const message = `intervals overlap in ${String(overlapping.length)} of ${String(offers)} checked offers: ${shown}`;
  const advice =
    'This is a bug, or the tables were changed by hand. `catalog-sync reprocess --offer ID --yes` rebuilds the prices of an offer.';
  return [warn('price history', message, advice)];
}
