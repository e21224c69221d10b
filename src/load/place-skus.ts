import { runSql } from '../db/sql-file.ts';
import { toSkuRows } from './detail-rows.ts';
import type { LoadContext } from './load-context.ts';
import { isFound, type DetailObservation, type FoundDetail } from './merge-details.ts';
import { readSql } from './read-sql.ts';

const toSkus = (found: readonly FoundDetail[]) => found.flatMap(({ detail, key }) => toSkuRows(detail, key));

/** The recorded answers with which the histories of their SKUs disagree. */
async function findContradicting(
  { client }: LoadContext,
  found: readonly FoundDetail[],
): Promise<FoundDetail[]> {
  if (found.length === 0) return [];
  const answers = found.map(({ offerId, detail, key }) => ({
    offer_id: offerId,
    is_complete: !detail.hasUnreadSkus,
    observed_at: key.at,
    call_id: key.callId,
  }));
  const rows = await runSql<{ call_id: string }>(client, readSql('find-contradicting-skus'), [
    JSON.stringify(answers),
    JSON.stringify(toSkus(found)),
  ]);
  const ids = new Set(rows.map((row) => row.call_id));
  return found.filter(({ key }) => ids.has(key.callId));
}

/**
 * Puts answers of locked offers that came after newer ones, or that are read again, into the histories of their SKUs. The answers are
 * recorded; `refuted` ones do not find their offers any more.
 */
export async function placeSkus(
  context: LoadContext,
  observations: readonly DetailObservation[],
  refuted: readonly DetailObservation[] = [],
): Promise<void> {
  const { client, replay } = context;
  const contradicting = await findContradicting(context, observations.filter(isFound));
  const placed = [...contradicting, ...refuted];
  if (placed.length === 0) return;
  const rows = await runSql<{ offer_id: string }>(client, readSql('place-skus'), [
    JSON.stringify(
      placed.map(({ offerId, key }) => ({ offer_id: offerId, observed_at: key.at, call_id: key.callId })),
    ),
    JSON.stringify(toSkus(contradicting)),
    replay !== null,
  ]);
  for (const { offer_id: id } of rows) replay?.correction.offers.add(id);
}
