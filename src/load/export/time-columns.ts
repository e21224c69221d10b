/**
 * The time by which `--since` picks rows, by table or view: when a row became what it is, was seen, or ended. What has
 * no such time is exported whole.
 */
export const exportTimeColumns: Readonly<Record<string, string>> = {
  'catalog.offer': 'changed_at',
  'catalog.seller': 'changed_at',
  'catalog.sku': 'changed_at',
  'catalog.price': 'valid_from',
  'catalog.price_history': 'valid_to',
  'catalog.observation': 'observed_at',
  'catalog.offer_change': 'observed_at',
  'catalog.search_hit': 'observed_at',
  'usage.api_call': 'granted_at',
  'usage.by_run': 'requested_at',
  'usage.daily': 'day',
  'usage.hourly': 'hour',
  'usage.hour_total': 'hour',
  'usage.errors': 'day',
  'usage.yield': 'day',
  'sync.run': 'requested_at',
  'sync.slot': 'slot_at',
  'sync.quarantine': 'observed_at',
  'sync.drift': 'last_seen_at',
  'sync.window_offer': 'last_seen_at',
};
