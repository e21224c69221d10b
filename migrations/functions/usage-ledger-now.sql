-- Purpose: the ledger's clock: real time, moved ahead in sandbox databases.
-- Params:  none
-- Returns: timestamptz, in whole milliseconds
--
-- STABLE, so that one statement compares all its rows with one time and can use indexes. Whole milliseconds, like
-- grants: a wait counted from one time to another is then never rounded up beyond its pause or hold. PL/pgSQL caches
-- its plan; an SQL function is planned at every call.
CREATE OR REPLACE FUNCTION usage.ledger_now() RETURNS timestamptz LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN (SELECT date_trunc('milliseconds', clock_timestamp() + c."offset") FROM usage.ledger_clock c);
END $$;
