import {
  chanceSince,
  leastChance,
  repricingsOf,
  repricingsPerDay,
  suspectShop,
  suspicionChance,
  weighSighting,
  type RepricingRecord,
  type ShopSighting,
  type ShopSuspicion,
  type SiblingRecord,
} from './shop-suspicion.ts';

/** What is known of how often one shop reprices. */
export interface ShopKnowledge {
  /** Day on which its first offers were found. */
  readonly sinceDay: number;
  /** Null: no sign that it has just repriced. */
  readonly open: ShopSuspicion | null;
  readonly repricings: number;
  /** First pages of its list that were loaded while it was suspected, and what they showed. */
  readonly pages: number;
  readonly siblings: SiblingRecord;
}

function endSuspicion(shop: ShopKnowledge): ShopKnowledge {
  if (!shop.open) return shop;
  return { ...shop, open: null, repricings: shop.repricings + repricingsOf(shop.open) };
}

function noteSighting(shop: ShopKnowledge, sighting: ShopSighting, all: RepricingRecord): ShopKnowledge {
  const weighed = shop.open && weighSighting(shop.open, sighting);
  if (weighed) return { ...shop, open: weighed };
  const ended = endSuspicion(shop);
  if (!sighting.isChanged) return ended;
  const days = Math.max(0, sighting.day - shop.sinceDay);
  const perDay = repricingsPerDay({ repricings: ended.repricings, days }, all);
  return { ...ended, open: suspectShop(sighting, perDay) };
}

/** What a page of a suspected shop shows of how often its other offers change too. */
function countSiblings(open: ShopSuspicion, sightings: readonly ShopSighting[]): SiblingRecord {
  const siblings = sightings.filter(({ lastDay }) => lastDay < open.seenDay);
  const expected = siblings.map(({ lastDay, odds }) => {
    const byShop = chanceSince(open, lastDay);
    return byShop + (1 - byShop) * odds;
  });
  return {
    expected: expected.reduce((sum, chance) => sum + chance, 0),
    changed: siblings.filter(({ isChanged }) => isChanged).length,
  };
}

/** Counts a page before its rows, so that it is judged by what was known when the page was requested. */
function notePage(shop: ShopKnowledge, rows: readonly ShopSighting[]): ShopKnowledge {
  if (!shop.open || suspicionChance(shop.open) < leastChance) return shop;
  const { expected, changed } = countSiblings(shop.open, rows);
  return {
    ...shop,
    pages: shop.pages + 1,
    siblings: { expected: shop.siblings.expected + expected, changed: shop.siblings.changed + changed },
  };
}

/**
 * Updates a shop by sightings of its offers, oldest first. `pageDay`: when the first page of its list was seen, which ends a suspicion
 * that is not newer; null: it was not seen.
 */
export function noteSightings(
  shop: ShopKnowledge,
  sightings: readonly ShopSighting[],
  { pageDay, all }: { readonly pageDay: number | null; readonly all: RepricingRecord },
): ShopKnowledge {
  const isAnswered = (open: ShopSuspicion | null) =>
    open !== null && pageDay !== null && open.seenDay <= pageDay;
  const rows = sightings.filter(({ day }) => day === pageDay);
  const begun = isAnswered(shop.open) ? notePage(shop, rows) : shop;
  const noted = sightings.reduce((known, sighting) => noteSighting(known, sighting, all), begun);
  return isAnswered(noted.open) ? endSuspicion(noted) : noted;
}
