/* Statements that make rows of days in March, for tests by hand. Times are of Shanghai: '05 09:00'. */

/** A time in March. */
export const march = (time: string) => `'2026-03-${time}+08'::timestamptz`;

const text = (value: string | null) => (value === null ? 'NULL' : `'${value}'`);

/** What every test begins with: now is so late in March. */
export const nowIs = (time: string) => `
  SELECT sync.ensure_partitions('2026-03-01', 1);
  UPDATE usage.ledger_clock SET "offset" = ${march(time)} - now();`;

export interface OfferFacts {
  readonly state?: string;
  readonly unit?: string;
  readonly moq?: number;
  readonly quoteType?: number;
}

/** An offer as it is now. */
export const offer = (id: number, { state = 'listed', unit = '件', moq, quoteType = 0 }: OfferFacts = {}) => `
  INSERT INTO catalog.offer (offer_id, state, unit, min_order_quantity, quote_type, changed_at, call_id)
  VALUES (${String(id)}, '${state}', '${unit}', ${String(moq ?? 'NULL')}, ${String(quoteType)}, now(), 1);`;

/** A detail of an offer; `read`: the SKUs that it could read, null: all. */
export const detail = (id: number, time: string, isFound = true, read: readonly number[] | null = null) => `
  INSERT INTO catalog.observation (offer_id, observed_at, source, call_id, is_found, is_late, read_sku_ids, loaded_at)
  VALUES (${String(id)}, ${march(time)}, 'detail', 1, ${String(isFound)}, false, ${text(read && `{${read.join()}}`)}, now());`;

/** What a price is of: offer, SKU (0: the offer as a whole), and the quantity from which it holds. */
type Key = readonly [offer: number, sku: number, from: number];

/** A price of kind list that stands since a time, or stood until another. */
export const price = (key: Key, cny: number, since: string, until?: string) => {
  const [offerId, sku, from] = key;
  const row = `${String(offerId)}, ${String(sku)}, 'list', ${String(from)}, ${String(cny)}, ${march(since)}`;
  return until === undefined
    ? `INSERT INTO catalog.price (offer_id, sku_id, kind, min_quantity, amount_cny, valid_from, call_id) VALUES (${row}, 1);`
    : `INSERT INTO catalog.price_history (offer_id, sku_id, kind, min_quantity, amount_cny, valid_from, valid_to, call_id, closed_by_call_id)
       VALUES (${row}, ${march(until)}, 1, 2);`;
};

/** A change of a field of an offer. */
export const change = (
  id: number,
  field: string,
  values: readonly [before: string | null, after: string | null],
  time: string,
) => `
  INSERT INTO catalog.offer_change (offer_id, field, old, new, observed_at, call_id)
  VALUES (${String(id)}, '${field}', ${text(values[0])}, ${text(values[1])}, ${march(time)}, 1);`;

export interface SkuFacts {
  readonly state?: 'listed' | 'gone';
  /** Null: not known. */
  readonly firstSeen: string | null;
  /** When it was gone, or listed again. */
  readonly since?: string;
  /** What it was before that. */
  readonly past?: readonly (readonly [state: 'listed' | 'gone', from: string, until: string])[];
}

/** A SKU as it is now, and as it was. */
export const sku = (id: number, skuId: number, facts: SkuFacts) => {
  const { state = 'listed', firstSeen, since, past = [] } = facts;
  const key = `${String(id)}, ${String(skuId)}`;
  const first = firstSeen === null ? 'NULL, NULL' : `${march(firstSeen)}, 1`;
  const changed = march(since ?? firstSeen ?? '01 09:00');
  const versions = past.map(
    ([before, from, until]) => `
  INSERT INTO catalog.sku_history (offer_id, sku_id, valid_from, valid_to, call_id, closed_by_call_id, state, attributes)
  VALUES (${key}, ${march(from)}, ${march(until)}, 1, 2, '${before}', '[]');`,
  );
  return `
  INSERT INTO catalog.sku (offer_id, sku_id, state, attributes, first_seen_at, first_call_id, changed_at, call_id, last_listed_at, last_listed_call_id)
  VALUES (${key}, '${state}', '[]', ${first}, ${changed}, 2, ${state === 'gone' ? `${changed}, 1` : 'NULL, NULL'});${versions.join('')}`;
};
