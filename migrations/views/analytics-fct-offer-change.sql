-- Purpose: the change feed with days, the values stated before, and the observations that each change lies between.
--          These cost nothing unless a query selects them. A detail is compared with earlier details, because a search
--          may list what is not on sale; any other answer with whatever observed the offer before.
CREATE VIEW analytics.fct_offer_change AS
SELECT c.change_id, c.offer_id, c.field, c.old AS old_value, c.new AS new_value,
       coalesce(c.old, CASE c.field
         -- A case of its own, because units have an index of their own: every price reads them.
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

COMMENT ON VIEW analytics.fct_offer_change IS 'One change of one field of an offer; price changes are in fct_price_change. Key: change_id.';
COMMENT ON COLUMN analytics.fct_offer_change.change_id IS 'Grows with every change; a transaction that commits late can fill a gap.';
COMMENT ON COLUMN analytics.fct_offer_change.offer_id IS 'Offer (dim_offer).';
COMMENT ON COLUMN analytics.fct_offer_change.field IS 'Column of dim_offer, or main_image_url, video_url, ship_from.';
COMMENT ON COLUMN analytics.fct_offer_change.old_value IS 'Value before, as text; null in a change of state: the offer is new.';
COMMENT ON COLUMN analytics.fct_offer_change.new_value IS 'Value after, as text.';
COMMENT ON COLUMN analytics.fct_offer_change.stated_before IS 'The last value stated before the change: old_value or, where that is null, the last value before answers left the field out. Null: none was stated. A field really changed where new_value <> stated_before.';
COMMENT ON COLUMN analytics.fct_offer_change.observed_at IS 'Grant time of the call that showed the change.';
COMMENT ON COLUMN analytics.fct_offer_change.day IS 'Day of observed_at in Shanghai; indexed.';
COMMENT ON COLUMN analytics.fct_offer_change.call_id IS 'Call that showed the change (usage.api_call; soft reference).';
COMMENT ON COLUMN analytics.fct_offer_change.not_before IS 'Time of the last observation that still showed the old value: the change came after it. Null: none is known.';
COMMENT ON COLUMN analytics.fct_offer_change.seen_at IS 'Same as observed_at: the change came before it.';
COMMENT ON COLUMN analytics.fct_offer_change.uncertainty IS 'Time from not_before to seen_at.';
COMMENT ON COLUMN analytics.fct_offer_change.is_first IS 'True: nothing comparable was observed before. Either the offer is new, or this is the first detail of an offer that a search listed: it need not have changed.';
