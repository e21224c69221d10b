-- Purpose: deletes the total of an hour when one of its calls changes afterwards. Trigger function of usage.api_call.
-- Params:  none
-- Returns: trigger
--
-- A writer that changes a call of an hour that may be totalled takes a shared lock of usage.totalled_hour; totalling
-- takes an exclusive one. So a total has either seen the change, or the change finds and deletes it.
CREATE OR REPLACE FUNCTION usage.forget_total() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  -- Totals do not depend on quota_period_ids. A limit that begins may write these in every call of the month.
  IF TG_OP = 'UPDATE' AND NEW.quota_period_ids <> OLD.quota_period_ids THEN RETURN NULL; END IF;
  -- A statement of its own, so that the DELETE sees what was committed while this one waited.
  PERFORM sync.lock_table('usage.totalled_hour', 'ROW EXCLUSIVE', 5000);
  DELETE FROM usage.totalled_hour WHERE hour = date_trunc('hour', NEW.granted_at, 'UTC');
  RETURN NULL;
END $$;
