import { runSql } from '../db/sql-file.ts';
import type { LoadableAnswer } from '../model/catalog.ts';
import type { SearchRow } from '../model/records.ts';
import { inRounds, isNewer } from '../refresh/update/offer-freshness.ts';
import { mergeRows, type RowMerge } from './merge-rows.ts';
import { listSeries } from './price-series.ts';
import { readSql } from './read-sql.ts';
import { toOfferRow, type RowObservation } from './search-rows.ts';

/** A row with what it leaves out as an older one states it. */
const withOlder = (row: SearchRow, older: SearchRow): SearchRow => ({
  ...row,
  categoryId: row.categoryId ?? older.categoryId,
  minOrderQuantity: row.minOrderQuantity ?? older.minOrderQuantity,
  mainImageUrl: row.mainImageUrl ?? older.mainImageUrl,
  sellerIdentities: row.sellerIdentities ?? older.sellerIdentities,
  offerIdentities: row.offerIdentities ?? older.offerIdentities,
  isPatentProduct: row.isPatentProduct ?? older.isPatentProduct,
  sourceCreatedAt: row.sourceCreatedAt ?? older.sourceCreatedAt,
  sourceModifiedAt: row.sourceModifiedAt ?? older.sourceModifiedAt,
});

/** The row of an offer in an answer; null: the answer is not kept, undefined: it has none. */
function rowOf(answer: LoadableAnswer | undefined, offerId: string): SearchRow | null | undefined {
  if (answer === undefined) return null;
  return answer.kind === 'search' ? answer.record?.rows.find((row) => row.offerId === offerId) : undefined;
}

/** The rows with the newer ones of their offers over them; those of which a newer one is not kept are left out. */
async function readOver({ context }: RowMerge, rows: readonly RowObservation[]): Promise<RowObservation[]> {
  const { client, hand, readAnswers } = context;
  const series = await listSeries(
    client,
    rows.map(({ offerId }) => offerId),
    'search',
  );
  const newer = rows.map((late) => {
    const entries = (series.get(late.offerId) ?? []).filter(({ key }) => isNewer(key, late.key));
    return { late, rawIds: entries.map(({ rawId }) => rawId).toReversed() };
  });
  const others = new Set(newer.flatMap(({ rawIds }) => rawIds).filter((id) => !hand.has(id)));
  const answers = new Map([...hand, ...(await readAnswers([...others]))]);
  return newer.flatMap(({ late, rawIds }): RowObservation[] => {
    const stated = rawIds.map((id) => rowOf(answers.get(id), late.offerId));
    if (stated.includes(null)) return [];
    const [newest = late.row, ...older] = [...stated, late.row].flatMap((row) => row ?? []);
    return [{ ...late, row: older.reduce(withOlder, newest) }];
  });
}

/**
 * Gives offers what rows state that newer rows have overtaken, and that all of those leave out.
 *
 * @param isAgain the rows were loaded before: only what their offers have none of can have become readable
 */
export async function placeRows(
  merge: RowMerge,
  overtaken: readonly RowObservation[],
  { isAgain }: { readonly isAgain: boolean },
): Promise<void> {
  const rounds = inRounds(
    overtaken,
    ({ offerId }) => offerId,
    ({ key }) => key,
  );
  // The newest first, so that what changes is booked by the row that states it.
  for (const round of rounds.toReversed()) {
    const rows = round.map((observation) => toOfferRow(observation, merge.freshness));
    const unplaced = await runSql<{ offer_id: string }>(merge.context.client, readSql('find-unplaced-rows'), [
      JSON.stringify(rows),
      isAgain,
    ]);
    const ids = new Set(unplaced.map((row) => row.offer_id));
    const late = round.filter(({ offerId }) => ids.has(offerId));
    if (late.length > 0) await mergeRows(merge, await readOver(merge, late));
  }
}
