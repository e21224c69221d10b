import type { SellerData } from '../../maintenance/erase-store.ts';
import { formatTable } from '../../terminal/format-table.ts';

/** What is done to each kind of rows. */
const treatments: readonly (readonly [keyof SellerData, string, string])[] = [
  ['seller', 'catalog.seller', 'deleted'],
  ['seller_history', 'catalog.seller_history', 'deleted'],
  ['offer', 'catalog.offer', 'texts and pictures erased, no seller any more'],
  ['offer_attribute', 'catalog.offer_attribute', 'deleted'],
  ['sku', 'catalog.sku', 'texts and pictures erased'],
  ['sku_history', 'catalog.sku_history', 'texts and pictures erased'],
  ['offer_change', 'catalog.offer_change', 'texts erased'],
  ['refresh', 'sync.refresh', 'deleted: never fetched again'],
  ['search_window', 'sync.search_window', 'seller erased, never searched again'],
  ['seller_observation', 'sync.seller_observation', 'deleted'],
  ['shop_suspicion', 'sync.shop_suspicion', 'deleted'],
  ['api_call', 'usage.api_call', 'seller erased from the request'],
  ['answersDeleted', 'raw.payload', 'deleted'],
  ['answersRewritten', 'raw.payload', "the seller's rows taken out"],
];

/** How many rows there are in all. */
export function totalOf(data: SellerData): number {
  return treatments.reduce((total, [key]) => total + data[key], 0);
}

/** What is kept of a seller by table, and what erasing does to it. */
export function formatSellerData(data: SellerData): string {
  const rows = treatments
    .filter(([key]) => data[key] > 0)
    .map(([key, table, treatment]) => [table, data[key].toLocaleString('en'), treatment]);
  return formatTable(
    [{ header: 'table' }, { header: 'rows', align: 'right' }, { header: 'by erasing' }],
    rows,
  );
}
