-- Purpose: every price interval, closed or open.
CREATE VIEW analytics.fct_price_history AS
SELECT i.*, i.valid_from AS seen_at, i.valid_from - i.not_before AS uncertainty
FROM (
  SELECT h.offer_id, h.sku_id, h.kind, h.min_quantity, h.amount_cny, h.next_amount_cny,
         -- An interval has the unit that its offer had when it began. The array distinguishes a unit that was not
         -- stated (a null element) from no row.
         (coalesce(
           (SELECT ARRAY[c.old]
            FROM catalog.offer_change c
            WHERE c.offer_id = h.offer_id AND c.field = 'unit' AND c.observed_at > h.valid_from
            ORDER BY c.observed_at, c.change_id
            LIMIT 1),
           ARRAY[o.unit]))[1] AS unit,
         h.valid_from, h.valid_to, h.is_current,
         (h.valid_from AT TIME ZONE INTERVAL '8 hours')::date AS day,
         (h.valid_to AT TIME ZONE INTERVAL '8 hours')::date AS ended_day,
         h.call_id, h.closed_by_call_id,
         (SELECT b.observed_at
          FROM catalog.observation b
          WHERE b.offer_id = h.offer_id AND b.observed_at < h.valid_from AND b.is_found AND NOT b.is_late
            AND b.source = CASE WHEN h.kind::text LIKE 'search%' THEN 'search' ELSE 'detail' END
            AND (h.sku_id = 0 OR b.read_sku_ids IS NULL OR h.sku_id = ANY (b.read_sku_ids))
          ORDER BY b.observed_at DESC
          LIMIT 1) AS not_before
  FROM (
    -- is_current is a constant in each half, so that a condition on it reads only one of the two tables.
    SELECT offer_id, sku_id, kind, min_quantity, amount_cny, next_amount_cny, valid_from, valid_to, false AS is_current, call_id,
           closed_by_call_id
    FROM catalog.price_history
    UNION ALL
    SELECT offer_id, sku_id, kind, min_quantity, amount_cny, NULL::numeric(14, 4), valid_from, NULL, true, call_id, NULL
    FROM catalog.price
  ) h
  LEFT JOIN catalog.offer o USING (offer_id)
) i;

COMMENT ON VIEW analytics.fct_price_history IS 'One price over the time in which it held, [valid_from, valid_to), current prices included. A price holds until an observation shows another: for long intervals, see in fct_offer_daily how often the offer was observed. Key: offer_id, sku_id, kind, min_quantity, valid_from.';
COMMENT ON COLUMN analytics.fct_price_history.offer_id IS 'Offer (dim_offer).';
COMMENT ON COLUMN analytics.fct_price_history.sku_id IS 'SKU the price is for; 0 = the offer as a whole.';
COMMENT ON COLUMN analytics.fct_price_history.kind IS 'list: without any privilege; plus: for PLUS members; promotion: a reduction of unknown type; dropship, distribution, retail, consign, jxhy, jxhy_wholesale: channel prices; search, search_consign, search_promotion, search_jxhy, search_jxhy_wholesale: prices in a search row.';
COMMENT ON COLUMN analytics.fct_price_history.min_quantity IS 'The price holds from this many units on.';
COMMENT ON COLUMN analytics.fct_price_history.amount_cny IS 'Price in yuan for one unit.';
COMMENT ON COLUMN analytics.fct_price_history.next_amount_cny IS 'Price in yuan for one unit that holds from valid_to on; null: none does, or this is the current price.';
COMMENT ON COLUMN analytics.fct_price_history.unit IS 'Unit of sale when the interval began; null until a detail answer names it.';
COMMENT ON COLUMN analytics.fct_price_history.valid_from IS 'Grant time of the first call that showed it.';
COMMENT ON COLUMN analytics.fct_price_history.valid_to IS 'Grant time of the call that showed another price, or none; null: this is the current price.';
COMMENT ON COLUMN analytics.fct_price_history.is_current IS 'True: no later observation showed another price.';
COMMENT ON COLUMN analytics.fct_price_history.day IS 'Day of valid_from in Shanghai.';
COMMENT ON COLUMN analytics.fct_price_history.ended_day IS 'Day of valid_to in Shanghai; indexed.';
COMMENT ON COLUMN analytics.fct_price_history.call_id IS 'First call that showed it (usage.api_call; soft reference).';
COMMENT ON COLUMN analytics.fct_price_history.closed_by_call_id IS 'Call that ended it (usage.api_call; soft reference).';
COMMENT ON COLUMN analytics.fct_price_history.not_before IS 'Time of the last observation before valid_from that could read the SKU and did not show this price: the price began after it. Null: none is known, so the price may have held for long.';
COMMENT ON COLUMN analytics.fct_price_history.seen_at IS 'Same as valid_from: the price began before it.';
COMMENT ON COLUMN analytics.fct_price_history.uncertainty IS 'Time from not_before to seen_at.';

