-- Purpose: the ledger's clock: the real time, moved ahead in sandbox databases.
-- Params:  none
-- Returns: timestamptz, in whole milliseconds
--
-- STABLE, so that one statement compares all its rows with one time and can use indexes. Whole milliseconds, as grants
-- are: a wait that is counted from one time to another is then never rounded up beyond the pause or hold that it is
-- for. PL/pgSQL keeps its plan; a function in SQL is planned at each of its calls.
CREATE OR REPLACE FUNCTION usage.ledger_now() RETURNS timestamptz LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN (SELECT date_trunc('milliseconds', clock_timestamp() + c."offset") FROM usage.ledger_clock c);
END $$;
