-- Purpose: takes the total of an hour out when one of its calls changes afterwards. Trigger function of usage.api_call.
-- Params:  none
-- Returns: trigger
--
-- Who changes a call of an hour that may be totalled locks usage.totalled_hour as any writer does, who totals locks it for
-- itself: a total has either seen the change, or is there to be taken out by it.
CREATE OR REPLACE FUNCTION usage.forget_total() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  -- The windows that count a call are in no total; a limit that begins may name them in every call of the month.
  IF TG_OP = 'UPDATE' AND NEW.quota_period_ids <> OLD.quota_period_ids THEN RETURN NULL; END IF;
  -- A statement before the DELETE, which then sees what was committed while this one waited.
  PERFORM sync.lock_table('usage.totalled_hour', 'ROW EXCLUSIVE', 5000);
  DELETE FROM usage.totalled_hour WHERE hour = date_trunc('hour', NEW.granted_at, 'UTC');
  RETURN NULL;
END $$;
