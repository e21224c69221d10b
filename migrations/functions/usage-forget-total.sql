-- Purpose: takes the total of an hour out when one of its calls changes afterwards. Trigger function of usage.api_call.
-- Params:  none
-- Returns: trigger
CREATE OR REPLACE FUNCTION usage.forget_total() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_advisory_xact_lock_shared(usage.totals_lock());
  DELETE FROM usage.totalled_hour WHERE hour = date_trunc('hour', NEW.granted_at, 'UTC');
  RETURN NULL;
END $$;
