-- By hand: the ledger's clock in whole milliseconds, as grants always were. A wait that is counted from one time to another
-- is then never rounded up beyond the pause or hold that it is for.
CREATE OR REPLACE FUNCTION usage.ledger_now() RETURNS timestamptz LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN (SELECT date_trunc('milliseconds', clock_timestamp() + c."offset") FROM usage.ledger_clock c);
END $$;
