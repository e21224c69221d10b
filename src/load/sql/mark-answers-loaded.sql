-- Purpose: marks stored answers as loaded, and books how many rows they brought.
-- Params:  $1 bigint[] raw ids, each once; $2 bigint[] call ids; $3 integer[] rows; $4 integer|null version of the
--          code that read them
-- Returns: raw_id of those that were not loaded before
WITH n AS (
  SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::int[]) AS u (raw_id, call_id, row_count)
),
marked AS (
  UPDATE raw.payload p
  SET loaded_at = clock_timestamp(), normalizer_version = $4::int
  FROM n
  WHERE p.raw_id = n.raw_id AND p.loaded_at IS NULL
  RETURNING p.raw_id, n.call_id, n.row_count
),
counted AS (
  UPDATE usage.api_call c SET rows_loaded = m.row_count FROM marked m WHERE c.call_id = m.call_id
)
SELECT raw_id FROM marked;
