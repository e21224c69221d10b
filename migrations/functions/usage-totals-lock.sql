-- Purpose: the key of the advisory lock that keeps totals true.
-- Params:  none
-- Returns: bigint
--
-- Who changes a call of an hour that may be totalled holds this lock shared, who totals holds it alone: a total has
-- either seen the change, or is there to be taken out by it.
CREATE OR REPLACE FUNCTION usage.totals_lock() RETURNS bigint LANGUAGE sql IMMUTABLE AS $$
  SELECT hashtextextended('usage.hour_total', 0)
$$;
