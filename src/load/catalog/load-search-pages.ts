import type { PoolClient } from 'pg';
import type { LoadableSearchPage, WindowAlarm } from '../../model/catalog.ts';
import { readSql } from '../sql-file.ts';
import { findAbsent, markAbsent } from './absence.ts';
import { joinFeeds, listByFeed } from './join-feeds.ts';
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
import { teach, type Teaching } from './teaching.ts';
import { valueWindows } from './value-windows.ts';
import { lockWindows } from './window-rows.ts';

interface WrittenRow extends WrittenOffer {
  readonly is_date_moved: boolean;
}

/** Offers whose rows show another price, and another date of modification, than their rows before. */
interface Moved {
  readonly prices: ReadonlySet<string>;
  readonly dates: ReadonlySet<string>;
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
    round.map((look) => toObservation(look, !isNewest(look))),
  );
  return round.filter((look) => fresh.has(lookId(look.offerId, look.provenance.callId)) && isNewest(look));
}

async function mergeRound(
  client: PoolClient,
  newest: readonly RowLook[],
  { looks, tally }: { readonly looks: ReadonlyMap<string, OfferLooks>; readonly tally: Tally },
): Promise<Moved> {
  if (newest.length === 0) return { prices: new Set(), dates: new Set() };
  const { rows } = await client.query<WrittenRow>(readSql('merge-search-rows'), [
    JSON.stringify(newest.map((look) => toOfferRow(look, looks))),
  ]);
  tallyOffers(tally, rows);
  const prices = await mergePrices(
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
  const dates = rows.filter((row) => row.is_date_moved).map((row) => row.offer_id);
  return { prices, dates: new Set(dates) };
}

interface Rows {
  readonly looks: Map<string, OfferLooks>;
  readonly tally: Tally;
  readonly teaching: Teaching;
}

/** Merges a round and learns from it. */
async function loadRound(client: PoolClient, round: readonly RowLook[], rows: Rows): Promise<void> {
  const { looks, tally, teaching } = rows;
  const newest = await bookRound(client, round, looks);
  const before = new Map(looks);
  for (const { offerId, key } of newest) {
    const prior = before.get(offerId);
    if (!prior) continue;
    tally.seen.add(offerId);
    if (prior.summary === null) tally.completed.add(offerId);
    looks.set(offerId, { ...prior, summary: key });
  }
  const moved = await mergeRound(client, newest, rows);
  for (const { offerId, key, row } of newest) {
    const prior = before.get(offerId);
    if (!prior) continue;
    const taught = teach(teaching, prior, {
      kind: 'row',
      at: key.at,
      monthSold: row.monthSold,
      isPriceChanged: moved.prices.has(offerId),
      isDateMoved: moved.dates.has(offerId),
    });
    looks.set(offerId, { ...prior, summary: key, taught });
  }
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
  { tally, teaching }: { readonly tally: Tally; readonly teaching: Teaching },
): Promise<WindowAlarm[]> {
  const { learn } = teaching;
  const windows = await lockWindows(client, pages);
  const windowsBefore = new Map(windows);
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
  for (const round of rounds) await loadRound(client, round, { looks, tally, teaching });
  await markAbsent(client, absent, looks);
  const isNew = (offerId: string) => tally.added.has(offerId);
  await valueWindows(client, { pages, windows: windowsBefore, looks, isNew }, teaching);
  await joinFeeds(client, listByFeed(pages, windows), looks);
  await writeLooks(client, looks, { wasAskedFor: false, teaching });
  await noteYields(client, moved, windows, { tally, learn });
  return alarms;
}
