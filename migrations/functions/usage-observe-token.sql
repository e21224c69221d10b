-- Purpose: stores whether 1688 accepted an access token, if that changed.
-- Params:  p_app_key text; p_token_hash bytea; p_call_id bigint; p_at timestamptz: when the call was granted; p_is_refused
--          boolean
-- Returns: nothing
--
-- A refusal always counts. An answer to a call granted before the refusal does not make the token valid again. Takes no
-- lock while nothing changes; otherwise the app's lock first.
CREATE OR REPLACE FUNCTION usage.observe_token(
  p_app_key text, p_token_hash bytea, p_call_id bigint, p_at timestamptz, p_is_refused boolean)
RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  v_now timestamptz := usage.ledger_now();
BEGIN
  IF NOT p_is_refused AND EXISTS (SELECT FROM usage.access_token t WHERE t.app_key = p_app_key
                                  AND t.token_hash = p_token_hash AND (NOT t.is_refused OR t.observed_at >= p_at)) THEN
    RETURN;
  END IF;
  PERFORM usage.lock_app(p_app_key);
  -- A token is valid for ten hours, or for some months.
  DELETE FROM usage.access_token t WHERE t.app_key = p_app_key AND t.observed_at < v_now - interval '400 days';
  INSERT INTO usage.access_token AS t (app_key, token_hash, is_refused, observed_at, observed_call_id)
  VALUES (p_app_key, p_token_hash, p_is_refused, v_now, p_call_id)
  ON CONFLICT (app_key, token_hash) DO UPDATE
  SET is_refused = excluded.is_refused, observed_at = excluded.observed_at, observed_call_id = excluded.observed_call_id
  WHERE excluded.is_refused OR (t.is_refused AND t.observed_at < p_at);
END $$;