CREATE VIEW analytics.fct_price_change AS
SELECT e.*, e.changed_at AS seen_at, e.changed_at - e.not_before AS uncertainty
FROM (
  SELECT h.offer_id, h.sku_id, h.kind, h.min_quantity, h.amount_cny AS before_cny, h.next_amount_cny AS after_cny,
         (h.next_amount_cny - h.amount_cny)::numeric(14, 4) AS change_cny,
         round(100 * (h.next_amount_cny / nullif(h.amount_cny, 0) - 1), 2)::numeric(20, 2) AS change_percent,
         (coalesce(
           (SELECT ARRAY[c.old]
            FROM catalog.offer_change c
            WHERE c.offer_id = h.offer_id AND c.field = 'unit' AND c.observed_at > h.valid_to
            ORDER BY c.observed_at, c.change_id
            LIMIT 1),
           ARRAY[o.unit]))[1] AS unit,
         -- Compares stated units only: a unit stated for the first time, or left out for a time, is no change.
         EXISTS (
           SELECT FROM analytics.fct_offer_change c
           WHERE c.offer_id = h.offer_id AND c.field = 'unit' AND c.observed_at > h.valid_from AND c.observed_at <= h.valid_to
             AND c.new_value <> c.stated_before
         ) AS is_unit_changed,
         h.valid_from AS before_from, h.valid_to AS changed_at,
         (h.valid_to AT TIME ZONE INTERVAL '8 hours')::date AS day, h.closed_by_call_id AS call_id,
         (SELECT b.observed_at
          FROM catalog.observation b
          WHERE b.offer_id = h.offer_id AND b.observed_at < h.valid_to AND b.is_found AND NOT b.is_late
            AND b.source = CASE WHEN h.kind::text LIKE 'search%' THEN 'search' ELSE 'detail' END
            AND (h.sku_id = 0 OR b.read_sku_ids IS NULL OR h.sku_id = ANY (b.read_sku_ids))
          ORDER BY b.observed_at DESC
          LIMIT 1) AS not_before
  FROM catalog.price_history h
  LEFT JOIN catalog.offer o USING (offer_id)
) e;

COMMENT ON VIEW analytics.fct_price_change IS 'One price that another replaced, or that ended without one. Key: offer_id, sku_id, kind, min_quantity, changed_at.';
COMMENT ON COLUMN analytics.fct_price_change.offer_id IS 'Offer (dim_offer).';
COMMENT ON COLUMN analytics.fct_price_change.sku_id IS 'SKU the price is for; 0 = the offer as a whole.';
COMMENT ON COLUMN analytics.fct_price_change.kind IS 'Kind of price, as in fct_price_history.';
COMMENT ON COLUMN analytics.fct_price_change.min_quantity IS 'The price holds from this many units on.';
COMMENT ON COLUMN analytics.fct_price_change.before_cny IS 'Price before, in yuan for one unit.';
COMMENT ON COLUMN analytics.fct_price_change.after_cny IS 'Price after, in yuan for one unit; null: the observation showed none for this SKU, kind and quantity.';
COMMENT ON COLUMN analytics.fct_price_change.change_cny IS 'after_cny minus before_cny; null: no price after.';
COMMENT ON COLUMN analytics.fct_price_change.change_percent IS 'change_cny in per cent of before_cny; null also when before_cny is 0.';
COMMENT ON COLUMN analytics.fct_price_change.unit IS 'Unit of sale after the change.';
COMMENT ON COLUMN analytics.fct_price_change.is_unit_changed IS 'True: the unit of sale changed since the price before was first seen, so the two prices cannot be compared. A unit that is stated for the first time is no change.';
COMMENT ON COLUMN analytics.fct_price_change.before_from IS 'Time at which the price before was first seen.';
COMMENT ON COLUMN analytics.fct_price_change.changed_at IS 'Grant time of the call that showed the change: the change came between not_before and this time.';
COMMENT ON COLUMN analytics.fct_price_change.day IS 'Day of changed_at in Shanghai; indexed.';
COMMENT ON COLUMN analytics.fct_price_change.call_id IS 'Call that showed the change (usage.api_call; soft reference).';
COMMENT ON COLUMN analytics.fct_price_change.not_before IS 'Time of the last observation that could read the SKU and still showed the price before. Null: it is not stored.';
COMMENT ON COLUMN analytics.fct_price_change.seen_at IS 'Same as changed_at: the change came before it.';
COMMENT ON COLUMN analytics.fct_price_change.uncertainty IS 'Time from not_before to seen_at.';
