import type { PoolClient } from 'pg';
import type { LoadableSearchPage } from '../../model/catalog.ts';
import type { Learn } from '../../model/learning.ts';
import type { SearchRow } from '../../model/records.ts';
import { readSql } from '../sql-file.ts';
import { findAbsent, markAbsent } from './absence.ts';
import { inRounds, isAbsent, isNewer, lookKey, uniqueBy, type LookKey, type OfferLooks } from './looks.ts';
import { insertObservations, lockOffers, lookId, writeLooks, type Sighting } from './offer-looks.ts';
import { advanceWindows, lockWindows } from './search-windows.ts';
import { mergePrices, tallyOffers, type Tally, type WrittenOffer } from './tally.ts';

/** One row of a page; an offer that a page lists twice is looked at once. */
interface RowLook extends Sighting {
  readonly row: SearchRow;
  readonly key: LookKey;
}

function listRows(pages: readonly LoadableSearchPage[]): RowLook[] {
  return pages.flatMap(({ record, provenance }) =>
    uniqueBy(record?.rows ?? [], ({ offerId }) => offerId).map((row) => ({
      offerId: row.offerId,
      row,
      provenance,
      key: lookKey(provenance),
    })),
  );
}

function toOfferRow({ offerId, row, provenance }: RowLook, looks: ReadonlyMap<string, OfferLooks>) {
  const known = looks.get(offerId);
  return {
    offer_id: offerId,
    state: known && (known.emptyLooks > 0 || isAbsent(known)) ? 'missing' : 'listed',
    category_id: row.categoryId,
    subject: row.subject,
    subject_translated: row.subjectTranslated,
    min_order_quantity: row.minOrderQuantity,
    main_image_url: row.mainImageUrl,
    source_created_at: row.sourceCreatedAt,
    source_modified_at: row.sourceModifiedAt,
    changed_at: provenance.observedAt,
    run_id: provenance.runId,
    call_id: provenance.callId,
  };
}

/** Books the round's rows; gives those that were not loaded before and are the newest of their offers. */
async function bookRound(
  client: PoolClient,
  round: readonly RowLook[],
  looks: ReadonlyMap<string, OfferLooks>,
): Promise<RowLook[]> {
  const isNewest = ({ offerId, key }: RowLook) => isNewer(key, looks.get(offerId)?.summary ?? null);
  const fresh = await insertObservations(
    client,
    round.map((look) => ({
      offerId: look.offerId,
      provenance: look.provenance,
      source: 'search',
      isFound: true,
      isLate: !isNewest(look),
      minPriceCny: look.row.priceCny,
      stock: null,
      soldCount: null,
      monthSold: look.row.monthSold,
    })),
  );
  return round.filter((look) => fresh.has(lookId(look.offerId, look.provenance.callId)) && isNewest(look));
}

const searchPriceOf = (offerId: string) => ({
  offer_id: offerId,
  sku_id: '0',
  kind: 'search',
  min_quantity: 1,
});

async function mergeRound(
  client: PoolClient,
  newest: readonly RowLook[],
  { looks, tally }: { readonly looks: ReadonlyMap<string, OfferLooks>; readonly tally: Tally },
): Promise<void> {
  if (newest.length === 0) return;
  const written = await client.query<WrittenOffer>(readSql('merge-search-rows'), [
    JSON.stringify(newest.map((look) => toOfferRow(look, looks))),
  ]);
  tallyOffers(tally, written.rows);
  await mergePrices(
    client,
    newest.map(({ offerId, key }) => ({
      offer_id: offerId,
      call_id: key.callId,
      at: key.at,
      is_search: true,
    })),
    {
      prices: newest.flatMap(({ offerId, row: { priceCny } }) =>
        priceCny === null ? [] : [{ ...searchPriceOf(offerId), amount_cny: priceCny }],
      ),
      unread: newest.filter(({ row }) => row.isPriceUnread).map(({ offerId }) => searchPriceOf(offerId)),
    },
    tally,
  );
}

/**
 * Loads search pages: the offers they list, as far as no detail answer knows better, and the cursors of their
 * windows. Offers that a complete pass should have listed and did not are missing. Locks windows first, then offers.
 */
export async function loadSearchPages(
  client: PoolClient,
  pages: readonly LoadableSearchPage[],
  { tally, learn }: { readonly tally: Tally; readonly learn: Learn },
): Promise<void> {
  const windows = await lockWindows(client, pages);
  const passes = await advanceWindows(client, pages, windows, learn);
  const absent = await findAbsent(client, passes);
  const listed = listRows(pages);
  const looks = await lockOffers(client, [...listed, ...absent]);
  // Offers of erased sellers have no looks.
  const rows = listed.filter(({ offerId }) => looks.has(offerId));
  const rounds = inRounds(
    rows,
    ({ offerId }) => offerId,
    ({ key }) => key,
  );
  for (const round of rounds) {
    const newest = await bookRound(client, round, looks);
    for (const { offerId, key } of newest) {
      const prior = looks.get(offerId);
      if (!prior) continue;
      tally.seen.add(offerId);
      if (prior.summary === null) tally.completed.add(offerId);
      looks.set(offerId, { ...prior, summary: key });
    }
    await mergeRound(client, newest, { looks, tally });
  }
  await markAbsent(client, absent, looks);
  await writeLooks(client, looks, false);
}
