import { runSql } from '../db/sql-file.ts';
import type { LoadableAnswer } from '../model/catalog.ts';
import type { SearchRow } from '../model/records.ts';
import { inRounds, isNewer } from '../refresh/update/offer-freshness.ts';
import { mergeRows, type RowMerge } from './merge-rows.ts';
import { listSeries } from './price-series.ts';
import { readSql } from './read-sql.ts';
import { toOfferRow, type RowObservation } from './search-rows.ts';

/** A row, with fields that it leaves out taken from an older row. */
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

/** The row of an offer in an answer; null: the answer is not stored; undefined: it has no such row. */
function rowOf(answer: LoadableAnswer | undefined, offerId: string): SearchRow | null | undefined {
  if (answer === undefined) return null;
  return answer.kind === 'search' ? answer.record?.rows.find((row) => row.offerId === offerId) : undefined;
}

/** A row that states fields which differ from those of its offer. */
interface UnplacedRow {
  readonly late: RowObservation;
  /** Columns of `catalog.offer`. */
  readonly fields: readonly string[];
}

interface OpenRow extends UnplacedRow {
  /** The fields that newer rows state, as far as these are read. */
  readonly newer: SearchRow | null;
  /** Calls of the other newer rows, newest first. */
  readonly callIds: readonly string[];
}

const over = (newer: SearchRow | null, older: SearchRow): SearchRow =>
  newer === null ? older : withOlder(newer, older);

/** Adds the next newer row; null if that is not stored, or if newer rows state all fields that count. */
function readNext(
  { freshness }: RowMerge,
  answers: ReadonlyMap<string, LoadableAnswer>,
  open: OpenRow,
): OpenRow[] {
  const { late, fields, callIds } = open;
  const stated = rowOf(answers.get(callIds[0] ?? ''), late.offerId);
  if (stated === null) return [];
  const newer = stated ? over(open.newer, stated) : open.newer;
  const columns = new Map<string, unknown>(
    newer === null ? [] : Object.entries(toOfferRow({ ...late, row: newer }, freshness)),
  );
  if (fields.every((field) => (columns.get(field) ?? null) !== null)) return [];
  return [{ ...open, newer, callIds: callIds.slice(1) }];
}

/**
 * The rows, overlaid with the newer rows of their offers. Leaves out rows of which a newer one is not stored, or states the same fields.
 */
async function readOver(merge: RowMerge, rows: readonly UnplacedRow[]): Promise<RowObservation[]> {
  const { client, hand, readAnswers } = merge.context;
  const series = await listSeries(
    client,
    rows.map(({ late }) => late.offerId),
    'search',
  );
  const read: RowObservation[] = [];
  let open = rows.map((row): OpenRow => {
    const entries = (series.get(row.late.offerId) ?? []).filter(({ key }) => isNewer(key, row.late.key));
    return { ...row, newer: null, callIds: entries.map(({ key }) => key.callId).toReversed() };
  });
  while (open.length > 0) {
    for (const { late, newer, callIds } of open)
      if (callIds.length === 0) read.push({ ...late, row: over(newer, late.row) });
    open = open.filter(({ callIds }) => callIds.length > 0);
    const next = new Set(open.flatMap(({ callIds }) => callIds.slice(0, 1)).filter((id) => !hand.has(id)));
    const answers = new Map([...hand, ...(next.size === 0 ? [] : await readAnswers([...next]))]);
    open = open.flatMap((one) => readNext(merge, answers, one));
  }
  return read;
}

/**
 * Gives offers the fields of rows that came after newer ones, if all newer rows leave these fields out.
 *
 * @param isAgain the rows were loaded before
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
  // Newest first, so that each change is recorded with the row that states it.
  for (const round of rounds.toReversed()) {
    const rows = round.map((observation) => toOfferRow(observation, merge.freshness));
    const unplaced = await runSql<{ offer_id: string; fields: string[] }>(
      merge.context.client,
      readSql('find-unplaced-rows'),
      [JSON.stringify(rows), isAgain],
    );
    const fieldsOf = new Map(unplaced.map((row) => [row.offer_id, row.fields]));
    const late = round.flatMap((row) => {
      const fields = fieldsOf.get(row.offerId);
      return fields === undefined ? [] : [{ late: row, fields }];
    });
    if (late.length > 0) await mergeRows(merge, await readOver(merge, late));
  }
}
