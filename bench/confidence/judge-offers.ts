import type { Pool } from 'pg';
import type { Shown } from './simulated-offers.ts';
import { idOf, type SimulatedSync } from './simulated-sync.ts';

interface Chances {
  readonly index: number;
  readonly offer: number;
  readonly prices: number | null;
  readonly stock: number | null;
}

/** A probability that the catalog gave, and whether it was right. */
export interface Judgement {
  readonly figure: 'offer' | 'prices' | 'stock';
  readonly predicted: number;
  readonly isTrue: boolean;
}

/** Holds what analytics.offer_confidence says of all offers at a time against what is true then. */
export async function judgeOffers(
  pool: Pool,
  { copies }: SimulatedSync,
  { offers, at }: { readonly offers: readonly Shown[]; readonly at: Date },
): Promise<Judgement[]> {
  await pool.query('UPDATE usage.ledger_clock SET "offset" = $1::timestamptz - now()', [at]);
  const { rows } = await pool.query<Chances>(
    `SELECT (offer_id - ${idOf(0)})::int AS index, p_current::float8 AS offer, price_p_current::float8 AS prices,
            stock_p_current::float8 AS stock
     FROM analytics.offer_confidence`,
  );
  return rows.flatMap(({ index, offer, prices, stock }): Judgement[] => {
    const [shown, known] = [offers[index], copies[index]?.detail];
    if (!shown || !known) return [];
    const isTrue = (isSame: boolean) => !shown.isGone && isSame;
    const judgements: Judgement[] = [
      { figure: 'offer', predicted: offer, isTrue: shown.facts === known.facts },
    ];
    if (prices !== null)
      judgements.push({ figure: 'prices', predicted: prices, isTrue: isTrue(shown.prices === known.prices) });
    if (stock !== null)
      judgements.push({
        figure: 'stock',
        predicted: stock,
        isTrue: isTrue(shown.isInStock === known.isInStock),
      });
    return judgements;
  });
}
