-- Purpose: notes the changes that trackers are to notice, in details that were loaded since they last read, and moves the trackers
--          on. A first detail is no change, and neither is what an answer tells of a time that a noted change spans.
-- Params:  $1 jsonb [{tracker, definition, feed, offers, down, up, below, events}]; $2 timestamptz read to here; $3 boolean
--          false: nobody is to be sent anything
-- Returns: nothing
WITH clock AS (
  SELECT usage.ledger_now() AS now OFFSET 0
),
rule AS MATERIALIZED (
  SELECT d.*, t.read_to
  FROM jsonb_to_recordset($1::jsonb) AS d (
    tracker text, definition text, feed text, offers bigint[], down numeric, up numeric, below numeric, events text[]
  )
  JOIN sync.tracker t USING (tracker, definition)
),
loaded AS MATERIALIZED (
  SELECT o.offer_id, o.observed_at, o.loaded_at, s.feeds
  FROM catalog.observation o
  LEFT JOIN sync.refresh r USING (offer_id)
  LEFT JOIN sync.feed_set s USING (feed_set)
  WHERE o.loaded_at >= (SELECT min(read_to) FROM rule) AND o.loaded_at < $2::timestamptz AND o.source = 'detail'
),
-- A late answer also changes what the one after it means.
touched AS (
  SELECT r.tracker, l.offer_id, l.observed_at
  FROM loaded l
  JOIN rule r ON l.loaded_at >= r.read_to AND (l.offer_id = ANY (r.offers) OR r.feed = ANY (l.feeds))
),
compared AS (
  SELECT tracker, offer_id, observed_at FROM touched
  UNION
  SELECT t.tracker, t.offer_id, n.observed_at
  FROM touched t
  CROSS JOIN LATERAL (
    SELECT b.observed_at
    FROM catalog.observation b
    WHERE b.offer_id = t.offer_id AND b.observed_at > t.observed_at AND b.source = 'detail' AND NOT b.is_late
    ORDER BY b.observed_at
    LIMIT 1) n
),
-- A detail, the one before, and the one before that found the offer.
seen AS MATERIALIZED (
  SELECT c.tracker, c.offer_id, o.observed_at, o.is_found, o.stock, b.observed_at AS before_at, f.observed_at AS found_at
  FROM compared c
  JOIN catalog.observation o ON (o.offer_id, o.observed_at, o.source) = (c.offer_id, c.observed_at, 'detail') AND NOT o.is_late
  CROSS JOIN LATERAL (
    SELECT p.observed_at
    FROM catalog.observation p
    WHERE p.offer_id = o.offer_id AND p.observed_at < o.observed_at AND p.source = 'detail' AND NOT p.is_late
    ORDER BY p.observed_at DESC
    LIMIT 1) b
  CROSS JOIN LATERAL (
    SELECT p.observed_at
    FROM catalog.observation p
    WHERE p.offer_id = o.offer_id AND p.observed_at < o.observed_at AND p.source = 'detail' AND NOT p.is_late AND p.is_found
    ORDER BY p.observed_at DESC
    LIMIT 1) f
),
prices AS (
  SELECT offer_id, sku_id, min_quantity, amount_cny, valid_from, 'infinity'::timestamptz AS valid_to
  FROM catalog.price
  WHERE kind = 'list' AND offer_id IN (SELECT offer_id FROM seen)
  UNION ALL
  SELECT offer_id, sku_id, min_quantity, amount_cny, valid_from, valid_to
  FROM catalog.price_history
  WHERE kind = 'list' AND offer_id IN (SELECT offer_id FROM seen)
),
-- The prices of an offer before and after a detail, by SKU and quantity. Those of two units can't be compared.
priced AS MATERIALIZED (
  SELECT s.tracker, s.offer_id, s.observed_at, s.found_at, p.sku_id, p.min_quantity,
         min(p.amount_cny) FILTER (WHERE p.valid_from < s.observed_at) AS was,
         min(p.amount_cny) FILTER (WHERE p.valid_to > s.observed_at) AS became
  FROM seen s
  JOIN prices p ON p.offer_id = s.offer_id AND p.valid_from <= s.observed_at AND p.valid_to >= s.observed_at
  WHERE s.is_found AND NOT EXISTS (
    SELECT FROM analytics.fct_offer_change c
    WHERE c.offer_id = s.offer_id AND c.field = 'unit' AND c.new_value <> c.stated_before AND c.observed_at = s.observed_at)
  GROUP BY s.tracker, s.offer_id, s.observed_at, s.found_at, p.sku_id, p.min_quantity
),
below AS (
  SELECT p.tracker, p.offer_id, p.observed_at, min(p.found_at) AS not_before, min(p.was) AS was, min(p.became) AS became
  FROM priced p
  JOIN rule r USING (tracker)
  GROUP BY p.tracker, p.offer_id, p.observed_at, r.below
  HAVING min(p.was) >= r.below AND min(p.became) < r.below
),
moved AS (
  SELECT DISTINCT ON (p.tracker, p.offer_id, p.observed_at)
         p.*, CASE WHEN p.became < p.was THEN 'price_down' ELSE 'price_up' END AS condition
  FROM priced p
  JOIN rule r USING (tracker)
  WHERE p.was > 0 AND (100 * (p.was - p.became) >= r.down * p.was OR 100 * (p.became - p.was) >= r.up * p.was)
  ORDER BY p.tracker, p.offer_id, p.observed_at, abs(p.became / p.was - 1) DESC, p.sku_id, p.min_quantity
),
stocked AS (
  SELECT s.tracker, s.offer_id, s.observed_at, b.observed_at AS not_before, b.stock AS was, s.stock AS became
  FROM seen s
  CROSS JOIN LATERAL (
    SELECT p.observed_at, p.stock
    FROM catalog.observation p
    WHERE p.offer_id = s.offer_id AND p.observed_at < s.observed_at AND p.source = 'detail' AND NOT p.is_late
      AND p.stock IS NOT NULL
    ORDER BY p.observed_at DESC
    LIMIT 1) b
  WHERE (s.stock = 0) <> (b.stock = 0)
),
-- States that details show: one empty answer, or a search, makes an offer missing, and that is not sure.
stated AS (
  SELECT s.*,
         CASE WHEN EXISTS (
                SELECT FROM catalog.offer_change c
                WHERE c.offer_id = s.offer_id AND c.field = 'state' AND c.new = 'gone'
                  AND c.observed_at > s.found_at AND c.observed_at < s.observed_at)
              THEN 'gone'
              ELSE (SELECT c.new FROM catalog.offer_change c
                    WHERE c.offer_id = s.offer_id AND c.field = 'state' AND c.observed_at <= s.found_at
                    ORDER BY c.observed_at DESC, c.change_id DESC LIMIT 1) END AS was,
         (SELECT c.new FROM catalog.offer_change c
          WHERE c.offer_id = s.offer_id AND c.field = 'state' AND c.observed_at <= s.observed_at
          ORDER BY c.observed_at DESC, c.change_id DESC LIMIT 1) AS became
  FROM seen s
),
changed AS (
  SELECT tracker, offer_id, 'price' AS field, 'price_below' AS condition, NULL::bigint AS sku_id, NULL::int AS min_quantity,
         trim_scale(was)::text AS old, trim_scale(became)::text AS new, not_before, observed_at
  FROM below
  UNION ALL
  SELECT tracker, offer_id, 'price', condition, sku_id, min_quantity, trim_scale(was)::text, trim_scale(became)::text, found_at,
         observed_at
  FROM moved
  UNION ALL
  SELECT tracker, offer_id, 'stock', CASE WHEN became = 0 THEN 'out_of_stock' ELSE 'back_in_stock' END, NULL, NULL, was::text,
         became::text, not_before, observed_at
  FROM stocked
  UNION ALL
  SELECT tracker, offer_id, 'state', 'delisted', NULL, NULL, was, became, found_at, observed_at
  FROM stated
  WHERE was = 'listed' AND became IN ('delisted', 'gone') AND (is_found OR became = 'gone')
  UNION ALL
  SELECT tracker, offer_id, 'state', 'relisted', NULL, NULL, was, became, before_at, observed_at
  FROM stated
  WHERE was IN ('delisted', 'gone') AND became = 'listed' AND is_found
),
noted AS (
  INSERT INTO sync.tracked_change
    (tracker, offer_id, field, condition, sku_id, min_quantity, old, new, not_before, seen_at, noted_at, skipped_at)
  SELECT DISTINCT ON (c.tracker, c.offer_id, c.field, c.observed_at)
         c.tracker, c.offer_id, c.field, c.condition, c.sku_id, c.min_quantity, c.old, c.new, c.not_before, c.observed_at,
         clock.now, CASE WHEN NOT $3::boolean THEN clock.now END
  FROM changed c
  JOIN rule r USING (tracker)
  CROSS JOIN clock
  WHERE (c.field = 'price' OR c.condition = ANY (r.events))
    AND NOT EXISTS (
      SELECT FROM sync.tracked_change t
      WHERE (t.tracker, t.offer_id, t.field, t.condition) = (c.tracker, c.offer_id, c.field, c.condition)
        AND t.not_before <= c.not_before AND t.seen_at >= c.observed_at)
  ORDER BY c.tracker, c.offer_id, c.field, c.observed_at, c.condition
  ON CONFLICT DO NOTHING
),
forgotten AS (
  DELETE FROM sync.tracked_change t USING clock WHERE t.noted_at < clock.now - interval '400 days'
),
unused AS (
  DELETE FROM sync.tracker t USING clock
  WHERE t.checked_at < clock.now - interval '30 days' AND NOT EXISTS (
    SELECT FROM rule WHERE (rule.tracker, rule.definition) = (t.tracker, t.definition))
)
UPDATE sync.tracker t
SET read_to = greatest(t.read_to, $2::timestamptz), checked_at = clock.now
FROM rule, clock
WHERE (t.tracker, t.definition) = (rule.tracker, rule.definition);
