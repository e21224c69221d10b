-- Purpose: the change feed with its days, the values stated before, and the observations that each change lies between. Those are
--          looked up only where they are asked for. A detail is compared with the details before, for a search may list what is off sale;
--          anything else with whatever saw the offer before.
CREATE VIEW analytics.fct_offer_change AS
SELECT c.change_id, c.offer_id, c.field, c.old AS old_value, c.new AS new_value,
       coalesce(c.old, CASE c.field
         -- Named, as units have an index of their own: each price asks for them.
         WHEN 'unit' THEN (
           SELECT s.old FROM catalog.offer_change s
           WHERE s.offer_id = c.offer_id AND s.field = 'unit' AND s.old IS NOT NULL AND s.observed_at < c.observed_at
           ORDER BY s.observed_at DESC, s.change_id DESC LIMIT 1)
         ELSE (
           SELECT s.old FROM catalog.offer_change s
           WHERE s.offer_id = c.offer_id AND s.field = c.field AND s.old IS NOT NULL AND s.observed_at < c.observed_at
           ORDER BY s.observed_at DESC, s.change_id DESC LIMIT 1)
       END) AS stated_before,
       c.observed_at,
       (c.observed_at AT TIME ZONE INTERVAL '8 hours')::date AS day, c.call_id,
       c.not_before, c.observed_at AS seen_at, c.observed_at - c.not_before AS uncertainty, c.not_before IS NULL AS is_first
FROM (
  SELECT f.*, (
    SELECT b.observed_at
    FROM catalog.observation b
    WHERE b.offer_id = f.offer_id AND b.observed_at < f.observed_at AND NOT b.is_late
      AND NOT (f.field = 'state' AND f.old IS NULL)
      AND (b.is_found OR f.field = 'state')
      AND (b.source = 'detail' OR NOT EXISTS (
        SELECT FROM catalog.observation s
        WHERE (s.offer_id, s.observed_at, s.source, s.call_id) = (f.offer_id, f.observed_at, 'detail', f.call_id)))
    ORDER BY b.observed_at DESC
    LIMIT 1) AS not_before
  FROM catalog.offer_change f
) c;

COMMENT ON VIEW analytics.fct_offer_change IS 'One change of one field of an offer; prices are in fct_price_change. Key: change_id.';
COMMENT ON COLUMN analytics.fct_offer_change.change_id IS 'Grows with every change; a transaction that commits late may fill a gap.';
COMMENT ON COLUMN analytics.fct_offer_change.offer_id IS 'Offer (dim_offer).';
COMMENT ON COLUMN analytics.fct_offer_change.field IS 'Column of dim_offer, or main_image_url, video_url, ship_from.';
COMMENT ON COLUMN analytics.fct_offer_change.old_value IS 'Value before, as text; state with null: the offer is new.';
COMMENT ON COLUMN analytics.fct_offer_change.new_value IS 'Value after, as text.';
COMMENT ON COLUMN analytics.fct_offer_change.stated_before IS 'The last value that was stated before: old_value, or, where that is null, what was stated before the answers left it out. Null: none was. A field really changed where new_value <> stated_before.';
COMMENT ON COLUMN analytics.fct_offer_change.observed_at IS 'When the call that showed it was granted.';
COMMENT ON COLUMN analytics.fct_offer_change.day IS 'Day of that in Shanghai; found by an index.';
COMMENT ON COLUMN analytics.fct_offer_change.call_id IS 'Call that showed it (usage.api_call; soft reference).';
COMMENT ON COLUMN analytics.fct_offer_change.not_before IS 'The observation before, which still showed the old value: the change came after it. Null: none is known.';
COMMENT ON COLUMN analytics.fct_offer_change.seen_at IS 'observed_at: the change came before it.';
COMMENT ON COLUMN analytics.fct_offer_change.uncertainty IS 'From not_before to seen_at.';
COMMENT ON COLUMN analytics.fct_offer_change.is_first IS 'True: nothing of the kind was observed before. A new offer, or the first detail of one that a search listed: it need not have changed at all.';
