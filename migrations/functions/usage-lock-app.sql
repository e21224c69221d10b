-- Purpose: locks everything that is counted for an app until the end of the transaction. A database belongs to one app.
-- Params:  p_app_key text
-- Returns: nothing; raises invalid_transaction_state in any isolation but READ COMMITTED; as sync.refuse_lock after 5 s
CREATE OR REPLACE FUNCTION usage.lock_app(p_app_key text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  IF current_setting('transaction_isolation') <> 'read committed' THEN
    RAISE EXCEPTION 'the ledger needs READ COMMITTED' USING ERRCODE = 'invalid_transaction_state';
  END IF;
  PERFORM sync.lock_table('sync.ledger_lock', 'SHARE UPDATE EXCLUSIVE', 5000);
END $$;
