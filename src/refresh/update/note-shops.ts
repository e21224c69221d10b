import type { PoolClient } from 'pg';
import { dayMs } from '../../core/duration.ts';
import { applySql, runSql, runSqlForOne } from '../../db/sql-file.ts';
import { noteSightings, type ShopKnowledge } from '../planner/note-sightings.ts';
import type { RepricingRecord } from '../planner/shop-suspicion.ts';
import type { OfferSighting } from '../planner/sight-offer.ts';
import { readSql } from '../read-sql.ts';
import type { ShopSightings } from './shop-sightings.ts';

/** A row of `sync.shop_suspicion`; the names are those of its columns. */
interface ShopRow {
  readonly seller_id: string;
  readonly known_since: Date;
  readonly from_at: Date | null;
  readonly seen_at: Date | null;
  readonly log_odds: number | null;
  readonly siblings: number;
  readonly repricings: number;
  readonly pages: number;
  readonly siblings_expected: number;
  readonly siblings_changed: number;
}

const toDay = (at: Date) => at.getTime() / dayMs;
const toDate = (day: number) => new Date(Math.round(day * dayMs));

function toShop(row: ShopRow): ShopKnowledge {
  const { from_at: fromAt, seen_at: seenAt, log_odds: logOdds, siblings } = row;
  const isOpen = fromAt !== null && seenAt !== null && logOdds !== null;
  return {
    sinceDay: toDay(row.known_since),
    open: isOpen ? { fromDay: toDay(fromAt), seenDay: toDay(seenAt), logOdds, siblings } : null,
    repricings: row.repricings,
    pages: row.pages,
    siblings: { expected: row.siblings_expected, changed: row.siblings_changed },
  };
}

const toRow = (sellerId: string, { open, repricings, pages, siblings }: ShopKnowledge) => ({
  seller_id: sellerId,
  from_at: open && toDate(open.fromDay),
  seen_at: open && toDate(open.seenDay),
  log_odds: open?.logOdds,
  siblings: open?.siblings ?? 0,
  ...{ repricings, pages, siblings_expected: siblings.expected, siblings_changed: siblings.changed },
});

const toSighting = ({ lastAt, at, odds, isPriceChanged }: OfferSighting) => ({
  ...{ lastDay: toDay(lastAt), day: toDay(at), odds, isChanged: isPriceChanged },
});

/** The sightings of each shop that has a suspicion or may get one, oldest first. */
async function groupByShop(
  client: PoolClient,
  { offers, pages }: ShopSightings,
): Promise<Map<string, OfferSighting[]>> {
  const rows = await runSql<{ sellerId: string; offerIds: string[] }>(client, readSql('list-sighted-shops'), [
    [...new Set(offers.map(({ offerId }) => offerId))],
    [...new Set(offers.filter(({ isPriceChanged }) => isPriceChanged).map(({ offerId }) => offerId))],
    [...new Set(pages.map(({ sellerId }) => sellerId))],
  ]);
  return new Map(
    rows.map(({ sellerId, offerIds }) => {
      const ids = new Set(offerIds);
      const seen = offers.filter(({ offerId }) => ids.has(offerId));
      return [sellerId, seen.toSorted((a, b) => a.at.getTime() - b.at.getTime())];
    }),
  );
}

/** When the newest first page of a shop's list was seen. */
function pageDayOf({ pages }: ShopSightings, sellerId: string): number | null {
  const days = pages.filter((page) => page.sellerId === sellerId).map(({ at }) => toDay(at));
  return days.length === 0 ? null : Math.max(...days);
}

/**
 * Records what a load saw of shops that are suspected or of which a price changed. Other shops cost no write. Locks shops in ascending
 * id, after everything else that loads lock except what the planner learned.
 */
export async function noteShops(client: PoolClient, sightings: ShopSightings): Promise<void> {
  if (sightings.offers.length + sightings.pages.length === 0) return;
  const byShop = await groupByShop(client, sightings);
  if (byShop.size === 0) return;
  const rows = await runSql<ShopRow>(client, readSql('lock-shops'), [[...byShop.keys()]]);
  const all = await runSqlForOne<RepricingRecord>(client, readSql('read-repricings'));
  const noted = rows.map((row) => {
    const seen = (byShop.get(row.seller_id) ?? []).map(toSighting);
    const pageDay = pageDayOf(sightings, row.seller_id);
    return toRow(row.seller_id, noteSightings(toShop(row), seen, { pageDay, all }));
  });
  await applySql(client, readSql('update-shops'), [JSON.stringify(noted)]);
}
