-- Purpose: starts the histories of states of locked offers with search rows that came late, if these are older than
--          everything in the histories: such an offer was on sale since then. A history whose beginning is not stored
--          stays as it is.
-- Params:  $1 jsonb [{offer_id, observed_at, call_id}] booked rows
-- Returns: nothing
WITH first_row AS (
  SELECT DISTINCT ON (r.offer_id) r.offer_id, r.observed_at, r.call_id
  FROM jsonb_to_recordset($1::jsonb) AS r (offer_id bigint, observed_at timestamptz, call_id bigint)
  ORDER BY r.offer_id, r.observed_at, r.call_id
),
begun AS MATERIALIZED (
  SELECT r.offer_id, r.observed_at, r.call_id, c.change_id, c.new
  FROM first_row r
  CROSS JOIN LATERAL (
    SELECT s.change_id, s.old, s.new, s.observed_at, s.call_id
    FROM catalog.offer_change s
    WHERE s.offer_id = r.offer_id AND s.field = 'state'
    ORDER BY s.observed_at, s.call_id LIMIT 1
  ) c
  WHERE c.old IS NULL AND (r.observed_at, r.call_id) < (c.observed_at, c.call_id)
),
removed AS (
  DELETE FROM catalog.offer_change c USING begun b WHERE c.change_id = b.change_id AND b.new = 'listed'
),
kept AS (
  UPDATE catalog.offer_change c SET old = 'listed' FROM begun b WHERE c.change_id = b.change_id AND b.new <> 'listed'
)
INSERT INTO catalog.offer_change (offer_id, field, old, new, observed_at, call_id)
SELECT offer_id, 'state', NULL, 'listed', observed_at, call_id FROM begun ORDER BY offer_id;
