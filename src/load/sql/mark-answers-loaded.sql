-- Purpose: marks stored answers as loaded, all of them at one time, and books what they brought and taught.
-- Params:  $1 jsonb [{raw_id, call_id, rows_loaded, offers_new, offers_completed, offers_changed, prices_changed}],
--          each answer once; $2 integer|null version of the code that read them
-- Returns: raw_id of those that were not loaded before
WITH n AS (
  SELECT *
  FROM jsonb_to_recordset($1::jsonb)
    AS n (raw_id bigint, call_id bigint, rows_loaded int, offers_new int, offers_completed int, offers_changed int,
          prices_changed int)
),
marked AS (
  UPDATE raw.payload p
  SET loaded_at = (SELECT clock_timestamp()), normalizer_version = $2::int
  FROM n
  WHERE p.raw_id = n.raw_id AND p.loaded_at IS NULL
  RETURNING n.*
),
counted AS (
  UPDATE usage.api_call c
  SET rows_loaded = m.rows_loaded, offers_new = m.offers_new, offers_completed = m.offers_completed,
      offers_changed = m.offers_changed, prices_changed = m.prices_changed
  FROM marked m
  WHERE c.call_id = m.call_id
)
SELECT raw_id FROM marked;
