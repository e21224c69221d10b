/**
 * The tables of which changes are exported, and the columns of their primary keys, by which deleted rows are named.
 * Each has a trigger that notes what is deleted.
 */
export const changedFacts: Readonly<Record<string, readonly string[]>> = {
  'catalog.category': ['category_id'],
  'catalog.seller': ['seller_id'],
  'catalog.seller_history': ['seller_id', 'valid_from', 'call_id'],
  'catalog.offer': ['offer_id'],
  'catalog.offer_attribute': ['offer_id', 'position'],
  'catalog.offer_change': ['change_id'],
  'catalog.sku': ['offer_id', 'sku_id'],
  'catalog.sku_history': ['offer_id', 'sku_id', 'valid_from', 'call_id'],
  'catalog.stock_history': ['offer_id', 'sku_id', 'valid_from', 'call_id'],
  'catalog.price': ['offer_id', 'kind', 'min_quantity', 'sku_id'],
  'catalog.price_history': ['offer_id', 'kind', 'min_quantity', 'sku_id', 'valid_from'],
  'catalog.observation': ['offer_id', 'observed_at', 'call_id'],
  'catalog.search_hit': ['window_id', 'call_id', 'rank', 'observed_at'],
};

/** A key without the ids of sellers, in whose place is their SHA-256 in hex: an erasure leaves no id. */
export const deletedKey = (key: readonly string[]) =>
  key.map((column) => (column === 'seller_id' ? 'seller_hash' : column));
