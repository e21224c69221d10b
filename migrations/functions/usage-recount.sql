-- Purpose: corrects the counts of periods and of the run's budget for calls that were settled. Takes the app's lock.
-- Params:  p_app_key text; p_run_id bigint; p_period_ids bigint[]; p_refunded int, p_unknown int: to be added to the
--          counts
-- Returns: nothing
CREATE OR REPLACE FUNCTION usage.recount(
  p_app_key text, p_run_id bigint, p_period_ids bigint[], p_refunded int, p_unknown int)
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  PERFORM usage.lock_app(p_app_key);
  UPDATE sync.run SET calls_used = calls_used - p_refunded WHERE run_id = p_run_id AND p_refunded <> 0;
  UPDATE usage.quota_period SET refunded = refunded + p_refunded, unknown = unknown + p_unknown
  WHERE period_id = ANY (p_period_ids);
END $$;
