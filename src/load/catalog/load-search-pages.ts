import type { PoolClient } from 'pg';
import type { LoadableSearchPage, WindowAlarm } from '../../model/catalog.ts';
import type { Learn } from '../../model/learning.ts';
import { readSql } from '../sql-file.ts';
import { findAbsent, markAbsent } from './absence.ts';
import { inRounds, isNewer, type OfferLooks } from './looks.ts';
import { insertObservations, lockOffers, lookId, writeLooks } from './offer-looks.ts';
import {
  listRows,
  toObservation,
  toOfferRow,
  toPriceRows,
  toUnreadPriceRows,
  type RowLook,
} from './search-rows.ts';
import { advanceWindows, noteYields } from './search-windows.ts';
import { mergePrices, tallyOffers, type Tally, type WrittenOffer } from './tally.ts';
import { lockWindows } from './window-rows.ts';

/** Books the round's rows; gives those that were not loaded before and are the newest of their offers. */
async function bookRound(
  client: PoolClient,
  round: readonly RowLook[],
  looks: ReadonlyMap<string, OfferLooks>,
): Promise<RowLook[]> {
  const isNewest = ({ offerId, key }: RowLook) => isNewer(key, looks.get(offerId)?.summary ?? null);
  const fresh = await insertObservations(
    client,
    round.map((look) => toObservation(look, !isNewest(look))),
  );
  return round.filter((look) => fresh.has(lookId(look.offerId, look.provenance.callId)) && isNewest(look));
}

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
    { prices: newest.flatMap(toPriceRows), unread: newest.flatMap(toUnreadPriceRows) },
    tally,
  );
}

/**
 * Loads search pages: the offers they list, as far as no detail answer knows better, and the cursors of their
 * windows. Offers that a complete pass should have listed and did not are missing. Locks windows first, then offers.
 *
 * @returns passes that show that a search is not what it says
 */
export async function loadSearchPages(
  client: PoolClient,
  pages: readonly LoadableSearchPage[],
  { tally, learn }: { readonly tally: Tally; readonly learn: Learn },
): Promise<WindowAlarm[]> {
  const windows = await lockWindows(client, pages);
  const { passes, alarms, moved } = await advanceWindows(client, pages, windows, learn);
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
  await noteYields(client, moved, windows, { tally, learn });
  return alarms;
}
