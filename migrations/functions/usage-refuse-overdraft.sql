-- Purpose: refuses a grant beyond the limit of its period. Trigger function of usage.quota_period, whose triggers set
--          the condition.
-- Params:  none
-- Returns: trigger; always raises check_violation
CREATE OR REPLACE FUNCTION usage.refuse_overdraft() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'a grant beyond the limit of % calls a % was refused for %', NEW.call_limit, NEW.period_kind, NEW.api
    USING ERRCODE = 'check_violation';
END $$;
