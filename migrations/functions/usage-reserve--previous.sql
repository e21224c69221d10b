-- Purpose: usage.reserve for workers of the previous release, which do not pass a token.
-- Params:  as usage.reserve, without the last one
-- Returns: as usage.reserve
CREATE OR REPLACE FUNCTION usage.reserve(
  p_app_key text, p_api text, p_operation text, p_request jsonb, p_request_hash bytea, p_lane text,
  p_run_id bigint, p_job_id text, p_window_id bigint, p_fresh_for interval, p_send_within interval,
  p_max_call interval, p_is_exempt boolean,
  OUT kind text, OUT call_id bigint, OUT observed_at timestamptz, OUT send_after_ms int, OUT denied_by text,
  OUT retry_after_ms bigint, OUT answer raw.payload
) LANGUAGE sql AS $$
  SELECT * FROM usage.reserve(p_app_key, p_api, p_operation, p_request, p_request_hash, p_lane, p_run_id, p_job_id,
    p_window_id, p_fresh_for, p_send_within, p_max_call, p_is_exempt, NULL::bytea)
$$;
