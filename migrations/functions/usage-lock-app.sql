-- Purpose: takes the lock of everything that counts for an app, held to the end of the transaction.
-- Params:  p_app_key text
-- Returns: nothing; raises invalid_transaction_state in any isolation but READ COMMITTED
CREATE OR REPLACE FUNCTION usage.lock_app(p_app_key text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  IF current_setting('transaction_isolation') <> 'read committed' THEN
    RAISE EXCEPTION 'the ledger needs READ COMMITTED' USING ERRCODE = 'invalid_transaction_state';
  END IF;
  PERFORM pg_advisory_xact_lock(hashtextextended('usage.lock_app:' || p_app_key, 0));
END $$;
